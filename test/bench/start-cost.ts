import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable } from "./part.ts";
import { shuffled, spreadOf } from "./stats.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const imports: BenchPart = {
  name: "import",
  title: "What an import costs",
  run: async (effort) => [importCost(effort === "quick" ? 7 : 20)],
};

export const fakes: BenchPart = {
  name: "fake",
  title: "The fake claude's start",
  run: async (effort) => [fakeStart(effort === "quick" ? 7 : 30)],
};

/** What `import` adds to a Node process that does nothing. */
function importCost(rounds: number): BenchTable {
  return inFolder((folder) => {
    const programs = ["", "hardcall", "execa", "zod", "tinyexec", "nano-spawn", "zx"].map((name) => {
      const file = path.join(folder, `${name || "empty"}.mjs`);
      writeFileSync(file, name === "" ? "" : `import ${JSON.stringify(import.meta.resolve(name))};\n`);
      return { name, run: () => time(process.execPath, [file]) };
    });
    const times = interleaved(programs, rounds);
    const empty = spreadOf(times.get("") as number[]);
    const rows = programs.map(({ name }) => {
      const spread = spreadOf(times.get(name) as number[]);
      return {
        name: name === "" ? "nothing" : `\`import "${name}"\``,
        cells: [spread.median - empty.median, spread],
      };
    });
    const own = spreadOf(times.get("hardcall") as number[]).median;
    const added = own - empty.median;
    return {
      id: "import-cost",
      title: "What an import adds to the start of a Node process",
      means: `A program that imports hardcall starts ${figure(added, 1)} ms later; zod, pino, \`node:crypto\` and \`node:fs\` are loaded when a call needs them.`,
      columns: [
        { id: "with", head: "Node process with" },
        { id: "added", head: "adds, ms", digits: 1 },
        { id: "whole", head: "whole run, ms", digits: 1 },
      ],
      rows,
      ratios: [
        { name: "Node with hardcall × Node with nothing", value: own / empty.median },
        { name: '`import "hardcall"` adds, ms', value: added, limit: 10 },
      ],
      chart: { kind: "bars", columns: ["added"], unit: "ms" },
      notes: [`Median (lowest-highest) of ${rounds} starts, in random order.`],
    };
  });
}

/** What the fake claude takes to start and answer, against a Node script that is empty. */
function fakeStart(rounds: number): BenchTable {
  return inFolder((folder) => {
    const empty = path.join(folder, "empty");
    writeFileSync(empty, "#!/usr/bin/env node\n", { mode: 0o755 });
    const fake = path.join(root, "fake-bin/claude");
    const programs = [
      { name: "empty Node script", run: () => time(empty, []) },
      { name: "fake `claude --version`", run: () => time(fake, ["--version"]) },
      { name: "fake `claude -p hi`, mode ok", run: () => time(fake, ["-p", "hi"]) },
    ];
    const times = interleaved(programs, rounds);
    const base = spreadOf(times.get("empty Node script") as number[]);
    const rows = programs.map(({ name }) => {
      const spread = spreadOf(times.get(name) as number[]);
      return { name, cells: [spread, spread.median / base.median] };
    });
    const ratios = rows.slice(1).map(({ name, cells }) => ({
      name: `${name} × empty`,
      value: cells[1] as number,
      limit: 1.3,
    }));
    return {
      id: "fake-start",
      title: "The start of the fake `claude`",
      means: `A test that runs the fake \`claude\` in place of an empty Node script takes ${figure(ratios.at(-1)?.value ?? Number.NaN)} × as long.`,
      columns: [
        { id: "program", head: "start to end" },
        { id: "ms", head: "ms", digits: 1 },
        { id: "ratio", head: "× empty" },
      ],
      rows,
      ratios,
      chart: { kind: "bars", columns: ["ms"], unit: "ms" },
      notes: [`Median (lowest-highest) of ${rounds} starts, in random order.`],
    };
  });
}

interface Program {
  readonly name: string;
  readonly run: () => number;
}

function interleaved(programs: readonly Program[], rounds: number): Map<string, number[]> {
  const times = new Map<string, number[]>(programs.map(({ name }) => [name, []]));
  for (const { run } of programs) run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of shuffled(programs)) times.get(name)?.push(run());
  }
  return times;
}

function time(file: string, args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(file, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, FAKE_CLAUDE_MODE: "ok" },
    timeout: 30_000,
  });
  if (status !== 0) throw new Error(`${path.basename(file)} exited with code ${status}`);
  return performance.now() - start;
}

function inFolder<Out>(use: (folder: string) => Out): Out {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
