/**
 * `npm run test:fleet -- [--seeds 20 | --seed WORD] [--jobs 1000] [--naive | --compare]`: workers on three hosts take jobs from pg-boss,
 * and each job has an effect on a service. Meanwhile workers are killed and suspended, cut off from Postgres and the service, their clocks
 * are set, and Postgres is restarted. Then the service's own log tells whether anything happened twice. A seed gives the same plan again.
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { canMakeHosts, inLab } from "./hosts/in-lab.ts";
import type { Summary } from "./report.ts";
import type { RunOptions } from "./run.ts";
import { tableOf } from "./table.ts";
import type { WorkerKind } from "./worker.ts";

/** The queue's own retries are all that the naive worker has; hardcall decides what may be tried again. */
const RETRY_LIMIT: Readonly<Record<WorkerKind, number>> = { naive: 3, hardcall: 50 };
const TIMEOUT_MS = 400_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    jobs: { type: "string", default: "1000" },
    seconds: { type: "string", default: "45" },
    naive: { type: "boolean", default: false },
    compare: { type: "boolean", default: false },
  },
});
// A seed that is named is to be repeated.
const { seeds: wanted = values.seed === undefined ? "20" : "1" } = values;
const [count, jobs, seconds] = [Number(wanted), Number(values.jobs), Number(values.seconds)];
if (![count, jobs, seconds].every((number) => number >= 1)) {
  process.stderr.write("fleet: --seeds, --jobs and --seconds must be numbers above 0\n");
  process.exit(2);
}
const print = (line: string) => process.stdout.write(`${line}\n`);
if (!canMakeHosts) {
  print(
    "fleet: this machine lets us make no network namespaces: all workers live on one host, none is cut off",
  );
}

const kinds: readonly WorkerKind[] = values.compare
  ? ["hardcall", "naive"]
  : [values.naive ? "naive" : "hardcall"];
const first = values.seed ?? randomBytes(3).toString("hex");
const seeds = count === 1 ? [first] : Array.from({ length: count }, (_, number) => `${first}-${number + 1}`);
const results = new Map<WorkerKind, Summary[]>(kinds.map((kind) => [kind, []]));
let failed = 0;
for (const seed of seeds) for (const kind of kinds) await runSeed(kind, seed);
print(`\n${tableOf(results)}`);
print(
  `${seeds.length * kinds.length - failed} runs passed, ${failed} failed (--seed ${first} --seeds ${count})`,
);
process.exit(failed === 0 ? 0 : 1);

async function runSeed(kind: WorkerKind, seed: string): Promise<void> {
  const options: RunOptions = { seed, kind, jobs, spanMs: seconds * 1000, retryLimit: RETRY_LIMIT[kind] };
  try {
    const summary = await inLab<Summary>({ program: "seed.ts", options, timeoutMs: TIMEOUT_MS, print });
    results.get(kind)?.push(summary);
    // What a naive worker does to its jobs is counted, and no failure of the run.
    const broken = summary.broken.filter((one) => kind === "hardcall" || one.startsWith("worker"));
    for (const line of broken) print(`FAILED ${line}`);
    if (broken.length > 0) failed += 1;
    const { completed, deadLetters, deadLetterCodes, inDoubt, doubles, beyond, doublesBeyond, ms } = summary;
    const codes = Object.entries(deadLetterCodes).map(([code, times]) => `${times} ${code}`);
    print(
      `${kind} --seed ${seed}: ${completed} completed, ${deadLetters} dead letters (${codes.join(", ")}), ${inDoubt} in doubt, ` +
        `${doubles} doubled, ${beyond} beyond the promise and ${doublesBeyond} of them doubled; ${Math.round(ms / 1000)} s`,
    );
  } catch (error) {
    failed += 1;
    print(
      `FAILED ${kind} --seed ${seed}, the run itself: ${error instanceof Error ? error.stack : String(error)}`,
    );
  }
}
