// Tests the package on Windows: on Windows itself, or under Wine, which has most of Windows and runs on Linux.
//
//   node test/windows/main.ts [file…]     files of test/windows, such as job.test.ts; without any, all of them
//
// Each file runs in a Node for Windows of its own, on the packed and installed package. At the end, the tests that
// show a Job Object at work run once more without one, and must fail.
//
// Exit codes: 0 all is green, or there is no Wine here and HARDCALL_TEST_REQUIRE_WINE is not set; 1 something failed;
// 130 the suite was ended by a signal.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { installApp } from "./harness/app.ts";
import { type FileRun, runFile, runWithoutJobObject } from "./harness/file-run.ts";
import type { Machine, System } from "./harness/machine.ts";
import { WINDOWS } from "./harness/native.ts";
import { NEEDS_JOB_OBJECT } from "./harness/verdict.ts";
import { wineOrReason } from "./harness/wine.ts";

/** These come first, or the end would wait for one of them alone. */
const LONGEST = ["job", "crash", "cli", "fake-modes", "exit-codes", "nothing-left", "start", "streams"].map(
  (name) => `${name}.test.ts`,
);

const machines = new Set<Machine>();
// The whole name: processes are found by it in command lines, and the short form, such as RUNNER~1, is in none.
const folder = realpathSync.native(mkdtempSync(path.join(tmpdir(), "hardcall-windows-")));
const app = path.join(folder, "app");
let isOver = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
try {
  const system = process.platform === "win32" ? WINDOWS : await wineOrReason();
  if ("reason" in system) {
    console.log(`The tests for Windows did not run: ${system.reason}.`);
    if (process.env["HARDCALL_TEST_REQUIRE_WINE"] === "1") process.exitCode = 1;
  } else {
    await testOn(system);
  }
} finally {
  await cleanUp();
}

async function testOn(system: System): Promise<void> {
  const started = performance.now();
  await installApp(app);
  const wanted = process.argv.slice(2).map((file) => path.basename(file));
  const rank = (file: string) => (LONGEST.includes(file) ? LONGEST.indexOf(file) : LONGEST.length);
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".test.ts"))
    .toSorted((one, other) => rank(one) - rank(other));
  const chosen = files.filter((file) => wanted.length === 0 || wanted.includes(file));
  const unknown = wanted.filter((file) => !files.includes(file));
  if (unknown.length > 0) throw new Error(`test/windows has no ${unknown.join(", ")}.`);

  const shows = chosen.filter((file) => sourceOf(file).includes(NEEDS_JOB_OBJECT));
  const tasks = [
    ...chosen.map((file) => async () => await onMachine(system, (machine) => runFile(system, machine, file))),
    ...shows.map(
      (file) => async () => await onMachine(system, (machine) => runWithoutJobObject(system, machine, file)),
    ),
  ];
  const runs = await inParallel(tasks, system.parallel);
  for (const { file, results } of runs)
    for (const { name, skip } of results) if (skip) console.log(`not run: ${file}: ${name}: ${skip}`);
  const red = runs.filter(({ faults }) => faults.length > 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const verdict = red.length === 0 ? "all green" : `red: ${red.map(({ file }) => file).join("; ")}`;
  console.log(`${system.name}: ${runs.length} runs, ${verdict}, in ${seconds} s`);
  if (red.length > 0) process.exitCode = 1;
}

async function onMachine(system: System, use: (machine: Machine) => Promise<FileRun>): Promise<FileRun> {
  if (isOver) throw new Error("The suite was ended.");
  const machine = await system.machine(app);
  machines.add(machine);
  try {
    const run = await use(machine);
    report(run);
    return run;
  } finally {
    await machine.end();
    machines.delete(machine);
  }
}

function report({ file, results, faults, printed, seconds }: FileRun): void {
  const tests = results.filter(
    ({ event, isSuite }) => (event === "passed" || event === "failed") && !isSuite,
  ).length;
  console.log(
    `${faults.length === 0 ? "ok      " : "FAILED  "}${file}: ${tests} tests in ${seconds.toFixed(1)} s`,
  );
  if (faults.length === 0) return;
  console.log(faults.join("\n\n").replaceAll(/^/gm, "    "));
  if (printed.trim() !== "") console.log(`  What the file printed:\n${printed.replaceAll(/^/gm, "    ")}`);
}

/** Runs tasks in order, so many at once. */
async function inParallel<T>(tasks: readonly (() => Promise<T>)[], parallel: number): Promise<T[]> {
  const results: T[] = [];
  const entries = tasks.entries();
  const worker = async () => {
    for (const [index, task] of entries) results[index] = await task();
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return results;
}

async function cleanUp(): Promise<void> {
  isOver = true;
  await Promise.all([...machines].map((machine) => machine.end()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

function sourceOf(file: string): string {
  return readFileSync(path.join(import.meta.dirname, file), "utf8");
}
