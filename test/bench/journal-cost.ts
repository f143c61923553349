import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { JournalFigures } from "./journal-host.ts";
import { show, shuffled, spreadOf, table } from "./stats.ts";

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

/** What the journal costs a call, and how long it holds the event loop, each beside the same calls without it. */
export async function journalCost(quick: boolean): Promise<string> {
  const rounds = quick ? 1 : 5;
  const calls = quick ? 1000 : 10_000;
  const rows: string[][] = [];
  for (const condition of CONDITIONS) {
    for (const atOnce of [1, calls]) {
      rows.push([
        condition.name,
        atOnce === 1 ? "one after the other" : "all at once",
        ...(await measure(condition, { rounds, calls, atOnce })),
      ]);
    }
  }
  const head = [
    "",
    `${calls} calls`,
    "CPU of a call without, ms",
    "with, ms",
    "the journal's part, ms",
    "longest block without, ms",
    "with, ms",
  ];
  return [
    table(head, rows),
    "",
    `Median, smallest and largest of ${rounds} rounds. CPU time is of the whole process, with what is written after the last call.`,
  ].join("\n");
}

async function measure(
  { prepare }: Condition,
  { rounds, calls, atOnce }: { readonly rounds: number; readonly calls: number; readonly atOnce: number },
): Promise<string[]> {
  const found: { no: JournalFigures[]; yes: JournalFigures[] } = { no: [], yes: [] };
  for (let round = 0; round < rounds; round++) {
    for (const journal of shuffled(["no", "yes"] as const)) {
      const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
      try {
        const { ledger, env, undo } = prepare(folder);
        found[journal].push(await figures([journal, String(calls), String(atOnce), ledger], env));
        undo?.();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  const part = found.yes.map(({ cpu }, round) => cpu - (found.no[round]?.cpu ?? Number.NaN));
  const cpu = ({ cpu: ms }: JournalFigures) => ms;
  const block = ({ block: ms }: JournalFigures) => ms;
  return [
    show(spreadOf(found.no.map(cpu)), 3),
    show(spreadOf(found.yes.map(cpu)), 3),
    show(spreadOf(part), 3),
    show(spreadOf(found.no.map(block)), 1),
    show(spreadOf(found.yes.map(block)), 1),
  ];
}

async function figures(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<JournalFigures> {
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
