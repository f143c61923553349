import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Cost, Subject } from "./contention-host.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Row } from "./part.ts";

const HOST = fileURLToPath(new URL("contention-host.ts", import.meta.url));

/** One run: so many processes, each with so many calls under way, that write to one ledger or to one each. */
export interface Scene {
  readonly subject: Subject;
  readonly processes: number;
  readonly atOnce?: number;
  readonly apart?: boolean;
  readonly ms: number;
  /** Another build of hardcall. */
  readonly from?: string;
}

/** The middle of the medians of all processes, and the worst of the rest. */
export interface Figures extends Cost {
  /** The operations of the process that made most, over those of the one that made fewest. */
  readonly unfairness: number;
  readonly perSecond: number;
}

/** Starts the processes, lets them go at once, and ends them. */
export async function play({
  subject,
  processes,
  atOnce = 1,
  apart = false,
  ms,
  from,
}: Scene): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const hosts: Host[] = [];
  try {
    for (let index = 0; index < processes; index++) {
      const place = apart ? path.join(folder, String(index)) : folder;
      const words = [subject, place, String(ms), String(atOnce), ...(from === undefined ? [] : [from])];
      hosts.push(begin(words, 60_000 + ms));
    }
    for (const { next } of hosts) await next();
    for (const { child } of hosts) child.stdin?.end("go\n");
    const found = await Promise.all(hosts.map(async ({ next }) => JSON.parse(await next()) as Cost));
    return figuresOf(found, ms);
  } finally {
    for (const { child } of hosts) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Host {
  readonly child: ChildProcess;
  readonly next: () => Promise<string>;
}

function begin(words: readonly string[], timeout: number): Host {
  const child = spawn(process.execPath, [HOST, ...words], { stdio: ["pipe", "pipe", "inherit"], timeout });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`a process of the part "contention" ended: ${words.join(" ")}`);
    return value;
  };
  return { child, next };
}

function figuresOf(found: readonly Cost[], ms: number): Figures {
  const all = (field: keyof Cost) => found.map((cost) => cost[field]).toSorted((one, other) => one - other);
  const worst = (field: keyof Cost) => all(field).at(-1) ?? Number.NaN;
  const counts = all("operations");
  const operations = counts.reduce((sum, count) => sum + count, 0);
  return {
    operations,
    perSecond: (operations / ms) * 1000,
    median: all("median")[found.length >> 1] ?? Number.NaN,
    p99: worst("p99"),
    longest: worst("longest"),
    block: worst("block"),
    unfairness: (counts.at(-1) ?? 0) / Math.max(1, counts[0] ?? 0),
  };
}

/** The middle of the times that a durable write of 4 KiB takes in the folder for temporary files. */
export function fsyncMs(): number {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const file = openSync(path.join(folder, "file"), "w");
  const times = Array.from({ length: 101 }, () => {
    const startedAt = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return performance.now() - startedAt;
  }).toSorted((a, b) => a - b);
  closeSync(file);
  rmSync(folder, { recursive: true });
  return times[50] ?? Number.NaN;
}

const COLUMNS = [
  { id: "operation", head: "" },
  { id: "per-second", head: "calls per second", digits: 0 },
  { id: "median", head: "median ms" },
  { id: "p99", head: "p99 ms", digits: 1 },
  { id: "longest", head: "longest ms", digits: 0 },
  { id: "block", head: "longest event-loop block ms", digits: 0 },
];

const cellsOf = ({ perSecond, median, p99, longest, block }: Figures) => [
  perSecond,
  median,
  p99,
  longest,
  block,
];

/** The bounds that p99 has to keep, in milliseconds, by the number of processes. */
const P99_LIMITS: Readonly<Record<number, number>> = { 4: 15, 16: 60 };

/** Processes that write to one ledger; and, as the control, as many that wait for none, with a ledger each on the same disk. */
async function contention(effort: Effort): Promise<BenchTable> {
  const ms = effort === "full" ? 4000 : 500;
  const rows: Row[] = [];
  const ratios = [];
  for (const processes of effort === "full" ? [1, 4, 16] : [1, 4]) {
    const together = await play({ subject: "ledger", processes, ms });
    const name = processes === 1 ? "1 process" : `${processes} processes`;
    rows.push({ name, cells: [...cellsOf(together), together.unfairness] });
    const limit = P99_LIMITS[processes];
    if (limit === undefined) continue;
    const apart = await play({ subject: "ledger", processes, apart: true, ms });
    rows.push({ name: `${name}, a ledger each`, cells: [...cellsOf(apart), apart.unfairness] });
    ratios.push({ name: `${name}: p99 / ${limit} ms`, value: together.p99 / limit, limit: 1 });
  }
  const slowest = rows
    .filter(({ name }) => !name.includes("each"))
    .map(({ name, cells }) => `${figure(cells[2] as number, 1)} ms with ${name}`);
  return {
    id: "contention",
    title: "Processes that write to one ledger",
    means: `On one ledger, the slowest call of a hundred takes ${slowest.join(", ")}.`,
    columns: [...COLUMNS, { id: "unfairness", head: "calls of the busiest / slowest process" }],
    rows,
    ratios,
    chart: { kind: "bars", columns: ["median", "p99"], unit: "ms", logarithmic: true },
    notes: [
      `Each process claims a key, records the start (durable) and the success (durable), one call after another, for ${ms / 1000} s. ` +
        "The median is that of the middle process, the rest that of the worst one.",
      "The rows with a ledger each are the control: they wait for no other process, only for the processor and the disk.",
      `A durable write of 4 KiB takes ${fsyncMs().toFixed(2)} ms here.`,
    ],
  };
}

const SUBJECTS: readonly (readonly [string, Subject, number])[] = [
  ["hardcall: claim + started + success", "ledger", 1],
  ["hardcall: the same, 16 calls at once", "ledger", 16],
  ["hardcall: a whole call of a task with a key", "call", 1],
  ["SQLite: three plain inserts", "sqlite", 1],
  ["Powertools idempotency, in memory", "powertools", 1],
];

/** What a call in the ledger costs one process, against the same number of plain inserts and a store in memory. */
async function costs(effort: Effort): Promise<BenchTable> {
  const ms = effort === "full" ? 1500 : 300;
  const found = new Map<string, Figures>();
  for (const [name, subject, atOnce] of SUBJECTS) {
    found.set(name, await play({ subject, processes: 1, atOnce, ms }));
  }
  const perSecond = (index: number) => found.get(SUBJECTS[index]?.[0] ?? "")?.perSecond ?? Number.NaN;
  const msEach = (index: number) => figure(1000 / perSecond(index), 1);
  return {
    id: "ledger-cost",
    title: "What a call costs in the ledger",
    means: `A key costs a call ${msEach(0)} ms, and ${msEach(1)} ms if 16 calls run at once, as they share the durable writes.`,
    columns: COLUMNS,
    rows: [...found].map(([name, figures]) => ({ name, cells: cellsOf(figures) })),
    ratios: [
      { name: "claim + started + success / three plain inserts", value: perSecond(3) / perSecond(0) },
      { name: "per call, 16 at once / one after another", value: perSecond(0) / perSecond(1), limit: 1 },
    ],
    chart: { kind: "bars", columns: ["per-second"], unit: "calls per second", logarithmic: true },
    notes: [
      "Calls that write at the same moment share a commit, and with it the wait for the disk.",
      "Powertools' store is in memory: nothing outlives the process, and nothing is arbitrated between processes.",
    ],
  };
}

export const part: BenchPart = {
  name: "contention",
  title: "The ledger",
  run: async (effort) => [await contention(effort), await costs(effort)],
};
