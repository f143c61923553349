import { existsSync, globSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const CLI = path.join(ROOT, "dist/cli.js");
const DAY_MS = 86_400_000;
const ECHO = ["run", "--timeout", "20s", "--", "echo", "hi"];

/** How many functions of the command line a start compiles, but for those of cli.js. */
async function compiledBy(base: string, args: readonly string[]): Promise<number> {
  const log = path.join(base, "v8.log");
  const options = ["--log-function-events", "--no-logfile-per-isolate", `--logfile=${log}`];
  const env = { NODE_COMPILE_CACHE: undefined, NODE_V8_COVERAGE: undefined, XDG_CACHE_HOME: base };
  const { exitCode } = await run(process.execPath, [...options, CLI, ...args], { env });
  expect(exitCode).toBe(0);
  const lines = readFileSync(log, "utf8").split("\n");
  const scripts = lines.flatMap(
    (line) => /^script-details,(\d+),[^,]*\/cli-[^/,]*\.cjs,/.exec(line)?.[1] ?? [],
  );
  return lines.filter((line) => scripts.includes(/^function,interpreter,(\d+),/.exec(line)?.[1] ?? ""))
    .length;
}

test.skipIf(!existsSync(CLI))(
  "compiled code has the functions that a call has run: later ones compile few",
  async () => {
    const base = tempFolder();
    const keyed = ["--effects", "once", "--ledger", path.join(base, "ledger.db"), "--key"];
    for (const options of [() => [], (round: number) => [...keyed, `key-${round}`]]) {
      const compiles = [];
      for (const round of [1, 2, 3]) {
        const args = ["run", "--timeout", "20s", ...options(round), "--", "echo", "hi"];
        compiles.push(await compiledBy(base, args));
      }
      // What a run does besides depends on what is slow, and with a key the first one makes the ledger.
      const [first = 0, ...later] = compiles;
      expect(first).toBeGreaterThan(300);
      expect(Math.max(...later)).toBeLessThan(first / 5);
    }
  },
);

test.skipIf(!existsSync(CLI))(
  "compiled code of one installed hardcall has twelve files at most, the newest",
  async () => {
    const base = tempFolder();
    await compiledBy(base, ECHO);
    const [own] = globSync("hardcall/compiled/*/*/*", { cwd: base });
    const former = path.join(base, path.dirname(path.dirname(own!)), "v22.18.0-x64-964aae3f");
    mkdirSync(former);
    const files = Array.from({ length: 14 }, (_, days) => {
      const file = path.join(former, `run-${days}`);
      writeFileSync(file, "");
      const writtenAt = new Date(Date.now() - (days + 1) * DAY_MS);
      utimesSync(file, writtenAt, writtenAt);
      return file;
    });
    await compiledBy(base, ECHO);
    expect(files.filter((file) => existsSync(file))).toEqual(files.slice(0, 11));
    expect(existsSync(path.join(base, own!))).toBe(true);
  },
);
