/**
 * One of the processes that write at once: `<subject> <folder> <milliseconds> <at once> [<module of hardcall>]`. Says "ready", waits for a
 * line on stdin, and prints what its operations cost.
 */
import { mkdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import path from "node:path";
import type * as Hardcall from "../../src/index.ts";

/** In milliseconds. */
export interface Cost {
  readonly operations: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** The longest time that the event loop was not free. */
  readonly block: number;
}

export type Subject = "ledger" | "call" | "sqlite" | "powertools";

/** Makes one operation; awaited. */
type Operation = (index: number) => unknown;

const [subject, folder = "", milliseconds = "", atOnce = "1", from = "hardcall"] = process.argv.slice(2);

/** Of the worktree's build, or of another one that is compared with it. */
const hardcall = async () => (await import(from)) as typeof Hardcall;

const SUBJECTS: Readonly<Record<Subject, () => Promise<Operation>>> = {
  /** What a call with a key writes: its claim, its start and its success. */
  async ledger() {
    const ledger = await (await hardcall()).openLedger(path.join(folder, "ledger.db"));
    return async (index) => {
      const callId = `${process.pid}/${index}`;
      const request = { name: "bench", key: callId, callId, fingerprint: "v1", leaseMs: 30_000 };
      const answer = await ledger.claim({ ...request, effects: "once" });
      if (answer.kind !== "proceed") throw new Error(`the ledger answered ${answer.kind}`);
      await ledger.started(answer.claim, { cookie: callId });
      await ledger.settle(answer.claim, { state: "succeeded", end: {}, value: { id: index } });
    };
  },

  async call() {
    const { defineCall, task } = await hardcall();
    return defineCall({
      name: "bench",
      callee: task(async (index: number) => ({ id: index })),
      timeout: "1m",
      effects: "once",
      key: (index) => [process.pid, index],
      ledger: path.join(folder, "ledger.db"),
    });
  },

  /** Three commits, the last two of them durable, as the ledger does it. */
  async sqlite() {
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(path.join(folder, "plain.db"), { timeout: 10_000 });
    database.exec(
      "PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS rows (key TEXT, state TEXT, value TEXT)",
    );
    const insert = database.prepare("INSERT INTO rows VALUES (?, ?, ?)");
    return (index) => {
      const key = `${process.pid}/${index}`;
      database.exec("PRAGMA synchronous = NORMAL");
      insert.run(key, "reserved", null);
      database.exec("PRAGMA synchronous = FULL");
      insert.run(key, "started", null);
      insert.run(key, "succeeded", JSON.stringify({ id: index }));
    };
  },

  /** Nothing outlives the process, and nothing is arbitrated between processes. */
  async powertools() {
    const [{ makeIdempotent, IdempotencyConfig }, { CachePersistenceLayer }] = await Promise.all([
      import("@aws-lambda-powertools/idempotency"),
      import("@aws-lambda-powertools/idempotency/cache"),
    ]);
    const memory = new Map<string, string | number>();
    const client = {
      get: async (name: string) => memory.get(name) ?? null,
      async set(name: string, value: string | number, options?: { readonly NX?: unknown }) {
        if (options?.NX !== undefined && memory.has(name)) return null;
        memory.set(name, value);
        return "OK";
      },
      del: async (names: string | string[]) => Number([names].flat().every((name) => memory.delete(name))),
    };
    const config = new IdempotencyConfig({ eventKeyJmesPath: "key" });
    // Its lease is what is left of a Lambda's time; without one it has none, and says so each time.
    config.registerLambdaContext({ getRemainingTimeInMillis: () => 30_000 });
    const persistenceStore = new CachePersistenceLayer({ client: client as never });
    const publish = makeIdempotent(async ({ index }: { index: number }) => ({ id: index }), {
      persistenceStore,
      config,
    });
    return (index) => publish({ key: `${process.pid}/${index}`, index } as never);
  },
};

mkdirSync(folder, { recursive: true });
const operation = await SUBJECTS[subject as Subject]();
// Loads what is loaded on first use.
for (let index = 1; index <= 20; index++) await operation(-index);
process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) if (line === "go") break;
process.stdout.write(`${JSON.stringify(await measure())}\n`);
process.exit(0);

async function measure(): Promise<Cost> {
  const times: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const until = performance.now() + Number(milliseconds);
  let index = 0;
  const oneAfterAnother = async () => {
    while (performance.now() < until) {
      const startedAt = performance.now();
      await operation(index++);
      times.push(performance.now() - startedAt);
      // A synchronous operation must not look as if it had let the loop turn, nor an asynchronous one as if it had not.
      if (atOnce === "1") await new Promise((resolve) => void setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, oneAfterAnother));
  delay.disable();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? Number.NaN;
  return {
    operations: times.length,
    median: at(0.5),
    p99: at(0.99),
    longest: at(1),
    block: delay.max / 1e6,
  };
}
