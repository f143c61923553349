import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { FilesCost } from "./files-host.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";

const HOST = fileURLToPath(new URL("files-host.ts", import.meta.url));
const PER_FOLDER = 1000;
/** A check compares the content of the newest 64 that differ. */
const NEWEST = 100;
/** On a disk the making of a million files takes longer than all measurements. */
const MEMORY_DISK = "/dev/shm";

export const part: BenchPart = {
  name: "files",
  title: "A sentinel over many files",
  run: async (effort) => [filesScale(effort)],
};

/** One check of a sentinel over more and more files. Each size adds to the files of the one before. */
function filesScale(effort: Effort): BenchTable {
  const sizes = effort === "quick" ? [1000, 10_000] : [1000, 100_000, 1_000_000];
  const folder = mkdtempSync(path.join(existsSync(MEMORY_DISK) ? MEMORY_DISK : tmpdir(), "hardcall-bench-"));
  const measured: { readonly files: number; readonly byTime: FilesCost; readonly byName: FilesCost }[] = [];
  try {
    let made = 0;
    for (const files of sizes) {
      for (; made < files - NEWEST; made++) makeOld(folder, made);
      makeNewest(folder);
      measured.push({ files, byTime: check(folder, "mtime"), byName: check(folder, "name") });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const [few, many] = measured.slice(-2) as [(typeof measured)[0], (typeof measured)[0]];
  const [fewFiles, manyFiles] = [few, many].map(({ files }) => files.toLocaleString("en"));
  return {
    id: "files",
    title: "A sentinel over many files",
    means: `A check over ${manyFiles} files takes ${figure(many.byTime.seconds, 1)} s, or ${figure(many.byName.seconds, 1)} s if the date is in the names (\`dateInName\`), with ${figure(many.byTime.megabytes, 0)} MB of memory; over ${fewFiles} it is ${figure(few.byTime.megabytes, 0)} MB.`,
    columns: [
      { id: "files", head: "files" },
      { id: "time-seconds", head: "by modification time: s" },
      { id: "time-memory", head: "MB", digits: 0 },
      { id: "time-block", head: "longest event-loop block, ms", digits: 0 },
      { id: "name-seconds", head: "by the date in the name: s" },
      { id: "name-memory", head: "MB", digits: 0 },
      { id: "name-block", head: "longest event-loop block, ms", digits: 0 },
    ],
    rows: measured.map(({ files, byTime, byName }) => ({
      name: files.toLocaleString("en"),
      cells: [byTime, byName].flatMap(({ seconds, megabytes, blockMs }) => [seconds, megabytes, blockMs]),
    })),
    ratios: [
      {
        name: "by modification time: memory, many × few",
        value: many.byTime.megabytes / few.byTime.megabytes,
        limit: 2,
      },
      {
        name: "by the date in the name: memory, many × few",
        value: many.byName.megabytes / few.byName.megabytes,
        limit: 2,
      },
      {
        name: "by the date in the name: seconds × those by modification time",
        value: many.byName.seconds / many.byTime.seconds,
      },
    ],
    chart: {
      kind: "lines",
      x: "files",
      columns: ["time-memory", "name-memory"],
      unit: "MB",
      logarithmic: true,
    },
    notes: [
      `One check of \`"**/*.md"\` in code, in a process of its own whose memory is that of Node.js and hardcall, too. The files are in memory, ${PER_FOLDER.toLocaleString("en")} in a folder; a cold disk is slower.`,
    ],
  };
}

/** A file with a date of this year, and a hole in place of content: nothing reads it. */
function makeOld(folder: string, index: number): void {
  const inside = path.join(folder, "posts", String(Math.floor(index / PER_FOLDER)));
  if (index % PER_FOLDER === 0) mkdirSync(inside, { recursive: true });
  const day = String(1 + (index % 28)).padStart(2, "0");
  const file = openSync(path.join(inside, `2026-01-${day}-${index}.md`), "w");
  ftruncateSync(file, 100);
  closeSync(file);
}

function makeNewest(folder: string): void {
  const now = new Date().toISOString().slice(0, 10);
  for (let index = 0; index < NEWEST; index++) {
    writeFileSync(path.join(folder, "posts", "0", `${now}-new-${index}.md`), `post ${index}`);
  }
}

function check(folder: string, by: "mtime" | "name"): FilesCost {
  const args = [HOST, path.join(folder, "posts"), path.join(folder, "ledger.db"), by];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8", timeout: 300_000 }),
  ) as FilesCost;
}
