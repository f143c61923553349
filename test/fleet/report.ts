import { judge, type Verdict } from "./judge.ts";
import { LIMITS } from "./plan/jobs.ts";
import type { JobRecord } from "./records.ts";
import type { RunResult } from "./run.ts";
import { timeOf, type Sent } from "./sent.ts";

/** What a run came to, in figures. */
export interface Summary {
  readonly jobs: number;
  readonly effects: number;
  readonly completed: number;
  readonly deadLetters: number;
  readonly failed: number;
  readonly noEnd: number;
  /** Keys with more than one effect: those that the promise covers, and those that no client can prevent. */
  readonly doubles: number;
  readonly doublesBeyond: number;
  /** Keys that were suspended or delivered for longer than the promise covers. */
  readonly beyond: number;
  readonly inDoubt: number;
  /** Completed, and no effect. */
  readonly lost: number;
  /** By the code of the error. */
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly lives: number;
  readonly ms: number;
  /** Each a sentence with what is known of it. */
  readonly broken: readonly string[];
}

export function summaryOf(result: RunResult): Summary {
  const verdicts = result.records.map((record) => [record, judge(record, result)] as const);
  const count = (is: (verdict: Verdict) => boolean) => verdicts.filter(([, verdict]) => is(verdict)).length;
  const ended = (end: Verdict["end"]) => count((verdict) => verdict.end === end);
  const isDouble = ({ effects }: Verdict) => effects > 1;
  const isBeyond = ({ beyond }: Verdict) => beyond.length > 0;
  const broken = verdicts.filter(([, verdict]) => verdict.broken.length > 0);
  return {
    jobs: verdicts.length,
    effects: verdicts.reduce((sum, [, { effects }]) => sum + effects, 0),
    completed: ended("completed"),
    deadLetters: ended("dead letter"),
    failed: ended("failed"),
    noEnd: ended("no end"),
    doubles: count((verdict) => isDouble(verdict) && !isBeyond(verdict)),
    doublesBeyond: count((verdict) => isDouble(verdict) && isBeyond(verdict)),
    beyond: count(isBeyond),
    inDoubt: count(({ inDoubt }) => inDoubt),
    lost: count(({ end, effects }) => end === "completed" && effects === 0),
    deadLetterCodes: countsOf(result.records.flatMap(({ dead }) => dead.map(codeOf))),
    faults: countsOf(result.faults.map(({ kind }) => kind)),
    lives: result.lives.length,
    ms: result.ms,
    broken: [...result.broken, ...broken.map(([record, verdict]) => historyOf(record, verdict, result))],
  };
}

const countsOf = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));

const codeOf = (output: unknown): string => {
  const { code } = (output ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "none";
};

/** Everything that is known of a job, in the order of time. */
function historyOf(record: JobRecord, { broken, beyond }: Verdict, { faults, lives }: RunResult): string {
  const { job, arrivals, queue, dead, ledger } = record;
  const attempts = ledger?.attempts ?? [];
  const lines: [number, string][] = [];
  for (const { at, manner, delayMs, body, publishedAt, closedAt } of arrivals) {
    const sent = JSON.parse(body) as Sent;
    lines.push([timeOf(sent.begunTicks), `attempt began: ${body}`], [timeOf(sent.sentTicks), "request sent"]);
    lines.push([at, `service: request, ${manner} after ${delayMs} ms`]);
    if (publishedAt !== undefined) lines.push([publishedAt, "service: EFFECT"]);
    if (closedAt !== undefined) lines.push([closedAt, "service: connection closed"]);
  }
  for (const { startedAt, endedAt, code, effect, owner } of attempts) {
    lines.push([startedAt, `ledger: started by ${owner.host}`]);
    if (endedAt !== undefined)
      lines.push([endedAt, `ledger: ended, ${code ?? "succeeded"}, ${effect ?? ""}`]);
  }
  const from = Math.min(...lines.map(([at]) => at)) - LIMITS.leaseMs;
  const to = Math.max(...lines.map(([at]) => at)) + LIMITS.leaseMs;
  for (const { at, until, what } of faults) {
    if (at < to && until > from) lines.push([at, `fault: ${what} until ${(until - at) / 1000} s later`]);
  }
  for (const { id, endedAt } of lives)
    if (endedAt > from && endedAt < to) lines.push([endedAt, `${id} ended`]);
  const first = Math.min(...lines.map(([at]) => at));
  const told = lines
    .toSorted(([one], [other]) => one - other)
    .map(([at, line]) => `  ${((at - first) / 1000).toFixed(3).padStart(8)} s  ${line}`);
  return [
    `${job.key}: ${[...broken, ...beyond].join("; ")}`,
    ...told,
    `  queue ${JSON.stringify(queue)}`,
    ...dead.map((output) => `  dead letter ${JSON.stringify(output)}`),
    `  ledger ${JSON.stringify(ledger?.record)}`,
    ...attempts.map((attempt) => `  attempt ${JSON.stringify(attempt)}`),
    ...(ledger?.resolutions ?? []).map((resolution) => `  resolution ${JSON.stringify(resolution)}`),
  ].join("\n");
}
