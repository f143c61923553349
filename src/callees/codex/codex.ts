import type { Callee } from "../../core/callee.ts";
import { lazily } from "../../core/lazily.ts";
import type { Agent } from "../agent/agent.ts";
import { agentCallee } from "../agent/agent-callee.ts";
import type { AgentInput } from "../agent/input.ts";
import { codexAnswerParts, codexArguments } from "./arguments.ts";
import { CODEX_CANNOT } from "./cannot.ts";
import type { CodexDetails } from "./details.ts";
import type { CodexEvent } from "./events.ts";
import { CODEX_OPTIONS, type CodexOptions } from "./options.ts";

const CODEX: Agent<CodexEvent, CodexOptions, CodexDetails> = {
  kind: "codex",
  options: CODEX_OPTIONS,
  cannot: CODEX_CANNOT,
  // It starts a thread and fails with more (observed on 0.169.0).
  promptLimit: { most: 1_048_576, unit: "characters" },
  markerWithOutput: false,
  reportsCost: false,
  executable: ({ codexPath = "codex" }) => codexPath,
  arguments: (options) => codexArguments(options, { resume: options.resume }),
  answerParts: codexAnswerParts,
  load: lazily(async () => (await import("./codex-run.ts")).CODEX_RUN),
};

/**
 * `codex exec` as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * @example
 * const { value, sessionId } = await defineCall({ name: "draft", callee: codex({ sandbox: "read-only" }), … })("Write the post");
 */
export function codex(given: CodexOptions = {}): Callee<AgentInput, string, CodexDetails> {
  return agentCallee(CODEX, given);
}
