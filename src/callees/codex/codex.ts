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
import { codexOptionProblems, imageProblems, threadProblems } from "./problems.ts";

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
  problems: codexOptionProblems,
  inputProblems: (options, { resume }) => [
    ...(resume === options.resume ? [] : threadProblems(resume)),
    ...imageProblems(options),
  ],
  answerParts: codexAnswerParts,
  load: lazily(async () => (await import("./codex-run.ts")).CODEX_RUN),
};

/**
 * `codex exec` as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * codex 0.169.0 exits with code 0 without an answer, with prose in place of the schema, and with a new thread in place of the one to
 * continue. So a run counts as a success only if all of these hold: exit code 0; its turn completed; the thread is the one asked for;
 * its last message, after the last retry and the last tool, is not blank; it fits the schema; no tool was refused. Everything else
 * fails with its own `code`.
 *
 * @example
 * const { value, sessionId } = await defineCall({ name: "draft", callee: codex({ sandbox: "read-only" }), … })("Write the post");
 */
export function codex(given: CodexOptions = {}): Callee<AgentInput, string, CodexDetails> {
  return agentCallee(CODEX, given);
}
