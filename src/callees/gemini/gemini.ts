import type { Callee } from "../../core/callee.ts";
import { lazily } from "../../core/lazily.ts";
import type { Agent } from "../agent/agent.ts";
import { agentCallee } from "../agent/agent-callee.ts";
import type { AgentInput } from "../agent/input.ts";
import { geminiAnswerParts, geminiArguments } from "./arguments.ts";
import { GEMINI_CANNOT } from "./cannot.ts";
import type { GeminiDetails } from "./details.ts";
import type { GeminiEvent } from "./events.ts";
import { GEMINI_OPTIONS, type GeminiOptions } from "./options.ts";
import { geminiOptionProblems, sessionProblems } from "./problems.ts";

const GEMINI: Agent<GeminiEvent, GeminiOptions, GeminiDetails> = {
  kind: "gemini",
  options: GEMINI_OPTIONS,
  cannot: GEMINI_CANNOT,
  // It cuts what comes after (observed on 0.61.0).
  promptLimit: { most: 8 * 1024 * 1024, unit: "bytes" },
  markerWithOutput: true,
  reportsCost: false,
  executable: ({ geminiPath = "gemini" }) => geminiPath,
  arguments: (options) => geminiArguments(options, { resume: options.resume }),
  problems: geminiOptionProblems,
  inputProblems: (_options, { resume }) => sessionProblems(resume),
  answerParts: geminiAnswerParts,
  load: lazily(async () => (await import("./gemini-run.ts")).GEMINI_RUN),
};

/**
 * `gemini` without a terminal as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * gemini 0.61.0 exits with code 0 without an answer, after half an answer, and when a signal ends it. So a run counts as a success only
 * if all of these hold: exit code 0; exactly one result, with status success; no loop and no other error; text after the last tool
 * call; no end at the output limit or by a filter; no tool was denied. Everything else fails with its own `code`.
 *
 * @example
 * const { value, sessionId } = await defineCall({ name: "draft", callee: gemini({ model: "gemini-2.5-pro" }), … })("Write the post");
 */
export function gemini(given: GeminiOptions = {}): Callee<AgentInput, string, GeminiDetails> {
  return agentCallee(GEMINI, given);
}
