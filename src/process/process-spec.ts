import type { Leader } from "./process-group.ts";

/** A command line with everything decided. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Written to stdin, which is then closed. Without: the child sees end of file. */
  readonly stdin?: string | Uint8Array | undefined;
  /** Hands our own stdin on instead. */
  readonly inheritStdin?: boolean | undefined;
  /** In the environment of everything that descends from it. */
  readonly cookie: string;
  readonly keepBytes: number;
  readonly killGraceMs: number;
  /** Whether what a success leaves running is ended. After a failure all of it is: a retry would run beside it. */
  readonly leftovers: "end" | "leave";
  /** Exit codes of a success. @default [0] */
  readonly okExitCodes?: readonly number[] | undefined;
  /** Something was printed, on whichever stream. */
  readonly onActivity?: (() => void) | undefined;
  readonly onStdout?: ((chunk: Buffer, controls: ProcessControls) => void) | undefined;
  readonly onStderr?: ((chunk: Buffer) => void) | undefined;
  readonly onSpawn?: ((leader: Leader) => void) | undefined;
  /** The process has ended by itself. */
  readonly onExit?: (() => void) | undefined;
}

export interface ProcessControls {
  /** The work is done although the process is still there: ends it, and is not a failure. */
  finish(): void;
}

/** After its exit, how long to wait for output that is still on its way. */
export const DRAIN_GRACE_MS = 250;
