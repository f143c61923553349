import type { Summary } from "./report.ts";
import type { WorkerKind } from "./worker.ts";

const NAMES: Readonly<Record<WorkerKind, string>> = { hardcall: "hardcall", naive: "pg-boss alone" };

type Row = readonly [name: string, figure: (of: Summary) => number];

const ROWS: readonly Row[] = [
  ["jobs", ({ jobs }) => jobs],
  ["completed", ({ completed }) => completed],
  ["in the dead-letter queue", ({ deadLetters }) => deadLetters],
  ["failed, or without an end", ({ failed, noEnd }) => failed + noEnd],
  ["completed without an effect", ({ lost }) => lost],
  ["**effects that happened twice or more**", ({ doubles }) => doubles],
  ["suspended or delivered for longer than the promise covers", ({ beyond }) => beyond],
  ["… of these, twice or more", ({ doublesBeyond }) => doublesBeyond],
  ["in doubt in the ledger", ({ inDoubt }) => inDoubt],
  ["faults", ({ faults }) => Object.values(faults).reduce((sum, count) => sum + count, 0)],
  ["lives of workers", ({ lives }) => lives],
];

/** The sums of all seeds, a column for each kind of worker, as Markdown. */
export function tableOf(results: ReadonlyMap<WorkerKind, readonly Summary[]>): string {
  const columns = [...results];
  const head = columns.map(([kind, { length }]) => `${NAMES[kind]}, ${length} seeds`);
  const rows = ROWS.map(([name, figure]) => [
    name,
    ...columns.map(([, summaries]) => String(summaries.reduce((sum, one) => sum + figure(one), 0))),
  ]);
  const all = [["", ...head], ["---", ...head.map(() => "---:")], ...rows];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
