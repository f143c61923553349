import { randomUUID } from "node:crypto";
import { Pool } from "pg";
import { defineCall, task } from "hardcall";
import { postgresLedger } from "hardcall/postgres";
import { startPostgres } from "../helpers/postgres-server.ts";
import { bossContestants } from "./boss-cost.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Ratio, Row } from "./part.ts";
import { compare, ratiosOf, timePerCall, type Contestant } from "./rounds.ts";
import { spreadOf } from "./stats.ts";

const AT_ONCE = [1, 16];
const CONNECTIONS = 16;

export const part: BenchPart = {
  name: "postgres",
  title: "The ledger in Postgres",
  run: async (effort) => [await postgresCost(effort)],
};

/** A call with a key over a ledger in Postgres, and a job of pg-boss, against what a program would write by hand. */
async function postgresCost(effort: Effort): Promise<BenchTable> {
  const [rounds, calls, warmUp] = effort === "quick" ? [3, 160, 500] : [15, 480, 5000];
  const server = await startPostgres({ settings: { fsync: "on" } });
  const pools = [0, 1].map(() => new Pool({ connectionString: server.url, max: CONNECTIONS }));
  const [own, ours] = pools as [Pool, Pool];
  const boss = await bossContestants(server.url, ours, CONNECTIONS);
  const rows: Row[] = [];
  const ratios: Ratio[] = [];
  try {
    const pairs: (readonly [Contestant, Contestant])[] = [
      [await plainStatements(own), callsWithKey(ours)],
      boss.contestants,
    ];
    for (const pair of pairs) {
      // Connects, and compiles: V8 takes some thousand calls to make of a program what it then stays.
      for (const { run } of pair) await run(warmUp, CONNECTIONS);
      const [plain, hardcall] = pair;
      for (const atOnce of AT_ONCE) {
        const times = await compare(pair, { rounds, calls, atOnce });
        const ratio = ratiosOf(times, hardcall.name, plain.name);
        for (const { name } of pair) {
          const spread = spreadOf(times.get(name) ?? []);
          const cells = [spread, 1000 / spread.median, name === plain.name ? undefined : ratio];
          rows.push({ name: `${name}, ${atOnce} at once`, cells });
        }
        ratios.push({ name: `${hardcall.name}, ${atOnce} at once × the plain one`, value: ratio.median });
      }
    }
  } finally {
    await boss.stop();
    for (const pool of pools) await pool.end();
    await server.remove();
  }
  const perSecond = rows.find(({ name }) => name === `hardcall: a task with a key, ${CONNECTIONS} at once`);
  return {
    id: "postgres-cost",
    title: "The ledger in Postgres",
    means: `One small machine that is client and server carries ${figure(Number(perSecond?.cells[1]), 0)} calls with a key per second, each ${figure(ratios[1]?.value ?? Number.NaN, 1)} × as long as three plain statements.`,
    columns: [
      { id: "what", head: "Postgres, `fsync` on" },
      { id: "ms", head: "ms each" },
      { id: "per-second", head: "per second", digits: 0 },
      { id: "ratio", head: "× the plain one" },
    ],
    rows,
    ratios,
    chart: { kind: "bars", columns: ["ms"], unit: "ms each" },
    notes: [
      `Median (lowest-highest) of ${rounds} rounds of ${calls}, over ${CONNECTIONS} connections, in random order.`,
    ],
  };
}

/** Claimed, started and succeeded, each committed durably, with nothing that arbitrates between workers. */
async function plainStatements(pool: Pool): Promise<Contestant> {
  await pool.query(
    "CREATE TABLE plain (name text, key text, state text, value text, changed_at timestamptz, PRIMARY KEY (name, key))",
  );
  const change = "UPDATE plain SET state = $1, value = $2, changed_at = now() WHERE name = $3 AND key = $4";
  const call = async () => {
    const key = randomUUID();
    await pool.query("INSERT INTO plain VALUES ($1, $2, 'reserved', NULL, now()) ON CONFLICT DO NOTHING", [
      "bench",
      key,
    ]);
    await pool.query(change, ["started", null, "bench", key]);
    await pool.query(change, ["succeeded", JSON.stringify({ id: key }), "bench", key]);
  };
  return {
    name: "three plain statements",
    run: (calls, atOnce) => timePerCall(calls, atOnce, call),
  };
}

function callsWithKey(pool: Pool): Contestant {
  const call = defineCall({
    name: "bench",
    callee: task(async (id: string) => ({ id })),
    timeout: "1m",
    effects: "once",
    key: (id) => id,
    ledger: postgresLedger({ pool }),
  });
  return {
    name: "hardcall: a task with a key",
    run: (calls, atOnce) => timePerCall(calls, atOnce, () => call(randomUUID())),
  };
}
