import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Pool } from "pg";
import { defineCall, openLedger, task } from "hardcall";
import { startPostgres, type PostgresServer } from "../helpers/postgres-server.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Row } from "./part.ts";
import { compare, ratiosOf, timePerCall, type Contestant } from "./rounds.ts";
import { commandCost } from "./command-cost.ts";
import { seed } from "./seed-postgres.ts";
import { spreadOf, type Spread } from "./stats.ts";

const DAYS = 25;
const PRUNED = 1000;

export const part: BenchPart = {
  name: "scale",
  title: "A million operations in Postgres",
  run: async (effort) => [await postgresScale(effort)],
};

/** What is asked of a ledger with many operations takes as long as with few. */
async function postgresScale(effort: Effort): Promise<BenchTable> {
  const sizes = effort === "quick" ? [10_000, 50_000] : [10_000, 1_000_000];
  const [rounds, warmUp] = effort === "quick" ? [3, 200] : [15, 2000];
  const server = await startPostgres({
    settings: { fsync: "on", shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  const ledgers: Filled[] = [];
  const rows: Row[] = [];
  let room: string;
  try {
    for (const size of sizes) ledgers.push(await filled(server, size));
    for (const [what, { calls, of }] of Object.entries(QUESTIONS)) {
      const contestants = ledgers.map((ledger): Contestant => ({
        name: String(ledger.size),
        run: (times) => timePerCall(times, 1, () => of(ledger)),
      }));
      for (const { run } of contestants) await run(Math.ceil((warmUp * calls) / 100), 1);
      const times = await compare(contestants, { rounds, calls, atOnce: 1 });
      const [few, many] = contestants.map(({ name }) => name) as [string, string];
      const spreads = contestants.map(({ name }) => spreadOf(times.get(name) ?? []));
      rows.push({ name: what, cells: [...spreads, ratiosOf(times, many, few)] });
    }
    rows.push(await pruned(ledgers));
    rows.push(reported(ledgers));
    room = await sizeOf(ledgers);
  } finally {
    for (const { close } of ledgers) await close();
    await server.remove();
  }
  const ratios = rows
    .filter(({ name }) => name.startsWith("a call"))
    .map(({ name, cells }) => ({ name: `${name}: many × few`, value: (cells[2] as Spread).median }));
  const heads = sizes.map((size) => `${size.toLocaleString("en")} operations`);
  return {
    id: "postgres-scale",
    title: "A ledger of a million operations in Postgres",
    means: `A call in a ledger of ${sizes[1]?.toLocaleString("en")} operations takes ${figure(ratios[0]?.value ?? Number.NaN)} × as long as in one of ${sizes[0]?.toLocaleString("en")}.`,
    columns: [
      { id: "what", head: "ms" },
      { id: "few", head: heads[0] as string },
      { id: "many", head: heads[1] as string },
      { id: "ratio", head: "×" },
    ],
    rows,
    ratios,
    notes: [
      `Median (lowest-highest) of ${rounds} rounds, by turns in random order; \`prune\` and \`report\` once.`,
      `One operation has one attempt; they are of ${DAYS} days and 20 calls. The MB are the peak memory of \`hardcall report\`.`,
      room,
    ],
  };
}

interface Filled {
  readonly size: number;
  readonly url: string;
  readonly pool: Pool;
  readonly store: Awaited<ReturnType<typeof openLedger>>;
  readonly call: (id: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

async function filled(server: PostgresServer, size: number): Promise<Filled> {
  const admin = new Pool({ connectionString: server.url });
  await admin.query(`CREATE DATABASE of_${size}`);
  await admin.end();
  const url = server.url.replace(/postgres$/, `of_${size}`);
  const store = await openLedger(url);
  await store.list();
  const pool = new Pool({ connectionString: url });
  await seed(pool, size, DAYS);
  const call = defineCall({
    name: "call-1",
    callee: task(async (id: string) => ({ id })),
    timeout: "1m",
    effects: "once",
    key: (id) => id,
    ledger: store,
  });
  const close = async () => {
    await store.close();
    await pool.end();
  };
  return { size, url, pool, store, call, close };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const anyOf = ({ size }: Filled) => 1 + Math.floor(Math.random() * size);

const QUESTIONS: Readonly<
  Record<string, { readonly calls: number; readonly of: (ledger: Filled) => Promise<unknown> }>
> = {
  "a call: claim, started, settled": { calls: 100, of: ({ call }) => call(randomUUID()) },
  "list: the newest 100": { calls: 5, of: ({ store }) => store.list() },
  "list --state in_doubt": { calls: 5, of: ({ store }) => store.list({ state: "in_doubt" }) },
  "list --name": { calls: 5, of: ({ store }) => store.list({ name: "call-7" }) },
  "list --older-than 20d": { calls: 5, of: ({ store }) => store.list({ olderThanMs: 20 * 86_400_000 }) },
  "show CALL": {
    calls: 20,
    of: (ledger) => ledger.store.show({ callIdOrKey: md5(`call${anyOf(ledger)}`) }),
  },
  "show KEY": { calls: 20, of: (ledger) => ledger.store.show({ callIdOrKey: md5(String(anyOf(ledger))) }) },
};

async function pruned(ledgers: readonly Filled[]): Promise<Row> {
  const times: number[] = [];
  for (const { store, size } of ledgers) {
    const dayMs = 86_400_000;
    const retentionMs = DAYS * dayMs * (1 - PRUNED / size);
    const start = performance.now();
    await store.prune({ retentionMs, tombstoneMs: 2 * DAYS * dayMs });
    times.push(performance.now() - start);
  }
  const [few = 0, many = 0] = times;
  const name = `prune: the ${PRUNED.toLocaleString("en")} oldest`;
  return { name, cells: [...times, many / few] };
}

/** In a process of its own, with its memory at its highest. */
function reported(ledgers: readonly Filled[]): Row {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const out = path.join(folder, "report.html");
  const told = ledgers.map(({ url }) => {
    const { seconds, megabytes } = commandCost(["report", "--days", "30", "--out", out], {
      HARDCALL_LEDGER: url,
    });
    return `${(1000 * seconds).toFixed(0)}, ${megabytes.toFixed(0)} MB`;
  });
  rmSync(folder, { recursive: true });
  return { name: "report", cells: told };
}

/** The room of the largest ledger. */
async function sizeOf(ledgers: readonly Filled[]): Promise<string> {
  const { pool, size } = ledgers.at(-1) as Filled;
  const { rows } = await pool.query<{ relname: string; main: string; indexes: string }>(
    `SELECT relname, pg_table_size(oid) AS main, pg_indexes_size(oid) AS indexes FROM pg_class
     WHERE relname IN ('operations', 'attempts') AND relnamespace = 'hardcall'::regnamespace ORDER BY 1`,
  );
  const told = rows.map(
    ({ relname, main, indexes }) =>
      `\`${relname}\` ${(Number(main) / 1e6).toFixed(0)} MB and ${(Number(indexes) / 1e6).toFixed(0)} MB of indexes`,
  );
  return `${size.toLocaleString("en")} operations take: ${told.join(", ")}.`;
}
