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
import { makeProject } from "./project.ts";
import { runProgram } from "./run-program.ts";
import { NEWEST, runtimeOrReason, type Runtime, type RuntimeName } from "./runtimes.ts";
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

const startedAt = performance.now();
const folder = mkdtempSync(path.join(tmpdir(), "hardcall-runtimes-"));
let failed = 0;
try {
  const project = await makeProject(folder);
  const results = new Map<Runtime, readonly Checked[]>();
  for (const name of names.length === 0 ? (["Bun", "Deno"] as const) : names) {
    const runtime = await had(name);
    results.set(runtime, await runAll(runtime, project));
  }
  if (process.env["WRITE_TABLE"] === "1") await writeTable(results);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const on = [...results.keys()].map(({ name, version }) => `${name} ${version}`).join(", ");
  print(`${failed === 0 ? "all hold" : `${failed} failed`} on ${on}, in ${seconds} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function runAll(runtime: Runtime, project: string): Promise<readonly Checked[]> {
  const checks: Checked[] = [];
  const waiting = [...programs];
  const worker = async () => {
    for (let program = waiting.shift(); program !== undefined; program = waiting.shift()) {
      const from = performance.now();
      const run = await runProgram(runtime, project, program);
      const seconds = ((performance.now() - from) / 1000).toFixed(1);
      print(`${runtime.name} ${runtime.version}: ${program}, ${seconds} s`);
      for (const each of run.checks) {
        print(
          each.problem === undefined ? `  ok      ${each.what}` : `  FAILED  ${each.what}\n${each.problem}`,
        );
      }
      for (const problem of run.problems) print(`  FAILED  ${problem}`);
      failed += run.problems.length + run.checks.filter(({ problem }) => problem !== undefined).length;
      checks.push(...run.checks);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return checks;
}

async function had(name: RuntimeName): Promise<Runtime> {
  const version = name === "Node.js" ? process.versions.node : NEWEST[name];
  const found = await runtimeOrReason(name, version);
  return "reason" in found ? stop(found.reason) : found;
}

function stop(reason: string): never {
  process.stderr.write(`test:runtimes: ${reason}\n`);
  process.exit(2);
}
