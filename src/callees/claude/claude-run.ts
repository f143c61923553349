import type { AgentRunMaker, AgentRunParts, AskedRun } from "../agent/agent.ts";
import { lastLine } from "../agent/marker.ts";
import { answerOf } from "./answer.ts";
import { claudeArguments, type ClaudeOptions } from "./arguments.ts";
import type { ClaudeDetails } from "./details.ts";
import type { ClaudeEvent } from "./events.ts";
import { runFailure } from "./run-failure.ts";
import { ClaudeTranscript } from "./transcript.ts";

/** What a run of claude adds to the run of any agent. */
function prepare({
  options,
  prompt,
  resume,
  structured,
  schema,
  marker,
}: AskedRun<ClaudeOptions>): AgentRunParts<ClaudeEvent, ClaudeDetails> {
  const transcript = new ClaudeTranscript();
  return {
    args: claudeArguments(options, resume, schema),
    // claude sets CLAUDECODE inside a session, and refuses to start another one where it is set.
    env: { CLAUDECODE: undefined },
    stdin: marker?.ask(prompt) ?? prompt,
    transcript,
    verdict: (end, facts) => runFailure(end, transcript, facts),
    answer: () =>
      transcript.result === undefined ? {} : answerOf(transcript.result, transcript, { marker, structured }),
  };
}

export const CLAUDE_RUN: AgentRunMaker<ClaudeEvent, ClaudeOptions, ClaudeDetails> = {
  prepare,
  makeMarker: lastLine,
};
