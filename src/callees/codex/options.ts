import type { Kinds } from "../../core/options.ts";
import { AGENT_OPTIONS, type AgentOptions } from "../agent/options.ts";
import type { CodexEvent } from "./events.ts";

export interface CodexOptions extends AgentOptions<CodexEvent> {
  /** What commands of the model may do: read, write in the working folder, or all. @default the CLI's own */
  readonly sandbox?: "read-only" | "workspace-write" | "danger-full-access" | undefined;
  /** How much the model thinks, such as `"low"` or `"high"`: `model_reasoning_effort` of the configuration. */
  readonly reasoningEffort?: string | undefined;
  /** A profile: `NAME.config.toml` in CODEX_HOME, on top of the configuration. */
  readonly profile?: string | undefined;
  /**
   * Single settings of the configuration by their dotted path, such as `{ "features.web_search": true }`. They come after hardcall's own.
   */
  readonly config?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Folders that commands may write to, beside the working folder. */
  readonly addDirs?: readonly string[] | undefined;
  /** Image files that belong to the prompt. */
  readonly images?: readonly string[] | undefined;
  /** The executable. @default "codex", found on PATH */
  readonly codexPath?: string | undefined;
}

export type CodexSandbox = NonNullable<CodexOptions["sandbox"]>;

export const CODEX_OPTIONS: Kinds<CodexOptions> = {
  ...AGENT_OPTIONS,
  sandbox: "a string",
  reasoningEffort: "a string",
  profile: "a string",
  config: "an object",
  addDirs: "a list of strings",
  images: "a list of strings",
  codexPath: "a string",
};
