/** The fleet's worker with the library: the jobs of pg-boss are calls, and their ledger is in the same Postgres. */
import { fileURLToPath } from "node:url";
import { command, defineCall, task } from "../../../src/index.ts";
import { work } from "../../../src/pg-boss/index.ts";
import { postgresLedger } from "../../../src/postgres/index.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { asRejection } from "../../call/guard/publish.ts";
import { LIMITS, SLOW_MS, thinkMs, type JobData, type Kind, type Limits } from "../plan/jobs.ts";
import { beginWorker, CONCURRENCY } from "./begin-worker.ts";
import { probe, publish } from "./publishing.ts";

const PUBLISH = fileURLToPath(new URL("publish.mjs", import.meta.url));
const { graceMs, effectWithinMs } = LIMITS;

await beginWorker(async (boss, { database, kinds, limits }) => {
  const ledger = postgresLedger({ connectionString: database });
  const workers = await Promise.all(
    kinds.map((kind) =>
      work(boss, kind, callOf(kind, ledger, limits), {
        concurrency: CONCURRENCY[kind],
        pollingIntervalSeconds: 0.5,
      }),
    ),
  );
  return async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await ledger.close();
  };
});

function callOf(kind: Kind, ledger: LedgerStore, { totalMs, attemptMs }: Limits) {
  const shared = {
    name: kind,
    timeout: { total: totalMs, attempt: attemptMs },
    key: ({ key }: JobData) => key,
    callee: kind.endsWith("task") ? publishTask() : publishCommand(),
    ledger,
  };
  return kind.startsWith("once")
    ? defineCall({ ...shared, effects: "once" })
    : defineCall({
        ...shared,
        effects: "verifiable",
        probe,
        effectWithin: effectWithinMs,
        retry: { attempts: 3, baseDelay: 200 },
      });
}

function publishTask() {
  return task(
    async (data: JobData, { signal, attempt, callId }) =>
      await publish(data, "once", { callId, attempt, signal }).catch(asRejection),
    { cancelGrace: graceMs },
  );
}

function publishCommand() {
  // The same on every host: it is what the fingerprint is made of.
  const args = ({ url, key, slowOn = "" }: JobData) => [
    PUBLISH,
    `${url}/any`,
    String(thinkMs(key, 1)),
    slowOn,
    String(SLOW_MS),
  ];
  return command(process.execPath, args, { killGrace: graceMs, rejectedExitCodes: [4] });
}
