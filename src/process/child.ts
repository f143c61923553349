import type { Readable, Writable } from "node:stream";

/** A process with its output on pipes: Node's own, or one that the helper has started (helper/remote-child.ts). */
export interface Child {
  /** 0: the helper died, and it may or may not have started. */
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** How long ago the helper collected it. Of a child of this process itself that is when "exit" is emitted. */
  readonly exitAgeMs?: () => number;
  /** Its output comes from here on only from its sockets, or there is no more. The output of a child of this process itself always does. */
  readonly outputsTaken?: Promise<unknown>;
  /** As the helper has read it. */
  readonly startTime?: number | undefined;
  kill(signal: "SIGKILL"): boolean;
  unref(): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "exit", listener: () => void): unknown;
}
