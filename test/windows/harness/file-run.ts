import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Result } from "../lib/reporter.ts";
import type { Folders, Machine, System } from "./machine.ts";
import { faultsOf, faultsWithoutJobObject, NEEDS_JOB_OBJECT, type Run } from "./verdict.ts";

/** For one file. It ends what hangs; the slowest, crash.test.ts, took 216 s at a load of 18 on two cores. */
const LIMIT_MS = 600_000;
const GOING_MS = 2000;

export interface FileRun extends Run {
  readonly file: string;
  /** What is wrong, a text for each. None: the file is green. */
  readonly faults: readonly string[];
  /** What the file printed. */
  readonly printed: string;
  readonly seconds: number;
}

/** Runs one test file on a machine of its own. */
export async function runFile(system: System, machine: Machine, file: string): Promise<FileRun> {
  const run = await nodeTest(system, machine, file, { folder: "complete", options: [] });
  const faults = faultsOf(run);
  const left = await processesLeft(machine);
  if (left.length > 0) faults.push(`The file left processes (${left.length}):\n${left.join("\n")}`);
  return { file, ...run, faults };
}

/** Those that are still there after a while: one that was just ended takes a moment to go. */
async function processesLeft(machine: Machine): Promise<readonly string[]> {
  const first = await machine.processesLeft();
  if (first.length === 0) return [];
  await wait(GOING_MS);
  const still = await machine.processesLeft();
  return first.filter((line) => still.includes(line));
}

/** Runs a file's tests of the Job Object in the package that cannot make one. */
export async function runWithoutJobObject(system: System, machine: Machine, file: string): Promise<FileRun> {
  const pattern = NEEDS_JOB_OBJECT.replaceAll(/[()]/g, String.raw`\$&`);
  const options = [`--test-name-pattern=${pattern}`];
  const run = await nodeTest(system, machine, file, { folder: "withoutKoffi", options });
  return { file: `${file}, without Job Objects`, ...run, faults: faultsWithoutJobObject(run) };
}

interface How {
  readonly folder: keyof Folders;
  readonly options: readonly string[];
}

async function nodeTest(system: System, machine: Machine, file: string, { folder, options }: How) {
  const started = performance.now();
  const at = (name: string) => path.join(machine.folders[folder], name);
  const flags = ["--disable-warning=ExperimentalWarning", "--test-reporter=./test/windows/lib/reporter.ts"];
  const ending = await machine.node({
    folder,
    args: [...flags, "--test-reporter-destination=results.jsonl", ...options, `test/windows/${file}`],
    env: { HARDCALL_TEST_WINDOWS: system.kind },
    output: at("printed.txt"),
    limit: LIMIT_MS,
  });
  const lines = textOf(at("results.jsonl")).split("\n").slice(0, -1);
  return {
    ending,
    results: lines.map((line) => JSON.parse(line) as Result),
    printed: textOf(at("printed.txt")),
    seconds: (performance.now() - started) / 1000,
  };
}

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
