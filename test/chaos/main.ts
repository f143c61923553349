/**
 * `npm run test:chaos -- [--seconds 600] [--seed WORD]`: real hosts make calls with keys while they are killed and suspended,
 * their clocks jump, their disk fills, their ledger is locked, and the service answers late, wrongly or never. Then the
 * service's own log tells whether anything happened twice. A seed gives the same plan again; processes keep their own time.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { Disk } from "./disk.ts";
import { canContain } from "./host-handle.ts";
import { judge } from "./judge.ts";
import { historyOf, tableOf } from "./report.ts";
import { runChaos } from "./run.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "600" }, seed: { type: "string" } },
});
const seconds = Number(values.seconds);
const seed = values.seed ?? randomBytes(4).toString("hex");
if (!Number.isFinite(seconds) || seconds <= 0) {
  process.stderr.write("chaos: --seconds must be a number above 0\n");
  process.exit(2);
}

const print = (line: string) => process.stdout.write(`${line}\n`);
print(`chaos: --seed ${seed} --seconds ${seconds}`);
const disk = new Disk();
const cookie = randomUUID();
if (!disk.canFill) print("chaos: no disk is filled: this machine lets us mount none");
if (!canContain) print("chaos: every host lives on this machine: it lets us make no pid namespace");
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void leave(1));

try {
  const result = await runChaos({ seed, seconds, disk, cookie });
  const verdicts = new Map(result.keys.map((key) => [key, judge(key)]));
  let failed = result.broken.length;
  for (const line of result.broken) print(`FAILED ${line}`);
  for (const [key, verdict] of verdicts) {
    if (verdict.broken.length === 0) continue;
    failed += 1;
    print(`FAILED ${historyOf(key, verdict, result.histories.get(key.subject.key), result.faults)}`);
  }
  print(`\n${tableOf(result, verdicts)}`);
  print(`${result.keys.length + result.broken.length - failed} passed, ${failed} failed (--seed ${seed})`);
  await leave(failed === 0 ? 0 : 1);
} catch (error) {
  print(`FAILED the run itself: ${String(error instanceof Error ? error.stack : error)}`);
  await leave(1);
}

/** The disk can go when no process has a file open on it. */
async function leave(exitCode: number): Promise<never> {
  const left = processesWith(cookie);
  killAll(left);
  await survivorsAfter(5000, left);
  disk.end();
  process.exit(exitCode);
}
