/**
 * `npm run test:runtimes -- [bun] [deno] [node] [program.ts …]`: the package, built, packed and installed, on other JavaScript runtimes
 * than Node.js. What is tried is in `programs/`, and what came of it in docs/compatibility.md: `WRITE_TABLE=1` writes that table.
 *
 * Exit codes: 0 all holds, 1 something does not, 2 a runtime could not be had.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Checked } from "./programs/lib/check.ts";
import { asAnExecutable, isRefused, refusesTooFewRights, underItsTestRunner } from "./other-ways.ts";
import { makeProject } from "./project.ts";
import { runProgram } from "./run-program.ts";
import { NEWEST, OLDEST, REFUSED, runtimeOrReason, type Runtime, type RuntimeName } from "./runtimes.ts";
import { writeTable } from "./table.ts";

/** Programs that run at the same time. They wait more than they compute. */
const AT_ONCE = 2;
const NAMES: Readonly<Record<string, RuntimeName>> = { bun: "Bun", deno: "Deno", node: "Node.js" };

const print = (line: string) => process.stdout.write(`${line}\n`);
const asked = process.argv.slice(2);
const names = asked.flatMap((word) => NAMES[word] ?? []);
const wanted = asked.filter((word) => word.endsWith(".ts"));
const unknown = asked.filter((word) => NAMES[word] === undefined && !word.endsWith(".ts"));
if (unknown.length > 0) stop(`unknown: ${unknown.join(", ")}. Name bun, deno, node, or files of programs/.`);
const programs = readdirSync(path.join(import.meta.dirname, "programs"))
  .filter((name) => name.endsWith(".ts"))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .toSorted();

/** What the oldest version runs: what depends most on how a runtime does things. */
const OLDEST_RUN = ["ledger.ts", "trees.ts"];
const startedAt = performance.now();
const folder = mkdtempSync(path.join(tmpdir(), "hardcall-runtimes-"));
const tried: string[] = [];
let failed = 0;
try {
  const project = await makeProject(folder);
  const results = new Map<Runtime, readonly Checked[]>();
  for (const name of names.length === 0 ? (["Bun", "Deno"] as const) : names) {
    const newest = await had(name, name === "Node.js" ? process.versions.node : NEWEST[name]);
    const checks = await runAll(newest, project, programs);
    if (wanted.length === 0) checks.push(told(newest, await underItsTestRunner(newest, project)));
    if (wanted.length === 0 && name === "Bun") told(newest, await asAnExecutable(newest, project));
    if (wanted.length === 0 && name === "Deno") told(newest, await refusesTooFewRights(newest, project));
    results.set(newest, checks);
    if (wanted.length > 0 || name === "Node.js") continue;
    await runAll(await had(name, OLDEST[name]), project, OLDEST_RUN);
    const refused = await had(name, REFUSED[name]);
    told(refused, await isRefused(refused, project));
  }
  if (process.env["WRITE_TABLE"] === "1") await writeTable(results);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  print(`${failed === 0 ? "all hold" : `${failed} failed`}: ${tried.join(", ")}, in ${seconds} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function runAll(runtime: Runtime, project: string, files: readonly string[]): Promise<Checked[]> {
  const checks: Checked[] = [];
  const waiting = [...files];
  const worker = async () => {
    for (let program = waiting.shift(); program !== undefined; program = waiting.shift()) {
      const from = performance.now();
      const run = await runProgram(runtime, project, program);
      print(
        `${runtime.name} ${runtime.version}: ${program}, ${((performance.now() - from) / 1000).toFixed(1)} s`,
      );
      for (const each of run.checks) checks.push(told(runtime, each));
      for (const problem of run.problems) print(`  FAILED  ${problem}`);
      failed += run.problems.length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return checks;
}

function told({ name, version }: Runtime, checked: Checked): Checked {
  const { what, problem } = checked;
  print(
    problem === undefined
      ? `  ok      ${what} (${name} ${version})`
      : `  FAILED  ${what} (${name} ${version})\n${problem}`,
  );
  if (problem !== undefined) failed += 1;
  return checked;
}

async function had(name: RuntimeName, version: string): Promise<Runtime> {
  const found = await runtimeOrReason(name, version);
  if ("reason" in found) stop(found.reason);
  tried.push(`${name} ${version}`);
  return found;
}

function stop(reason: string): never {
  process.stderr.write(`test:runtimes: ${reason}\n`);
  process.exit(2);
}
