import type { AgentRunMaker, AgentRunParts, AskedRun } from "../agent/agent.ts";
import { answerText } from "../agent/answer.ts";
import { candidatesOf } from "../agent/candidates.ts";
import { geminiArguments } from "./arguments.ts";
import type { GeminiDetails } from "./details.ts";
import type { GeminiEvent } from "./events.ts";
import type { FinishReasons } from "./finish-reasons.ts";
import type { GeminiOptions } from "./options.ts";
import { askForJson, asPrompt, firstAndLastLine } from "./prompt.ts";
import { runRecords } from "./records.ts";
import { geminiRunFailure } from "./run-failure.ts";
import { GeminiTranscript } from "./transcript.ts";

const UNCHECKED =
  "gemini wrote no records for hardcall, so an answer that was cut off looks whole; a marker would show it";

/** What a run of gemini adds to the run of any agent. */
async function prepare({
  options,
  prompt,
  resume,
  structured,
  schema,
  marker,
}: AskedRun<GeminiOptions>): Promise<AgentRunParts<GeminiEvent, GeminiDetails>> {
  const transcript = new GeminiTranscript(resume);
  const whole = structured ? askForJson(prompt, schema) : prompt;
  const records = await runRecords(options.env ?? {}, options.cwd ?? process.cwd());
  let finish: FinishReasons | undefined;
  return {
    args: geminiArguments(options, { resume }),
    // Else gemini starts itself once more and passes no signal on: then SIGKILL would leave the real one running.
    env: { GEMINI_CLI_NO_RELAUNCH: "true", ...records?.env },
    stdin: asPrompt(marker?.ask(whole) ?? whole),
    transcript,
    async ended() {
      finish = await records?.read();
      if (finish === undefined && marker === undefined && transcript.answered)
        transcript.notes.push(UNCHECKED);
    },
    verdict: (end, facts) => geminiRunFailure(end, transcript, { ...facts, finish }),
    answer() {
      const answer = answerText(transcript.answer.after(finish?.retriedAt) ?? "", { marker });
      if ("failure" in answer) return answer;
      const { text } = answer;
      const details = detailsOf(transcript, text);
      return { value: text, details, ...(structured && { candidates: candidatesOf(text) }) };
    },
    dispose: () => records?.remove(),
  };
}

function detailsOf({ sessionId, model, result, denials }: GeminiTranscript, text: string): GeminiDetails {
  const usage = result?.usage;
  return {
    text,
    ...(sessionId !== undefined && { sessionId }),
    ...(usage !== undefined && { usage }),
    ...(model !== undefined && { model }),
    permissionDenials: denials,
  };
}

export const GEMINI_RUN: AgentRunMaker<GeminiEvent, GeminiOptions, GeminiDetails> = {
  prepare,
  makeMarker: firstAndLastLine,
};
