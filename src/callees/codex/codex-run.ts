import type { Report } from "../../core/callee.ts";
import type { AgentRunMaker, AgentRunParts, AskedRun } from "../agent/agent.ts";
import { answerText } from "../agent/answer.ts";
import { candidatesOf } from "../agent/candidates.ts";
import { lastLine, type Marker } from "../agent/marker.ts";
import { codexArguments } from "./arguments.ts";
import type { CodexDetails } from "./details.ts";
import type { CodexEvent } from "./events.ts";
import type { CodexOptions } from "./options.ts";
import { codexFailure } from "./run-failure.ts";
import { strictSchema, writeSchema } from "./schema.ts";
import { RUST_LOG } from "./stderr-log.ts";
import { CodexTranscript } from "./transcript.ts";

/** What a run of codex adds to the run of any agent. */
async function prepare(asked: AskedRun<CodexOptions>): Promise<AgentRunParts<CodexEvent, CodexDetails>> {
  const { options, prompt, resume, schema, marker } = asked;
  const transcript = new CodexTranscript(resume, options.sandbox);
  const strict = schema === undefined ? undefined : strictSchema(schema);
  const file = strict === undefined ? undefined : await writeSchema(strict);
  const full = schema !== undefined && strict === undefined ? tellSchema(prompt, schema) : prompt;
  return {
    args: codexArguments(options, { resume, schemaFile: file?.path, settings: toolEnvironment(options) }),
    env: { RUST_LOG },
    stdin: marker?.ask(full) ?? full,
    transcript,
    verdict: (end, facts) => codexFailure(end, transcript, { ...facts, now: Date.now() }),
    answer: () =>
      codexAnswer(transcript, { marker, structured: asked.structured, resumed: resume !== undefined }),
    dispose: () => file?.remove(),
  };
}

/** The model's commands get the environment of codex. RUST_LOG is for codex only; they get the caller's own. */
const toolEnvironment = ({ env }: CodexOptions) =>
  env !== undefined && Object.hasOwn(env, "RUST_LOG")
    ? {}
    : { "shell_environment_policy.set.RUST_LOG": process.env["RUST_LOG"] ?? "" };

/** For a schema that the API's strict mode cannot take. */
const tellSchema = (prompt: string, schema: string) =>
  `${prompt}\n\nAnswer with one JSON value and nothing else. It must fit this JSON Schema:\n${schema}`;

/** The answer of a completed turn, or why it has none. */
export function codexAnswer(
  transcript: CodexTranscript,
  asked: { readonly marker: Marker | undefined; readonly structured: boolean; readonly resumed: boolean },
): Partial<Report<string, CodexDetails>> {
  const answer = answerText(transcript.message ?? "", asked);
  if ("failure" in answer) return answer;
  const { text } = answer;
  const { threadId, denials, turnEnd, log } = transcript;
  const threadUsage = turnEnd?.kind === "completed" ? turnEnd.usage : undefined;
  const usage = asked.resumed ? log.tokens : threadUsage;
  const details: CodexDetails = {
    text,
    ...(threadId !== undefined && { sessionId: threadId }),
    ...(usage !== undefined && { usage }),
    ...(threadUsage !== undefined && { threadUsage }),
    ...(log.model !== undefined && { model: log.model }),
    permissionDenials: denials,
  };
  return { value: text, details, ...(asked.structured && { candidates: candidatesOf(text) }) };
}

export const CODEX_RUN: AgentRunMaker<CodexEvent, CodexOptions, CodexDetails> = {
  prepare,
  makeMarker: lastLine,
};
