import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Result } from "../lib/reporter.ts";
import type { Ending, Folders, Machine, System } from "./machine.ts";

/** For one file. The slowest takes about a minute on a machine that has nothing else to do. */
const LIMIT_MS = 240_000;

/** Tests with this in their name must fail where there is no Job Object. */
export const NEEDS_JOB_OBJECT = "(Job Object)";

export interface FileRun {
  readonly file: string;
  readonly results: readonly Result[];
  /** What is wrong, a text for each. None: the file is green. */
  readonly faults: readonly string[];
  /** What the file printed. */
  readonly printed: string;
  readonly seconds: number;
}

/** Runs one test file on a machine of its own. */
export async function runFile(system: System, machine: Machine, file: string): Promise<FileRun> {
  const run = await nodeTest(system, machine, file, { folder: "complete", options: [] });
  const failed = run.results.filter(({ event, isSuite }) => event === "failed" && !isSuite);
  const faults = failed.map(({ name, error }) => `${name}\n${error}`);
  faults.push(...unfinished(run));
  if (run.ending !== "time limit" && run.ending.exitCode !== 0 && failed.length === 0)
    faults.push(`The file ended with exit code ${run.ending.exitCode}.`);
  if (!run.results.some(({ event }) => event === "passed")) faults.push("No test passed.");
  const left = await machine.processesLeft();
  if (left.length > 0) faults.push(`The file left ${left.length} processes:\n${left.join("\n")}`);
  return { file, ...run, faults };
}

/** Runs a file's tests of the Job Object without one. Each of them must fail, by an assertion: else it shows nothing. */
export async function runWithoutJobObject(system: System, machine: Machine, file: string): Promise<FileRun> {
  const pattern = NEEDS_JOB_OBJECT.replaceAll(/[()]/g, String.raw`\$&`);
  const options = [`--test-name-pattern=${pattern}`];
  const run = await nodeTest(system, machine, file, { folder: "withoutKoffi", options });
  const tests = run.results.filter(
    ({ name, event }) => name.includes(NEEDS_JOB_OBJECT) && event !== "started",
  );
  const faults = tests.flatMap(({ name, event, error }) => {
    if (event === "passed") return [`${name}\npasses without the Job Object`];
    return /^\W*AssertionError/.test(error ?? "") ? [] : [`${name}\nfails for another reason: ${error}`];
  });
  faults.push(...unfinished(run));
  if (tests.length === 0) faults.push(`No test has ${NEEDS_JOB_OBJECT} in its name.`);
  return { file: `${file}, without Job Objects`, ...run, faults };
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

/** A run that came to no end of its own: one that hung, or whose process ended in the middle of a test. */
function unfinished({ ending, results }: { ending: Ending; results: readonly Result[] }): readonly string[] {
  const finished = results.some(({ event }) => event === "finished");
  if (finished && ending !== "time limit") return [];
  const ended = new Set(results.filter(({ event }) => event !== "started").map(({ name }) => name));
  const running = results.filter(({ event, name }) => event === "started" && !ended.has(name));
  const what =
    running.map(({ name }) => name).join("; ") || (finished ? "a handle keeps it open" : "unknown");
  return ending === "time limit"
    ? [`The file was ended after ${LIMIT_MS / 1000} s. Still running: ${what}.`]
    : [`The file's process ended before its tests. Running: ${what}.`];
}

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
