import type { AgentRunMaker, AgentRunParts, AskedRun } from "../agent/agent.ts";
import { answerText } from "../agent/answer.ts";
import { candidatesOf } from "../agent/candidates.ts";
import { lastLine } from "../agent/marker.ts";
import { noResult } from "../agent/failures.ts";
import { exitFailure } from "../subprocess/failure.ts";
import { geminiArguments } from "./arguments.ts";
import type { GeminiDetails } from "./details.ts";
import type { GeminiEvent } from "./events.ts";
import type { GeminiOptions } from "./options.ts";
import { GeminiTranscript } from "./transcript.ts";

/** What a run of gemini adds to the run of any agent. */
function prepare({
  options,
  prompt,
  resume,
  structured,
  marker,
}: AskedRun<GeminiOptions>): AgentRunParts<GeminiEvent, GeminiDetails> {
  const transcript = new GeminiTranscript();
  return {
    args: geminiArguments(options, { resume }),
    env: { GEMINI_CLI_NO_RELAUNCH: "true" },
    stdin: marker?.ask(prompt) ?? prompt,
    transcript,
    verdict(end, { stoppedAfterResult }) {
      const exit = stoppedAfterResult ? undefined : exitFailure(end, [0], []);
      if (exit !== undefined || transcript.answered) return exit;
      return noResult(end, transcript, { usedTools: true, final: "a result" });
    },
    answer() {
      const answer = answerText(transcript.text, { marker });
      if ("failure" in answer) return answer;
      const { text } = answer;
      const { sessionId } = transcript;
      const details: GeminiDetails = {
        text,
        ...(sessionId !== undefined && { sessionId }),
        permissionDenials: [],
      };
      return { value: text, details, ...(structured && { candidates: candidatesOf(text) }) };
    },
  };
}

export const GEMINI_RUN: AgentRunMaker<GeminiEvent, GeminiOptions, GeminiDetails> = {
  prepare,
  makeMarker: lastLine,
};
