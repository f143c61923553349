import type { Callee } from "../../core/callee.ts";
import { readOptions } from "../../core/options.ts";
import { optionName } from "../../core/wording.ts";
import { commandLineProblems } from "../../process/preflight.ts";
import { DRAIN_GRACE_MS } from "../../process/process-spec.ts";
import { processParts } from "../subprocess/fingerprint.ts";
import { executableOf, processSettings } from "../subprocess/options.ts";
import {
  answerParts,
  CLAUDE_OPTIONS,
  claudeArguments,
  jsonSchemaOf,
  type ClaudeOptions,
} from "./arguments.ts";
import { ClaudeRun } from "./claude-run.ts";
import type { ClaudeDetails } from "./details.ts";
import {
  blankProblems,
  inputProblems,
  promptOf,
  schemaProblems,
  sessionOf,
  type ClaudeInput,
} from "./input.ts";

/**
 * `claude -p` as a callee. Its `value` is the text of the answer, or, with `output`, the validated structured answer.
 *
 * No single signal is reliable: claude 2.1.329 reports errors with `subtype: "success"`, and prints blank answers with exit code 0. So a
 * run counts as a success only if all of these hold: exit code 0; exactly one main result; the result is no error, no refusal and not cut
 * off; its text is not blank; no permission was denied. Everything else fails with its own `code`.
 *
 * @example
 * const { value, costUsd } = await defineCall({ name: "draft", callee: claude({ tools: [] }), … })("Write the post");
 */
export function claude(given: ClaudeOptions = {}): Callee<ClaudeInput, string, ClaudeDetails> {
  const problems: string[] = [];
  const options = readOptions<ClaudeOptions>(given, CLAUDE_OPTIONS, problems);
  const settings = processSettings(options, problems);
  const { claudePath = "claude", cwd, env, permissionDenials = "fail" } = options;
  problems.push(
    ...commandLineProblems({
      file: claudePath,
      args: claudeArguments(options, undefined, undefined),
      cwd,
      env,
    }),
  );
  const { model, resume, permissionMode } = options;
  problems.push(
    ...blankProblems({
      [optionName("model")]: model,
      [optionName("resume")]: resume,
      [optionName("permissionMode")]: permissionMode,
    }),
  );
  if (permissionDenials !== "fail" && permissionDenials !== "allow") {
    problems.push(`${optionName("permissionDenials")} must be "fail" or "allow"`);
  }
  return {
    kind: "claude",
    answerDetails: ["text", "structured", "permissionDenials"],
    telemetry: { executable: executableOf(claudePath), requestModel: options.model },
    problems,
    reportsCost: true,
    maxCostUsd: options.maxBudgetUsd,
    stopMs: settings.killGraceMs + DRAIN_GRACE_MS,
    check: (input, { output }) => inputProblems(input, options, output !== undefined),
    checkOutput: schemaProblems,
    fingerprint: (input) => ({
      prompt: promptOf(input),
      model: options.model ?? null,
      tools: options.tools ?? null,
      systemPrompt: options.systemPrompt ?? null,
    }),
    fingerprintParts: (input, { output }) => ({
      ...processParts(claudePath, options),
      ...answerParts(options, sessionOf(input) ?? options.resume, jsonSchemaOf(output)),
      prompt: promptOf(input),
    }),
    run: (input, context) => new ClaudeRun(options, settings, input, context).run(),
  };
}
