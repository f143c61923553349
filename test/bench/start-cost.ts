import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { show, shuffled, spreadOf, table } from "./stats.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `import` adds to a Node process that does nothing. */
export function importCost(quick: boolean): string {
  return inFolder((folder) => {
    const programs = ["", "hardcall", "execa", "zod", "tinyexec", "nano-spawn", "zx"].map((name) => {
      const file = path.join(folder, `${name || "empty"}.mjs`);
      writeFileSync(file, name === "" ? "" : `import ${JSON.stringify(import.meta.resolve(name))};\n`);
      return { name, run: () => time(process.execPath, [file]) };
    });
    const times = interleaved(programs, quick ? 7 : 20);
    const empty = spreadOf(times.get("") as number[]);
    const rows = programs
      .filter(({ name }) => name !== "")
      .map(({ name }) => {
        const spread = spreadOf(times.get(name) as number[]);
        return [`\`import "${name}"\``, (spread.median - empty.median).toFixed(1), show(spread, 1)];
      });
    rows.unshift(["nothing", "0", show(empty, 1)]);
    return `${table(["Node process with", "adds, ms", "whole run, ms"], rows)}\n\nMedian (min-max), in random order.`;
  });
}

/** What the fake claude takes to start and answer, against a Node script that is empty. */
export function fakeStart(quick: boolean): string {
  return inFolder((folder) => {
    const empty = path.join(folder, "empty");
    writeFileSync(empty, "#!/usr/bin/env node\n", { mode: 0o755 });
    const fake = path.join(root, "fake-bin/claude");
    const programs = [
      { name: "empty Node script", run: () => time(empty, []) },
      { name: "fake `claude --version`", run: () => time(fake, ["--version"]) },
      { name: "fake `claude -p hi`, mode ok", run: () => time(fake, ["-p", "hi"]) },
    ];
    const times = interleaved(programs, quick ? 7 : 30);
    const base = spreadOf(times.get("empty Node script") as number[]);
    const rows = programs.map(({ name }) => {
      const spread = spreadOf(times.get(name) as number[]);
      return [name, show(spread, 1), (spread.median / base.median).toFixed(2)];
    });
    return `${table(["start to end", "ms", "× empty"], rows)}\n\nMedian (min-max), in random order.`;
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
