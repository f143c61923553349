import type { Stdin } from "./run.ts";

/** One way to run a CLI: the same for the genuine one, asked by the gateway, and for the fake, told by its mode. */
export interface Condition {
  readonly name: string;
  /** Arguments of the fake model API, which decides what happens to the genuine CLI. */
  readonly api: readonly string[];
  /** Nothing listens at the gateway's address: every connection is refused. */
  readonly unreachable?: boolean | undefined;
  /** The mode of the fake CLI, which decides what happens to that one. */
  readonly mode: string;
  /** `<home>` and `<gateway>` stand for those. */
  readonly args: readonly string[];
  readonly stdin?: Stdin | undefined;
  readonly signal?: NodeJS.Signals | undefined;
  /** When the signal is sent: when the request for an answer is under way, or so many milliseconds after the start. @default "request" */
  readonly signalAt?: "request" | number | undefined;
  /** Changes to the environment of both; null takes a variable away. `<home>` and `<gateway>` stand for those. */
  readonly env?: Readonly<Record<string, string | null>> | undefined;
  /** Changes to the settings of the observed runs, as the agent's `homeFiles` takes them; text in place of the whole file; null for none. */
  readonly settings?: Readonly<Record<string, unknown>> | string | null | undefined;
  /** Files: path from the home, in which `work` is the folder of the run. `<home>` and `<gateway>` in them stand for those. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /**
   * The genuine CLI itself does now this, now that: one run of several that is the same will do. It is so with SIGINT,
   * after which claude races its own exit to print what became of the turn.
   */
  readonly races?: boolean | undefined;
  /** The condition in which the fake shows what its model says: the one with events. */
  readonly spoken: string;
  /** Arguments of a run before it, in the same home, for what needs an earlier conversation. */
  readonly before?: readonly string[] | undefined;
}
