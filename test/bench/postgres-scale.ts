import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Pool } from "pg";
import { defineCall, openLedger, task } from "hardcall";
import { startPostgres, type PostgresServer } from "../helpers/postgres-server.ts";
import { compare, ratiosOf, timePerCall, type Contestant } from "./rounds.ts";
import { seed } from "./seed-postgres.ts";
import { show, spreadOf, table } from "./stats.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const DAYS = 25;
const PRUNED = 1000;

/** What is asked of a ledger with many operations takes as long as with few. */
export async function postgresScale(quick: boolean): Promise<string> {
  const sizes = quick ? [10_000, 50_000] : [10_000, 1_000_000];
  const [rounds, warmUp] = quick ? [3, 200] : [15, 2000];
  const server = await startPostgres({
    settings: { fsync: "on", shared_buffers: "512MB", max_wal_size: "4GB" },
  });
  const ledgers: Filled[] = [];
  try {
    for (const size of sizes) ledgers.push(await filled(server, size));
    const rows: string[][] = [];
    for (const [what, { calls, of }] of Object.entries(QUESTIONS)) {
      const contestants = ledgers.map((ledger): Contestant => ({
        name: String(ledger.size),
        run: (times) => timePerCall(times, 1, () => of(ledger)),
      }));
      for (const { run } of contestants) await run(Math.ceil((warmUp * calls) / 100), 1);
      const times = await compare(contestants, { rounds, calls, atOnce: 1 });
      const [few, many] = contestants.map(({ name }) => name) as [string, string];
      rows.push([
        what,
        ...contestants.map(({ name }) => show(spreadOf(times.get(name) ?? []))),
        show(ratiosOf(times, many, few)),
      ]);
    }
    rows.push(await pruned(ledgers));
    rows.push(reported(ledgers));
    const head = ["ms", ...sizes.map((size) => `${size.toLocaleString("en")} operations`), "×"];
    return `${table(head, rows)}\n\nMedian (min-max) of ${rounds} rounds, by turns in random order. \`prune\` and \`report\`: once. One operation has one attempt; they are of ${DAYS} days and 20 calls.\n\n${await sizeOf(ledgers)}`;
  } finally {
    for (const { close } of ledgers) await close();
    await server.remove();
  }
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

async function pruned(ledgers: readonly Filled[]): Promise<string[]> {
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
  return [name, ...times.map((ms) => ms.toFixed(0)), (many / few).toFixed(2)];
}

/** In a process of its own, with its memory at its highest. */
function reported(ledgers: readonly Filled[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const out = path.join(folder, "report.html");
  const told = ledgers.map(({ url }) => {
    const start = performance.now();
    const script = `process.on("exit", () => process.stderr.write("rss " + process.resourceUsage().maxRSS)); process.argv[1] = ${JSON.stringify(CLI)}; await import(${JSON.stringify(CLI)});`;
    const args = ["--input-type=module", "-e", script, CLI, "report", "--days", "30", "--out", out];
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: { ...process.env, HARDCALL_LEDGER: url },
      encoding: "utf8",
      timeout: 600_000,
    });
    if (status !== 0) throw new Error(`hardcall report exited with code ${status}: ${stderr}`);
    const megabytes = (Number(/rss (\d+)/.exec(stderr)?.[1]) * 1024) / 1e6;
    return `${(performance.now() - start).toFixed(0)}, ${megabytes.toFixed(0)} MB`;
  });
  rmSync(folder, { recursive: true });
  return ["report", ...told, ""];
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
