import type { OperationHistory } from "../../src/ledger/store/store.ts";
import type { Verdict } from "./judge.ts";
import type { FaultRecord, KeyRecord } from "./records.ts";
import type { RunResult } from "./run.ts";

/** Everything that is known of a key, in the order of time. */
export function historyOf(
  record: KeyRecord,
  verdict: Verdict,
  ledger: OperationHistory | undefined,
  faults: readonly FaultRecord[],
): string {
  const lives = new Set(record.calls.map(({ life }) => life));
  const [from, to] = spanOf(record);
  const lines: [number, string][] = [];
  for (const { subject, life, begunAt, endedAt, answer } of record.calls) {
    const who = `host ${life.host}${life.contained ? " (contained)" : ""}, pid ${life.pid}`;
    lines.push([begunAt, `call   ${who}: ${subject.effects} ${subject.callee}, total ${subject.totalMs} ms`]);
    const { outcome = "died", code = "", effect = "", callId = "", attempts = "", ms = "" } = answer ?? {};
    const how = `${outcome} ${code} ${effect} after ${attempts} attempts, ${ms} ms; call ${callId}`;
    lines.push([endedAt ?? to, `ended  ${who}: ${how}`]);
  }
  for (const { at, manner, delayMs, body, closedAt, publishedAt } of record.arrivals) {
    lines.push([at, `server request, ${manner} after ${delayMs} ms: ${body}`]);
    if (publishedAt !== undefined) lines.push([publishedAt, `server PUBLISHED: ${body}`]);
    if (closedAt !== undefined) lines.push([closedAt, `server connection closed: ${body}`]);
  }
  for (const { at, what, life } of faults) {
    const concerns = life === undefined || lives.has(life);
    if (concerns && at >= from && at <= to) lines.push([at, `fault  ${what}`]);
  }
  const told = lines
    .toSorted(([one], [other]) => one - other)
    .map(([at, line]) => `  ${((at - from) / 1000).toFixed(3).padStart(8)} s  ${line}`);
  return [
    `${record.subject.key}: ${verdict.broken.join("; ")}`,
    ...told,
    `  ledger ${JSON.stringify(ledger?.record)}`,
    ...(ledger?.attempts ?? []).map((attempt) => `  attempt ${JSON.stringify(attempt)}`),
    ...(ledger?.resolutions ?? []).map((resolution) => `  resolution ${JSON.stringify(resolution)}`),
  ].join("\n");
}

function spanOf({ calls, arrivals }: KeyRecord): [number, number] {
  const times = [
    ...calls.flatMap(({ begunAt, endedAt = begunAt }) => [begunAt, endedAt]),
    ...arrivals.flatMap(({ at, publishedAt = at }) => [at, publishedAt]),
  ];
  return [Math.min(...times), Math.max(...times)];
}

/**
 * What the run was made of, in figures. `beyond` are the keys that were suspended or delivered for longer than lease and
 * `effectWithin` allow: what comes of them (`its dbl.`: more than one post) is counted, and no fault.
 */
export function tableOf(result: RunResult, verdicts: ReadonlyMap<KeyRecord, Verdict>): string {
  const { keys, faultCounts, lives } = result;
  const of = (effects: string) => keys.filter(({ subject }) => subject.effects === effects);
  const rows = ["verifiable", "once", "keyed"].map((effects) => {
    const mine = of(effects);
    const told = mine.map((key) => verdicts.get(key));
    const withPosts = (count: number) => told.filter((verdict) => verdict?.posts === count).length;
    const exposed = told.filter((verdict) => verdict?.beyond.length !== 0);
    const doubled = (verdict: Verdict | undefined) => (verdict?.posts ?? 0) > 1;
    const excused = exposed.filter(doubled).length;
    const broken = told.filter(doubled).length - excused;
    const resolved = mine.filter(({ resolved: as }) => as !== undefined).length;
    const figures = [mine.length, withPosts(1), withPosts(0), broken, exposed.length, excused, resolved];
    return `| ${effects.padEnd(10)} | ${figures.map((figure) => String(figure).padStart(8)).join(" | ")} |`;
  });
  const calls = keys.flatMap((key) => key.calls);
  const outcomes = calls.map(({ answer }) =>
    answer === undefined ? "host died" : [answer.outcome, answer.code].filter(Boolean).join(" "),
  );
  const replies = keys.flatMap((key) => key.arrivals.map(({ manner, delayMs }) => mannerOf(manner, delayMs)));
  return [
    "| effects    |     keys |   1 post |  no post |   double |   beyond | its dbl. | resolved |",
    "| ---------- | -------: | -------: | -------: | -------: | -------: | -------: | -------: |",
    ...rows,
    "",
    `calls     ${calls.length}: ${tally(outcomes)}`,
    `requests  ${replies.length}: ${tally(replies)}`,
    `hosts     ${lives} lives`,
    `faults    ${[...faultCounts].map(([kind, count]) => `${count} ${kind}`).join(", ")}`,
  ].join("\n");
}

const mannerOf = (manner: string, delayMs: number) => (delayMs > 1000 ? `${manner}, late` : manner);

function tally(words: readonly string[]): string {
  const groups = [...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length] as const);
  return groups
    .toSorted(([, one], [, other]) => other - one)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
