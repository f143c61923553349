import { execFileSync } from "node:child_process";
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
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
  "compiled code of one installed hardcall has 20 MB at most, the newest",
  async () => {
    const base = tempFolder();
    await compiledBy(base, ECHO);
    const [own] = globSync("hardcall/compiled/*/*/*", { cwd: base });
    const folder = path.join(base, path.dirname(path.dirname(own!)));
    const versions = ["v22.18.0-x64-964aae3f", "v22.18.0-x64-964aae40"];
    const [newer, older] = versions.map((version, former) => {
      mkdirSync(path.join(folder, version));
      return Array.from({ length: 8 }, (_, days) => {
        const file = path.join(folder, version, `run-${days}`);
        writeFileSync(file, "");
        truncateSync(file, 2_200_000);
        const writtenAt = new Date(Date.now() - (10 * former + days + 1) * DAY_MS);
        utimesSync(file, writtenAt, writtenAt);
        return file;
      });
    });
    // What is no folder of compiled code does not keep the rest from being dropped.
    writeFileSync(path.join(folder, "note"), "");
    await compiledBy(base, ECHO);
    expect([...newer!, ...older!].filter((file) => existsSync(file))).toEqual(newer);
    expect(readdirSync(folder).toSorted()).toEqual([
      "note",
      "v22.18.0-x64-964aae3f",
      path.basename(path.dirname(own!)),
    ]);
    expect(existsSync(path.join(base, own!))).toBe(true);
  },
);

test.skipIf(!existsSync(CLI))("commands that are used in turn keep each other's compiled code", async () => {
  const base = tempFolder();
  const env = {
    NODE_COMPILE_CACHE: undefined,
    NODE_V8_COVERAGE: undefined,
    XDG_CACHE_HOME: base,
    PATH: `${path.join(ROOT, "fake-bin")}:${process.env["PATH"] ?? ""}`,
    FAKE_CLAUDE_MODE: "ok",
  };
  const call = ["--timeout", "20s", "--effects", "once", "--ledger", path.join(base, "ledger.db")];
  const filesAfter = async (round: number) => {
    for (const key of [[], ["--key", `key-${round}`]]) {
      for (const [command, ...words] of [
        ["run", "--", "echo", "hi"],
        ["claude", "say hi"],
      ]) {
        const { exitCode } = await run(CLI, [command!, ...call, ...key, ...words], { env });
        expect(exitCode).toBe(0);
      }
    }
    const files = globSync("hardcall/compiled/*/*/*", { cwd: base }).toSorted();
    return files.map((file) => ({ file, writtenAt: statSync(path.join(base, file)).mtimeMs }));
  };
  for (const round of [1, 2, 3]) await filesAfter(round);
  expect(await filesAfter(4)).toEqual(await filesAfter(5));
});

test.skipIf(!existsSync(CLI) || process.platform === "win32")(
  "a pipe or a link to a device in the place of compiled code does not hold up a start",
  async () => {
    const base = tempFolder();
    await compiledBy(base, ECHO);
    const [own] = globSync("hardcall/compiled/*/*/*", { cwd: base });
    const file = path.join(base, own!);
    for (const replace of [
      () => execFileSync("mkfifo", [file], { timeout: 5000 }),
      () => symlinkSync("/dev/zero", file),
    ]) {
      rmSync(file);
      replace();
      await compiledBy(base, ECHO);
      // Made anew.
      expect(lstatSync(file).isFile()).toBe(true);
    }
  },
);
