import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { JournalFigures } from "./journal-host.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Row } from "./part.ts";
import { shuffled, spreadOf, type Spread } from "./stats.ts";

const HOST = fileURLToPath(new URL("journal-host.ts", import.meta.url));
const FSYNC_MS = 50;

/** What stands in the journal's way. */
interface Condition {
  readonly name: string;
  /** Prepares a folder. @returns the ledger, the environment of the host, and what undoes it */
  readonly prepare: (folder: string) => {
    readonly ledger: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly undo?: () => void;
  };
}

const CONDITIONS: readonly Condition[] = [
  { name: "a ledger of its own", prepare: (folder) => ({ ledger: path.join(folder, "ledger.db") }) },
  {
    name: "another process holds the write lock",
    prepare: (folder) => {
      const ledger = path.join(folder, "ledger.db");
      execFileSync(process.execPath, [HOST, "yes", "1", "1", ledger], { timeout: 60_000 });
      const other = new DatabaseSync(ledger);
      other.exec("BEGIN IMMEDIATE");
      return { ledger, undo: () => other.close() };
    },
  },
  {
    name: `an fsync takes ${FSYNC_MS} ms`,
    prepare: (folder) => ({ ledger: path.join(folder, "ledger.db"), env: { LD_PRELOAD: slowDisk(folder) } }),
  },
  {
    name: "the ledger cannot be opened",
    prepare: (folder) => {
      const ledger = path.join(folder, "ledger.db");
      mkdirSync(ledger);
      return { ledger };
    },
  },
];

export const part: BenchPart = {
  name: "journal",
  title: "The journal",
  run: async (effort) => [await journalCost(effort)],
};

/** What the journal costs a call, and how long it holds the event loop, each beside the same calls without it. */
async function journalCost(effort: Effort): Promise<BenchTable> {
  const [rounds, calls] = effort === "quick" ? [1, 1000] : [5, 10_000];
  const rows: Row[] = [];
  for (const condition of CONDITIONS) {
    for (const atOnce of [1, calls]) {
      const way = atOnce === 1 ? "one after the other" : "all at once";
      rows.push({
        name: `${condition.name}, ${way}`,
        cells: await measure(condition, { rounds, calls, atOnce }),
      });
    }
  }
  const added = (rows.map(({ cells }) => cells[2])[0] as Spread).median;
  return {
    id: "journal",
    title: "What the journal costs a call",
    means: `A row in the journal costs a call ${figure(added)} ms of processor time; it waits neither for a slow disk nor for another process.`,
    columns: [
      { id: "condition", head: `${calls} calls` },
      { id: "without", head: "CPU of a call without, ms" },
      { id: "with", head: "with, ms" },
      { id: "part", head: "the journal's part, ms" },
      { id: "block-without", head: "longest block without, ms", digits: 0 },
      { id: "block-with", head: "with, ms", digits: 0 },
    ],
    rows,
    ratios: [],
    chart: { kind: "bars", columns: ["without", "with"], unit: "ms of processor time per call" },
    notes: [
      `Median (lowest-highest) of ${rounds === 1 ? "1 round" : `${rounds} rounds`} of a task that waits for a timer.`,
      "CPU time is of the whole process, with what is written after the last call.",
    ],
  };
}

async function measure(
  { prepare }: Condition,
  { rounds, calls, atOnce }: { readonly rounds: number; readonly calls: number; readonly atOnce: number },
): Promise<Spread[]> {
  const found: { no: JournalFigures[]; yes: JournalFigures[] } = { no: [], yes: [] };
  for (let round = 0; round < rounds; round++) {
    for (const journal of shuffled(["no", "yes"] as const)) {
      const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
      try {
        const { ledger, env, undo } = prepare(folder);
        found[journal].push(await figuresOf([journal, String(calls), String(atOnce), ledger], env));
        undo?.();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  const added = found.yes.map(({ cpu }, round) => cpu - (found.no[round]?.cpu ?? Number.NaN));
  const cpu = ({ cpu: ms }: JournalFigures) => ms;
  const block = ({ block: ms }: JournalFigures) => ms;
  const lists = [found.no.map(cpu), found.yes.map(cpu), added, found.no.map(block), found.yes.map(block)];
  return lists.map(spreadOf);
}

async function figuresOf(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<JournalFigures> {
  const host = spawn(process.execPath, [HOST, ...args], {
    env: { ...process.env, ...env, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 300_000,
  });
  let text = "";
  for await (const chunk of host.stdout) text += String(chunk);
  return JSON.parse(text) as JournalFigures;
}

/** A library that makes each wait for the disk longer, as on a disk that is slow or busy. */
function slowDisk(folder: string): string {
  const source = path.join(folder, "slow.c");
  const library = path.join(folder, "slow.so");
  writeFileSync(
    source,
    `#include <unistd.h>
#include <sys/syscall.h>
int fsync(int fd) { usleep(${FSYNC_MS * 1000}); return syscall(SYS_fsync, fd); }
int fdatasync(int fd) { usleep(${FSYNC_MS * 1000}); return syscall(SYS_fdatasync, fd); }
`,
  );
  execFileSync("cc", ["-shared", "-fPIC", "-o", library, source], { timeout: 60_000 });
  return library;
}
