import { LineReader } from "../../../src/callees/agent/lines.ts";
import { answerText } from "../../../src/callees/agent/answer.ts";
import type { FinishReasons } from "../../../src/callees/gemini/finish-reasons.ts";
import { firstAndLastLine } from "../../../src/callees/gemini/prompt.ts";
import { geminiRunFailure } from "../../../src/callees/gemini/run-failure.ts";
import { GeminiTranscript } from "../../../src/callees/gemini/transcript.ts";

/** How a run of gemini ended, as it was observed or made up. */
export interface EndedRun {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exitCode?: number | null;
  readonly signal?: string | null;
}

/** The code of a run's failure, or its answer, from its output alone. */
export function verdictOf(
  run: EndedRun,
  {
    finish,
    resume,
    marked = false,
  }: { readonly finish?: FinishReasons; readonly resume?: string; readonly marked?: boolean } = {},
) {
  const transcript = new GeminiTranscript(resume);
  const lines = new LineReader(16 * 1024 * 1024, (line) => transcript.take(line));
  lines.push(Buffer.from(run.stdout));
  lines.end();
  const stderr = run.stderr ?? "";
  // A result ends the run: what stderr says of retries then is over.
  transcript.takeStderr(Buffer.from(stderr));
  const end = {
    exitCode: run.exitCode ?? undefined,
    signal: (run.signal ?? undefined) as NodeJS.Signals | undefined,
    crash: undefined,
    finished: false,
    outlived: false,
    stdout: { bytes: Buffer.byteLength(run.stdout) },
    stderr: { bytes: Buffer.byteLength(stderr) },
  };
  const facts = { stderr, stoppedAfterResult: false, maxOutput: 16 * 1024 * 1024, denialsFail: true, finish };
  const failure = geminiRunFailure(end, transcript, facts);
  if (failure !== undefined) return failure;
  const answer = answerText(transcript.answer.after(finish?.retriedAt) ?? "", {
    marker: marked ? firstAndLastLine() : undefined,
  });
  return "failure" in answer ? answer.failure : { value: answer.text };
}
