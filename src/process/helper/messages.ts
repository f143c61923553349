import type { MachineTime } from "../../core/machine-time.ts";

/** How much output of a young process the helper keeps, and how much stdin it takes with an order: what a socket holds without a reader. */
export const SMALL_BYTES = 65_536;

/** What is written to stdin: nothing, so few bytes that the helper writes them, or what the host writes itself to a socket that it gets. */
export type OrderedInput = Uint8Array | "none" | "socket";

/** A process to start. */
export interface Order {
  readonly type: "start";
  readonly id: number;
  readonly file: string;
  readonly args: readonly string[];
  /** An absolute path: the helper's own folder is another. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: OrderedInput;
  /** From this moment on the helper must not start it. */
  readonly until: MachineTime;
}

/** What the host tells the helper. */
export type ToHelper =
  | Order
  | { readonly type: "ping" }
  /** The answer to an offer: there are descriptors for the sockets. */
  | { readonly type: "give"; readonly id: number };

export type OutputName = "stdout" | "stderr";

/** The order is refused because its time is over; otherwise the system's error code. Nothing has started. */
export const TOO_LATE = "too late";

/** The helper's end of the pipe for words, one line of JSON each. */
export const WORDS_FD = 4;

/**
 * What the helper tells the host without a socket. Words have a pipe of their own: in the channel they would wait for sockets that a host
 * which is blocked or busy has not taken yet, and a helper that is at work would seem to be stopped.
 */
export type Word =
  | { readonly type: "pong" }
  | { readonly type: "refused"; readonly id: number; readonly code: string }
  | {
      readonly type: "started";
      readonly id: number;
      readonly pid: number;
      /** As `/proc` has it. Only the helper can read it for certain: a short process is gone when the host hears of it. */
      readonly startTime: number | undefined;
    }
  /** The process runs on, and the host is to have its sockets. */
  | { readonly type: "offer"; readonly id: number }
  /** All of an output that was never handed over. */
  | { readonly type: "whole"; readonly id: number; readonly of: OutputName; readonly base64: string }
  | Exit;

/** How a process has ended. */
export interface Exit {
  readonly type: "exit";
  readonly id: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** When the helper heard of it, on the clock that all processes share (`MachineTime.steady`). */
  readonly at: number;
}

/** What comes over the channel, each with a socket: of an output with what the helper has read before, or to write to stdin. */
export type HandOver =
  | { readonly type: "output"; readonly id: number; readonly of: OutputName; readonly bytes: Uint8Array }
  | { readonly type: "input"; readonly id: number };
