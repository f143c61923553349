/**
 * `npm run test:fleet -- [--seeds 20] [--seed WORD] [--jobs 1000] [--naive]`: workers on three hosts take jobs from pg-boss, and each job
 * has an effect on a service. Meanwhile workers are killed and suspended, cut off from Postgres and the service, their clocks are set, and
 * Postgres is restarted. Then the service's own log tells whether anything happened twice. A seed gives the same plan again.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { canMakeHosts, inLab } from "./hosts/in-lab.ts";
import type { Summary } from "./report.ts";
import type { RunOptions } from "./run.ts";
import { tableOf } from "./table.ts";
import type { WorkerKind } from "./worker.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    seed: { type: "string" },
    jobs: { type: "string", default: "1000" },
    seconds: { type: "string", default: "45" },
    naive: { type: "boolean", default: false },
  },
});
const [count, jobs, seconds] = [Number(values.seeds), Number(values.jobs), Number(values.seconds)];
if (![count, jobs, seconds].every((number) => number >= 1)) {
  process.stderr.write("fleet: --seeds, --jobs and --seconds must be numbers above 0\n");
  process.exit(2);
}
const first = values.seed ?? randomBytes(3).toString("hex");
const seeds = values.seed === undefined || count > 1 ? numbered(first, count) : [first];
const kind: WorkerKind = values.naive ? "naive" : "hardcall";
/** The queue's own retries are all that the naive worker has; hardcall decides what may be tried again. */
const RETRY_LIMIT: Readonly<Record<WorkerKind, number>> = { naive: 3, hardcall: 50 };
const TIMEOUT_MS = 400_000;

const print = (line: string) => process.stdout.write(`${line}\n`);
if (!canMakeHosts)
  print("fleet: all workers live on this host, and none is cut off: it lets us make no network namespaces");
const summaries = new Map<string, Summary>();
let failed = 0;
for (const seed of seeds) {
  const options: RunOptions = { seed, kind, jobs, spanMs: seconds * 1000, retryLimit: RETRY_LIMIT[kind] };
  try {
    const summary = await inLab<Summary>({ program: "seed.ts", options, timeoutMs: TIMEOUT_MS, print });
    summaries.set(seed, summary);
    for (const line of summary.broken.filter((one) => kind !== "naive" || one.startsWith("worker")))
      print(`FAILED ${line}`);
    const { completed, deadLetters, doubles, doublesBeyond, inDoubt, ms, broken } = summary;
    const codes = Object.entries(summary.deadLetterCodes).map(([code, times]) => `${times} ${code}`);
    if (codes.length > 0) print(`seed ${seed}: dead letters ${codes.join(", ")}`);
    if (kind !== "naive" && broken.length > 0) failed += 1;
    print(
      `seed ${seed}: ${completed} completed, ${deadLetters} dead letters, ${inDoubt} in doubt, ${doubles} doubles, ` +
        `${doublesBeyond} beyond, ${Math.round(ms / 1000)} s; ${broken.length} broken`,
    );
  } catch (error) {
    failed += 1;
    print(`FAILED seed ${seed}, the run itself: ${String(error instanceof Error ? error.stack : error)}`);
  }
}
print(`\n${tableOf(summaries)}`);
print(`${seeds.length - failed} seeds passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function numbered(word: string, howMany: number): string[] {
  return Array.from({ length: howMany }, (_, number) => `${word}-${number + 1}`);
}
