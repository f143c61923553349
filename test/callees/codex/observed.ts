import { readFileSync } from "node:fs";
import { LineReader } from "../../../src/callees/agent/lines.ts";
import { codexAnswer } from "../../../src/callees/codex/codex-run.ts";
import type { CodexSandbox } from "../../../src/callees/codex/options.ts";
import { codexFailure, type CodexFacts } from "../../../src/callees/codex/run-failure.ts";
import { CodexTranscript } from "../../../src/callees/codex/transcript.ts";

/** One run of the published CLI, against a server that answered as `api` says. */
export interface CodexRun {
  readonly name: string;
  readonly api: string;
  readonly args: readonly string[];
  /** `null` after a signal, or if it never started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What codex 0.169.0 did under 273 conditions. Ids, times, folders and addresses are placeholders such as `<uuid>`. */
export const codexRuns = (
  JSON.parse(
    readFileSync(new URL("../../fixtures/codex-reference.json", import.meta.url), "utf8"),
  ) as readonly CodexRun[]
).map((run) => ({ ...run, stderr: run.stderr.replaceAll(/^<time> /gm, "2026-11-22T08:51:01.092253Z ") }));

/** The line by which codex shows that it logs what hardcall asks it to. */
export const LOGS =
  '2026-11-22T08:51:01.092253Z  INFO codex_otel.trace_safe: event.name="codex.conversation_starts" sandbox_policy=read-only model=gpt-5.5 slug=gpt-5.5\n';

export interface Judged extends Partial<CodexFacts> {
  /** The thread that the run was to continue. */
  readonly resume?: string | undefined;
  readonly sandbox?: CodexSandbox | undefined;
  /** hardcall ended the run. */
  readonly finished?: boolean;
}

/** What a run is taken for: its code and its effect, or the beginning of its value. */
export function judge(
  run: Pick<CodexRun, "exitCode" | "signal" | "stdout" | "stderr">,
  { resume, sandbox, finished = false, ...facts }: Judged = {},
): string {
  const transcript = new CodexTranscript(resume, sandbox);
  const lines = new LineReader(Number.POSITIVE_INFINITY, (line) => transcript.take(line));
  lines.push(Buffer.from(run.stdout));
  lines.end();
  transcript.takeStderr(Buffer.from(run.stderr));
  transcript.endStderr();
  const bytes = (text: string) => ({ bytes: Buffer.byteLength(text) });
  const end = {
    exitCode: run.exitCode ?? undefined,
    signal: run.signal ?? undefined,
    crash: undefined,
    finished,
    outlived: false,
    stdout: bytes(run.stdout),
    stderr: bytes(run.stderr),
  };
  const failure = codexFailure(end, transcript, {
    stoppedAfterResult: false,
    maxOutput: 16 * 1024 * 1024,
    denialsFail: true,
    now: 0,
    ...facts,
  });
  const asks = { marker: undefined, structured: false, resumed: resume !== undefined };
  const report = failure === undefined ? codexAnswer(transcript, asks) : { failure };
  return report.failure === undefined
    ? `says ${report.value?.slice(0, 60)}`
    : `${report.failure.code} ${report.failure.effect}`;
}
