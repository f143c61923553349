import type { Kinds } from "../../core/options.ts";
import { AGENT_OPTIONS, type AgentOptions } from "../agent/options.ts";
import type { GeminiEvent } from "./events.ts";

export interface GeminiOptions extends AgentOptions<GeminiEvent> {
  /** Which tools need no approval. In a run without a terminal, a tool that needs it does not exist for the model. @default the CLI's own */
  readonly approvalMode?: "default" | "auto_edit" | "yolo" | "plan" | undefined;
  /** Tools that need no approval. */
  readonly allowedTools?: readonly string[] | undefined;
  /** Folders that belong to the workspace, beside the working folder. */
  readonly includeDirectories?: readonly string[] | undefined;
  /** The extensions to load. @default all that are installed */
  readonly extensions?: readonly string[] | undefined;
  /** Whether its tools run in gemini's own sandbox. @default the CLI's own */
  readonly sandbox?: boolean | undefined;
  /** The executable. @default "gemini", found on PATH */
  readonly geminiPath?: string | undefined;
}

export const GEMINI_OPTIONS: Kinds<GeminiOptions> = {
  ...AGENT_OPTIONS,
  approvalMode: "a string",
  allowedTools: "a list of strings",
  includeDirectories: "a list of strings",
  extensions: "a list of strings",
  sandbox: "true or false",
  geminiPath: "a string",
};
