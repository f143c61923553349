import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable } from "./part.ts";
import { shuffled, spreadOf } from "./stats.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const NODE = "Node script that spawns it";

/** `hardcall run`, with and without a key, against other ways to run one command. */
export const commandStart: BenchPart = {
  name: "cli",
  title: "What a start of the command line costs",
  run: async (effort) => [await commandStarts(effort === "quick" ? 5 : 25)],
};

interface Program {
  readonly name: string;
  /** The command of the given round. */
  readonly command: (round: number) => readonly [file: string, ...args: string[]];
}

const SPAWNS = `import { spawn } from "node:child_process";
const child = spawn("/bin/true", [], { stdio: ["ignore", "pipe", "pipe"] });
child.on("close", (code) => { process.exitCode = code; });
`;
const PYTHON = `import subprocess
subprocess.run(["/bin/true"], timeout=10, check=True, capture_output=True)`;

/** Each runs `/bin/true` under a time limit of 10 s, if it has any. */
function programsIn(folder: string): readonly Program[] {
  const script = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const [empty, spawns] = [script("empty.mjs", ""), script("spawns.mjs", SPAWNS)];
  // Not the script that a version manager puts on PATH.
  const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
    timeout: 30_000,
  });
  const run = [CLI, "run", "--timeout", "10s", "--allow-empty"];
  const keyed = (round: number) => ["--key", `round-${round}`, "--ledger", path.join(folder, "ledger.db")];
  return [
    { name: "GNU `timeout`", command: () => ["timeout", "10", "/bin/true"] },
    { name: "`chronic`", command: () => ["chronic", "/bin/true"] },
    { name: "Python `subprocess.run`", command: () => [python.stdout?.trim() || "python3", "-c", PYTHON] },
    { name: "empty Node script", command: () => [process.execPath, empty] },
    { name: NODE, command: () => [process.execPath, spawns] },
    { name: "`hardcall run`", command: () => [process.execPath, ...run, "--", "/bin/true"] },
    {
      name: "`hardcall run --key`",
      command: (round) => [process.execPath, ...run, "--effects", "once", ...keyed(round), "--", "/bin/true"],
    },
  ];
}

async function commandStarts(rounds: number): Promise<BenchTable> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  try {
    const all = programsIn(folder);
    const env = {
      ...process.env,
      NODE_COMPILE_CACHE: undefined,
      NODE_DISABLE_COMPILE_CACHE: undefined,
      XDG_CACHE_HOME: folder,
    };
    // The first start of each leaves its compiled code, and tells whether the program is there.
    const programs = all.filter(({ command }) => time(command(-1), env) !== undefined);
    const times = new Map<string, number[]>(programs.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const { name, command } of shuffled(programs))
        times.get(name)?.push(time(command(round), env) ?? Number.NaN);
    return tableOf(all, times, rounds);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns milliseconds, or nothing where the program is not installed */
function time([file, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): number | undefined {
  const start = performance.now();
  const { status, error } = spawnSync(file, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env,
    timeout: 30_000,
  });
  const ms = performance.now() - start;
  if (error !== undefined && "code" in error && error.code === "ENOENT") return undefined;
  if (status !== 0) throw new Error(`${path.basename(file)} ended with ${status ?? error?.message}`);
  return ms;
}

function tableOf(all: readonly Program[], times: Map<string, number[]>, rounds: number): BenchTable {
  const base = spreadOf(times.get(NODE) as number[]).median;
  const missing = all.map(({ name }) => name).filter((name) => !times.has(name));
  const rows = all
    .filter(({ name }) => times.has(name))
    .map(({ name }) => {
      const spread = spreadOf(times.get(name) as number[]);
      return { name, cells: [spread, spread.median / base] as const };
    });
  const ratioOf = (name: string) => rows.find((row) => row.name === name)?.cells[1] ?? Number.NaN;
  return {
    id: "command-start",
    title: "A command from start to end: `/bin/true`",
    means: `\`hardcall run\` takes ${figure(ratioOf("`hardcall run`"))} × as long as a Node script that only spawns the command, and ${figure(ratioOf("`hardcall run --key`"))} × with a key.`,
    columns: [
      { id: "program", head: "started by" },
      { id: "ms", head: "ms", digits: 1 },
      { id: "ratio", head: "× Node script" },
    ],
    rows,
    ratios: [
      { name: "hardcall run × Node script", value: ratioOf("`hardcall run`"), limit: 1.5 },
      { name: "hardcall run --key × Node script", value: ratioOf("`hardcall run --key`"), limit: 1.8 },
    ],
    chart: { kind: "bars", columns: ["ms"], unit: "ms" },
    notes: [
      `Median (lowest-highest) of ${rounds} starts, in random order; a start before them leaves hardcall's compiled code.`,
      ...(missing.length > 0 ? [`Not installed here: ${missing.join(", ")}.`] : []),
    ],
  };
}
