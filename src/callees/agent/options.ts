import type { Kinds } from "../../core/options.ts";
import { PROCESS_OPTIONS, type ProcessOptions } from "../subprocess/options.ts";

/** The options that every agent has. */
export interface AgentOptions<Event> extends ProcessOptions {
  /** @default the CLI's own */
  readonly model?: string | undefined;
  /** The id of a session to continue. */
  readonly resume?: string | undefined;
  /** What a denied tool call means: the call fails (`permission_denied`), or nothing. @default "fail" */
  readonly permissionDenials?: "fail" | "allow" | undefined;
  /**
   * Asks for random text around the answer and removes it. An answer without it is `truncated_output`. This is the only check that
   * finds a fluent answer to a lost prompt, or to half of one.
   *
   * @default false
   */
  readonly marker?: boolean | undefined;
  /** Further flags, as the CLI takes them. */
  readonly extraArgs?: readonly string[] | undefined;
  /** Called with each event while the agent runs. */
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export const AGENT_OPTIONS: Kinds<AgentOptions<never>> = {
  ...PROCESS_OPTIONS,
  model: "a string",
  resume: "a string",
  permissionDenials: "anything",
  marker: "true or false",
  extraArgs: "a list of strings",
  onEvent: "a function",
};
