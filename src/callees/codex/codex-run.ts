import type { AgentRunMaker, AgentRunParts, AskedRun } from "../agent/agent.ts";
import { answerText } from "../agent/answer.ts";
import { candidatesOf } from "../agent/candidates.ts";
import { lastLine } from "../agent/marker.ts";
import { noResult } from "../agent/failures.ts";
import { exitFailure } from "../subprocess/failure.ts";
import { codexArguments } from "./arguments.ts";
import type { CodexDetails } from "./details.ts";
import type { CodexEvent } from "./events.ts";
import type { CodexOptions } from "./options.ts";
import { CodexTranscript } from "./transcript.ts";

/** What a run of codex adds to the run of any agent. */
function prepare({
  options,
  prompt,
  resume,
  structured,
  marker,
}: AskedRun<CodexOptions>): AgentRunParts<CodexEvent, CodexDetails> {
  const transcript = new CodexTranscript();
  return {
    args: codexArguments(options, { resume }),
    stdin: marker?.ask(prompt) ?? prompt,
    transcript,
    verdict(end, { stoppedAfterResult }) {
      const exit = stoppedAfterResult ? undefined : exitFailure(end, [0], []);
      if (exit !== undefined || transcript.answered) return exit;
      return noResult(end, transcript, { usedTools: true, final: "turn.completed" });
    },
    answer() {
      const answer = answerText(transcript.text ?? "", { marker });
      if ("failure" in answer) return answer;
      const { text } = answer;
      const { threadId, usage } = transcript;
      const details: CodexDetails = {
        text,
        ...(threadId !== undefined && { sessionId: threadId }),
        ...(usage !== undefined && { usage }),
        permissionDenials: [],
      };
      return { value: text, details, ...(structured && { candidates: candidatesOf(text) }) };
    },
  };
}

export const CODEX_RUN: AgentRunMaker<CodexEvent, CodexOptions, CodexDetails> = {
  prepare,
  makeMarker: lastLine,
};
