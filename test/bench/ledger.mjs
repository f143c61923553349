/**
 * What the ledger costs: claim, started (durable before the effect) and success (durable before the result), against
 * Powertools' idempotency with a store in memory and against the same number of plain inserts into SQLite.
 *
 *   node test/bench/ledger.mjs [--quick]        after `npm run build`
 */
import { spawn } from "node:child_process";
import { fdatasyncSync, mkdtempSync, openSync, closeSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SELF = fileURLToPath(import.meta.url);
const PROCESSES = [1, 4];

/** @typedef {{ readonly median: number, readonly p99: number, readonly longest: number, readonly block: number }} Cost */
/** @typedef {(index: number) => unknown} Operation one call; awaited */

/** Each makes what does one call, in a folder that all processes of a run share. */
const SUBJECTS = {
  /** @returns {Promise<Operation>} */
  async "hardcall: claim + started + success"(folder) {
    const { openLedger } = await import("hardcall");
    const ledger = await openLedger(path.join(folder, "ledger.db"));
    return async (index) => {
      const callId = `${process.pid}/${index}`;
      const request = {
        name: "bench",
        key: callId,
        callId,
        fingerprint: "v1",
        effects: "once",
        leaseMs: 30_000,
      };
      const { claim } = await ledger.claim(request);
      await ledger.started(claim, { cookie: callId });
      await ledger.settle(claim, { state: "succeeded", end: {}, value: { id: index } });
    };
  },

  /** @returns {Promise<Operation>} */
  async "hardcall: a whole call of a task with a key"(folder) {
    const { defineCall, task } = await import("hardcall");
    const call = defineCall({
      name: "bench",
      callee: task(async (index) => ({ id: index })),
      timeout: "1m",
      effects: "once",
      key: (index) => [process.pid, index],
      ledger: path.join(folder, "ledger.db"),
    });
    return call;
  },

  /** Three commits, the last two of them FULL, as the ledger does it. @returns {Promise<Operation>} */
  async "SQLite: three plain inserts"(folder) {
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

  /** Nothing outlives the process, and nothing is arbitrated between processes. @returns {Promise<Operation>} */
  async "Powertools idempotency, in memory"() {
    const [{ makeIdempotent, IdempotencyConfig }, { CachePersistenceLayer }] = await Promise.all([
      import("@aws-lambda-powertools/idempotency"),
      import("@aws-lambda-powertools/idempotency/cache"),
    ]);
    const memory = new Map();
    const client = {
      get: async (name) => memory.get(name) ?? null,
      async set(name, value, options) {
        if (options?.NX !== undefined && memory.has(name)) return null;
        memory.set(name, value);
        return "OK";
      },
      del: async (names) => Number([names].flat().every((name) => memory.delete(name))),
    };
    const config = new IdempotencyConfig({ eventKeyJmesPath: "key" });
    // Its lease is what is left of a Lambda's time; without one it has none, and says so each time.
    config.registerLambdaContext({ getRemainingTimeInMillis: () => 30_000 });
    const persistenceStore = new CachePersistenceLayer({ client });
    const publish = makeIdempotent(async ({ index }) => ({ id: index }), { persistenceStore, config });
    return (index) => publish({ key: `${process.pid}/${index}`, index });
  },
};

/** Prints the table. */
async function run(quick = false) {
  process.stdout.write(`${await ledgerCost(quick)}\n`);
}

/** The table, as Markdown. */
export async function ledgerCost(quick = false) {
  const calls = quick ? 300 : 2000;
  const lines = [
    `${calls} calls per process; an fdatasync of 4 KiB takes ${fsyncMs().toFixed(2)} ms here. ` +
      "Powertools' event-loop block is the machine's own noise: it waits for no other process.",
    "",
    "| | processes | median ms | p99 ms | longest ms | longest event-loop block ms |",
    "|---|---:|---:|---:|---:|---:|",
  ];
  for (const subject of Object.keys(SUBJECTS)) {
    for (const processes of PROCESSES) {
      const { median, p99, longest, block } = await measure(subject, processes, calls);
      const numbers = [median, p99, longest, block].map((ms) => ms.toFixed(ms < 10 ? 2 : 0));
      lines.push(`| ${[subject, processes, ...numbers].join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

/** @returns {Promise<Cost>} the middle of the medians, and the worst of the rest */
async function measure(subject, processes, calls) {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  try {
    const workers = Array.from({ length: processes }, () => begin(subject, folder, calls));
    await Promise.all(workers.map(({ ready }) => ready));
    const costs = await Promise.all(workers.map(({ go }) => go()));
    const worst = (field) => Math.max(...costs.map((cost) => cost[field]));
    const medians = costs.map(({ median }) => median).toSorted((one, other) => one - other);
    return {
      median: medians[Math.floor(medians.length / 2)],
      p99: worst("p99"),
      longest: worst("longest"),
      block: worst("block"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process that has loaded its subject, and waits to be told to go. */
function begin(subject, folder, calls) {
  const child = spawn(process.execPath, [SELF, "--worker", subject, folder, String(calls)], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 600_000,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`a worker of "${subject}" ended`);
    return value;
  };
  return {
    ready: next(),
    go: async () => {
      child.stdin.end("go\n");
      return JSON.parse(await next());
    },
  };
}

async function work(subject, folder, calls) {
  const operation = await SUBJECTS[subject](folder);
  // Loads what is loaded on first use.
  for (let index = 0; index < 20; index++) await operation(-1 - index);
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) if (line === "go") break;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const times = [];
  delay.enable();
  for (let index = 0; index < calls; index++) {
    const startedAt = performance.now();
    await operation(index);
    times.push(performance.now() - startedAt);
    // A synchronous operation must not look as if it had let the loop turn, nor an asynchronous one as if it had not.
    await new Promise((resolve) => void setImmediate(resolve));
  }
  delay.disable();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  console.log(JSON.stringify({ median: at(0.5), p99: at(0.99), longest: at(1), block: delay.max / 1e6 }));
  process.exit();
}

function fsyncMs() {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const file = openSync(path.join(folder, "file"), "w");
  const times = Array.from({ length: 101 }, () => {
    const startedAt = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return performance.now() - startedAt;
  }).toSorted((a, b) => a - b);
  closeSync(file);
  rmSync(folder, { recursive: true });
  return times[50];
}

if (process.argv[2] === "--worker") await work(process.argv[3], process.argv[4], Number(process.argv[5]));
else if (process.argv[1] === SELF) await run(process.argv.includes("--quick"));
