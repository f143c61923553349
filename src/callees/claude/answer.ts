import type { Report } from "../../core/callee.ts";
import { answerText } from "../agent/answer.ts";
import { candidatesOf } from "../agent/candidates.ts";
import type { Marker } from "../agent/marker.ts";
import type { ClaudeDetails } from "./details.ts";
import type { ResultEvent } from "./result-event.ts";
import type { ClaudeTranscript } from "./transcript.ts";

/** The answer of a result without errors, or why it has none. With a schema it may be in `structured_output`, else in the text. */
export function answerOf(
  result: ResultEvent,
  transcript: ClaudeTranscript,
  asked: { readonly marker: Marker | undefined; readonly structured: boolean },
): Partial<Report<string, ClaudeDetails>> {
  const { structured } = result;
  const hasStructured = asked.structured && structured !== undefined && structured !== null;
  const answer = answerText(result.text ?? "", { marker: asked.marker, mayBeBlank: hasStructured });
  if ("failure" in answer) return answer;
  const { text } = answer;
  const details = detailsOf(result, transcript, text);
  if (!asked.structured) return { value: text, details };
  const candidates = hasStructured
    ? [{ value: structured }]
    : candidatesOf(text, "there is no structured_output");
  return { value: text, details, candidates };
}

function detailsOf(result: ResultEvent, transcript: ClaudeTranscript, text: string): ClaudeDetails {
  const { structured, usage, stopReason, permissionDenials, numTurns } = result;
  const sessionId = result.sessionId ?? transcript.sessionId;
  const model = transcript.model ?? result.model;
  const { costUsd } = transcript;
  return {
    text,
    ...(structured !== undefined && { structured }),
    ...(sessionId !== undefined && { sessionId }),
    ...(costUsd !== undefined && { costUsd }),
    ...(usage !== undefined && { usage }),
    ...(model !== undefined && { model }),
    ...(stopReason !== undefined && { stopReason }),
    permissionDenials,
    ...(numTurns !== undefined && { numTurns }),
  };
}
