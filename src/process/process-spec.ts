import type { WorkLease } from "../core/work-lease.ts";
import type { Leader } from "./process-group.ts";

/** A command line with all defaults applied. */
export interface ProcessSpec {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Written to stdin, which is then closed. Without: the child sees end of file. */
  readonly stdin?: string | Uint8Array | undefined;
  /** Passes our own stdin on instead. */
  readonly inheritStdin?: boolean | undefined;
  /** In the environment of the process and its descendants. */
  readonly cookie: string;
  readonly keepBytes: number;
  readonly killGraceMs: number;
  /** The process and its descendants must be gone before this lease is over, even if this process is suspended. */
  readonly lease?: WorkLease | undefined;
  /** Whether hardcall ends processes that still run after a success. After a failure it always ends them, because a retry would run beside them. */
  readonly leftovers: "end" | "leave";
  /** Exit codes of a success. @default [0] */
  readonly okExitCodes?: readonly number[] | undefined;
  /** The process printed on stdout or stderr. */
  readonly onActivity?: (() => void) | undefined;
  readonly onStdout?: ((chunk: Buffer, controls: ProcessControls) => void) | undefined;
  readonly onStderr?: ((chunk: Buffer, controls: ProcessControls) => void) | undefined;
  readonly onSpawn?: ((leader: Leader) => void) | undefined;
  /** The process has ended by itself. */
  readonly onExit?: (() => void) | undefined;
}

export interface ProcessControls {
  /** The work is done although the process still runs: hardcall ends it, without a failure. */
  finish(): void;
}

/** After its exit, how long to wait for output that is still on its way. */
export const DRAIN_GRACE_MS = 250;

/** How much of the end of stderr a report keeps. */
export const STDERR_TAIL_BYTES = 65_536;
