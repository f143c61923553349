import { readFileSync } from "node:fs";
import { candidatesOf } from "../../src/callees/agent/candidates.ts";
import { LineReader } from "../../src/callees/agent/lines.ts";
import { answerOf } from "../../src/callees/claude/answer.ts";
import { runFailure } from "../../src/callees/claude/run-failure.ts";
import { ClaudeTranscript } from "../../src/callees/claude/transcript.ts";
import { codexRuns, judge, LOGS } from "../callees/codex/observed.ts";
import { verdictOf } from "../callees/gemini/verdict.ts";
import { reference } from "../fake-bin/reference.ts";

export type AgentName = "claude" | "codex" | "gemini";

/** What hardcall was given beside the run's output: a schema, a marker, or gemini's own records. */
export const GIVEN = ["with `output`", "with `marker`", "from its records"] as const;
export type Given = (typeof GIVEN)[number] | undefined;

interface RecordedRun {
  readonly name: string;
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly signal?: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const RUNS: Readonly<Record<AgentName, readonly RecordedRun[]>> = {
  claude: reference,
  codex: codexRuns,
  gemini: JSON.parse(
    readFileSync(new URL("../fixtures/gemini-reference.json", import.meta.url), "utf8"),
  ) as readonly RecordedRun[],
};

/** How a recorded run ended, and what hardcall takes it for: "success", or a code. `undefined`: there is no such run. */
export function recorded(agent: AgentName, name: string, given: Given) {
  const run = RUNS[agent].find((one) => one.name === name);
  if (run === undefined) return undefined;
  const ended = run.exitCode === null ? String(run.signal) : `exit ${run.exitCode}`;
  const judged = VERDICTS[agent](run, given);
  if (given !== "with `output`" || "code" in judged) return { ended, verdict: judged.code ?? "success" };
  const fits = candidatesOf(judged.value).some((candidate) => "value" in candidate);
  return { ended, verdict: fits ? "success" : "invalid_output" };
}

type Judged = { readonly code: string } | { readonly code?: undefined; readonly value: string };

const VERDICTS: Readonly<Record<AgentName, (run: RecordedRun, given: Given) => Judged>> = {
  claude: (run) => claudeVerdict(run),
  codex: (run) => codexVerdict(run),
  gemini: (run, given) => geminiVerdict(run, given),
};

function claudeVerdict({ exitCode, stdout, stderr }: RecordedRun): Judged {
  const transcript = new ClaudeTranscript();
  const lines = new LineReader(Number.POSITIVE_INFINITY, (line) => transcript.take(line));
  lines.push(Buffer.from(stdout));
  lines.end();
  const bytes = (text: string) => ({ bytes: Buffer.byteLength(text) });
  const end = {
    exitCode: exitCode ?? undefined,
    signal: undefined,
    crash: undefined,
    finished: false,
    outlived: false,
    stdout: bytes(stdout),
    stderr: bytes(stderr),
  };
  const facts = { stderr, stoppedAfterResult: false, maxOutput: 16 * 1024 * 1024, denialsFail: true };
  const failure = runFailure(end, transcript, facts);
  if (failure !== undefined || transcript.result === undefined) return { code: failure?.code ?? "no result" };
  const answer = answerOf(transcript.result, transcript, { marker: undefined, structured: false });
  return answer.failure ?? { value: String(answer.value) };
}

/** The id of a thread that a run was to continue. The recorded runs that did have it as `<uuid>`. */
const THREAD = "01a20277-7f37-7622-8a5e-ba0a90f991ba";

function codexVerdict(run: RecordedRun): Judged {
  const resume = run.args.includes("resume") ? THREAD : undefined;
  const signal = run.signal as NodeJS.Signals | null;
  const verdict = judge({ ...run, signal, stderr: LOGS + run.stderr }, { resume });
  const [, value] = /^says ([^]*)$/.exec(verdict) ?? [];
  return value === undefined ? { code: verdict.split(" ")[0]! } : { value };
}

/** Why the last answer ended, as gemini's records call it. */
const REASONS: Readonly<Record<string, string>> = {
  "max-tokens/stream-json": "length",
  "safety/stream-json": "content_filter",
};

function geminiVerdict(run: RecordedRun, given: Given): Judged {
  if (given !== "from its records") return verdictOf(run, { marked: given === "with `marker`" });
  const last = REASONS[run.name];
  if (last !== undefined) return verdictOf(run, { finish: { last, retriedAt: undefined } });
  // A second between two events, and a retry after the first part of the answer.
  let at = Date.UTC(2026, 10, 22);
  const stdout = run.stdout.replaceAll("<time>", () => new Date((at += 1000)).toISOString());
  const first = /"timestamp":"([^"]+)","role":"assistant"/.exec(stdout)?.[1] ?? "";
  return verdictOf({ ...run, stdout }, { finish: { last: "stop", retriedAt: Date.parse(first) + 500 } });
}
