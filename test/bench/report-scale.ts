import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandCost, type CommandCost } from "./command-cost.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";
import { seedLedger } from "./seed-sqlite.ts";

const DAYS = 25;

export const part: BenchPart = {
  name: "report",
  title: "A report over many calls",
  run: async (effort) => [reportScale(effort)],
};

interface Measured {
  readonly calls: number;
  readonly all: CommandCost;
  readonly day: CommandCost;
  readonly list: CommandCost;
}

/** What the command line takes to look at a ledger in a file with more and more calls. */
function reportScale(effort: Effort): BenchTable {
  const sizes = effort === "quick" ? [1000, 10_000] : [1000, 100_000, 1_000_000];
  const measured = sizes.map(ofSize);
  const [few, many] = measured.slice(-2) as [Measured, Measured];
  const [fewCalls, manyCalls] = [few, many].map(({ calls }) => calls.toLocaleString("en"));
  return {
    id: "report",
    title: "A report over many calls",
    means: `\`hardcall report\` over ${manyCalls} calls takes ${figure(many.all.seconds, 1)} s and ${figure(many.all.megabytes, 0)} MB; over ${fewCalls} it takes ${figure(few.all.seconds, 1)} s and ${figure(few.all.megabytes, 0)} MB.`,
    columns: [
      { id: "calls", head: "calls in the ledger" },
      { id: "all-seconds", head: "report of all: s" },
      { id: "all-memory", head: "MB", digits: 0 },
      { id: "day-seconds", head: "report of one day: s" },
      { id: "day-memory", head: "MB", digits: 0 },
      { id: "list-seconds", head: "ledger list, the newest 100: s" },
      { id: "list-memory", head: "MB", digits: 0 },
    ],
    rows: measured.map(({ calls, all, day, list }) => ({
      name: calls.toLocaleString("en"),
      cells: [all, day, list].flatMap(({ seconds, megabytes }) => [seconds, megabytes]),
    })),
    ratios: [
      {
        name: "report of all: memory, many × few",
        value: many.all.megabytes / few.all.megabytes,
        limit: 1.5,
      },
      { name: "ledger list: seconds, many × few", value: many.list.seconds / few.list.seconds, limit: 1.5 },
    ],
    chart: {
      kind: "lines",
      x: "calls",
      columns: ["all-seconds", "day-seconds"],
      unit: "s",
      logarithmic: true,
    },
    notes: [
      `A ledger in a file, ${DAYS} days old. Half of the calls have a key, and so an attempt, a value, evidence and a cost in the ledger; half stand in the journal alone. Seconds and memory are those of the whole process.`,
    ],
  };
}

function ofSize(calls: number): Measured {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  try {
    const ledger = path.join(folder, "ledger.db");
    seedLedger(ledger, { calls, days: DAYS });
    const look = (...args: readonly string[]) => commandCost([...args, "--ledger", ledger]);
    const out = path.join(folder, "report.html");
    return {
      calls,
      all: look("report", "--days", "30", "--out", out),
      day: look("report", "--days", "1", "--out", out),
      list: look("ledger", "list"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
