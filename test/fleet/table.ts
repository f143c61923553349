import type { Summary } from "./report.ts";

/** A row for each seed, and one for all. */
export function tableOf(summaries: ReadonlyMap<string, Summary>): string {
  const rows = [...summaries].map(([seed, summary]) => [seed, ...figuresOf(summary)]);
  const sums = rows.reduce<readonly number[]>(
    (sum, [, ...figures]) => figures.map((figure, nth) => Number(figure) + (sum[nth] ?? 0)),
    [],
  );
  const lines = [COLUMNS, COLUMNS.map(() => "---"), ...rows, ["all", ...sums]];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const COLUMNS = [
  "seed",
  "jobs",
  "completed",
  "dead letter",
  "in doubt",
  "doubled",
  "beyond the promise",
  "of them doubled",
  "no effect, yet completed",
  "faults",
  "worker lives",
  "s",
];

function figuresOf(summary: Summary): readonly number[] {
  const { jobs, completed, deadLetters, inDoubt, doubles, beyond, doublesBeyond, lost, lives, ms } = summary;
  const faults = Object.values(summary.faults).reduce((sum, count) => sum + count, 0);
  return [
    jobs,
    completed,
    deadLetters,
    inDoubt,
    doubles,
    beyond,
    doublesBeyond,
    lost,
    faults,
    lives,
    Math.round(ms / 1000),
  ];
}
