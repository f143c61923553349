import type { Callee } from "../../core/callee.ts";
import { lazily } from "../../core/lazily.ts";
import { isObject, readOptions } from "../../core/options.ts";
import { optionName } from "../../core/wording.ts";
import { commandLineProblems } from "../../process/preflight.ts";
import { DRAIN_GRACE_MS } from "../../process/process-spec.ts";
import { processParts } from "../subprocess/fingerprint.ts";
import { executableOf, processSettings } from "../subprocess/options.ts";
import type { Agent } from "./agent.ts";
import type { AgentDetails } from "./details.ts";
import {
  blankProblems,
  inputProblems,
  markerProblem,
  promptOf,
  sessionOf,
  type AgentInput,
} from "./input.ts";
import { jsonSchemaOf, schemaProblems } from "./json-schema.ts";
import type { AgentOptions } from "./options.ts";

const loadRunAgent = lazily(() => import("./agent-run.ts"));

/** An agent on the command line as a callee. */
export function agentCallee<Event, Options extends AgentOptions<Event>, Details extends AgentDetails>(
  agent: Agent<Event, Options, Details>,
  given: Options,
): Callee<AgentInput, string, Details> {
  const problems: string[] = [];
  const options = readOptions<Options>(
    withoutOthers(given, agent, problems),
    agent.options,
    problems,
  ) as Options;
  const settings = processSettings(options, problems);
  const { cwd, env, model, resume, marker, permissionDenials = "fail" } = options;
  const file = agent.executable(options);
  problems.push(
    ...commandLineProblems({ file, args: agent.arguments(options), cwd, env }),
    ...blankProblems({ [optionName("model")]: model, [optionName("resume")]: resume }),
    ...(agent.problems?.(options) ?? []),
  );
  if (permissionDenials !== "fail" && permissionDenials !== "allow") {
    problems.push(`${optionName("permissionDenials")} must be "fail" or "allow"`);
  }
  const session = (input: AgentInput) => sessionOf(input) ?? resume;
  return {
    kind: agent.kind,
    answerDetails: ["text", "structured", "permissionDenials", ...(agent.answerDetails ?? [])],
    telemetry: { executable: executableOf(file), requestModel: model },
    problems,
    reportsCost: agent.reportsCost,
    maxCostUsd: agent.maxCostUsd?.(options),
    stopMs: settings.killGraceMs + DRAIN_GRACE_MS,
    check(input, { output }) {
      const wrong = inputProblems(input, agent.kind, agent.promptLimit);
      if (wrong.length > 0) return wrong;
      if (marker && output !== undefined && !agent.markerWithOutput) return [markerProblem()];
      return agent.inputProblems?.(options, { prompt: promptOf(input), resume: session(input) }) ?? [];
    },
    checkOutput: (output) => schemaProblems(output, agent.kind),
    fingerprint: (input) =>
      agent.fingerprint?.(promptOf(input), options) ?? { prompt: promptOf(input), model: model ?? null },
    fingerprintParts: (input, { output }) => ({
      ...processParts(file, options),
      ...agent.answerParts(options, { resume: session(input), schema: jsonSchemaOf(output) }),
      prompt: promptOf(input),
    }),
    run: async (input, context) => {
      const { runAgent } = await loadRunAgent();
      return runAgent(agent, options, settings, input, context);
    },
  };
}

/** The options without those that only other agents have: for each of them, a problem that names the alternative. */
function withoutOthers(
  given: unknown,
  { kind, cannot }: { readonly kind: string; readonly cannot: Readonly<Record<string, string>> },
  problems: string[],
): unknown {
  if (!isObject(given)) return given;
  const isOther = ([name, value]: readonly [string, unknown]) =>
    Object.hasOwn(cannot, name) && value !== undefined;
  const all = Object.entries(given);
  for (const [name] of all.filter(isOther))
    problems.push(`${name} is not an option of ${kind}: ${cannot[name]}`);
  return Object.fromEntries(all.filter((option) => !isOther(option) && !Object.hasOwn(cannot, option[0])));
}
