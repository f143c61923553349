import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineCall, defineResource, openLedger, task } from "hardcall";
import { postgresLedger } from "hardcall/postgres";
import { startPostgres } from "../helpers/postgres-server.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort, Ratio, Row } from "./part.ts";
import { compare, ratiosOf, timePerCall, type Contestant, type Rounds } from "./rounds.ts";
import { spreadOf, type Spread } from "./stats.ts";

const AT_ONCE = [1, 16];

/** Every kind of limit, none of which is reached. */
const anthropic = defineResource({
  name: "bench",
  concurrency: 100,
  rate: { starts: 10_000_000, per: "1h" },
  budget: { usd: 1_000_000, per: "1d" },
  circuitBreaker: true,
  cost: 0.01,
});

type Ledger = Awaited<ReturnType<typeof openLedger>>;

export const part: BenchPart = {
  name: "resource",
  title: "What a resource costs",
  run: async (effort) => [await resourceCost(effort)],
};

/** What a resource adds to a call of a task that returns at once. */
async function resourceCost(effort: Effort): Promise<BenchTable> {
  const [rounds, calls, warmUp] = effort === "quick" ? [3, 100, 300] : [15, 320, 2000];
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const server = await startPostgres({ settings: { fsync: "on" } });
  const inFile = await openLedger(path.join(folder, "ledger.db"));
  const inPostgres = postgresLedger({ connectionString: server.url });
  const rows: Row[] = [];
  const ratios: Ratio[] = [];
  try {
    for (const [place, ledger] of [
      ["SQLite", inFile],
      ["Postgres", inPostgres],
    ] as const) {
      for (const keyed of [false, true]) {
        const pair = [contestant(ledger, keyed, false), contestant(ledger, keyed, true)] as const;
        for (const { run } of pair) await run(warmUp, 16);
        for (const atOnce of AT_ONCE) {
          const times = await compare(pair, { rounds, calls, atOnce });
          const name = `${place}, ${keyed ? "with" : "without"} a key, ${atOnce} at once`;
          const cells = figuresOf(times, pair);
          rows.push({ name, cells });
          // Without a key there is next to nothing to compare with.
          if (keyed) ratios.push({ name: `${name}: with a resource × without`, value: cells[3].median });
        }
      }
    }
  } finally {
    await inFile.close();
    await inPostgres.close();
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
  const added = rows.map(({ cells }) => (cells[2] as Spread).median);
  return {
    id: "resource-cost",
    title: "What a resource adds to a call",
    means: `A resource adds ${figure(Math.min(...added), 1)} to ${figure(Math.max(...added), 1)} ms to a call: its place is written to the ledger before the attempt begins.`,
    columns: [
      { id: "task", head: "a task" },
      { id: "without", head: "ms each" },
      { id: "with", head: "with a resource" },
      { id: "added", head: "added ms" },
      { id: "ratio", head: "× without" },
    ],
    rows,
    ratios,
    chart: { kind: "bars", columns: ["added"], unit: "ms" },
    notes: [
      `Median (lowest-highest) of ${rounds} rounds of ${calls} calls, in random order, Postgres with \`fsync\` on.`,
      "The resource has every kind of limit, and none of them is reached.",
    ],
  };
}

function figuresOf(times: Rounds, [plain, limited]: readonly [Contestant, Contestant]) {
  const [without = [], within = []] = [times.get(plain.name), times.get(limited.name)];
  const added = within.map((ms, round) => ms - (without[round] as number));
  const ratio = ratiosOf(times, limited.name, plain.name);
  return [spreadOf(without), spreadOf(within), spreadOf(added), ratio] as const;
}

function contestant(ledger: Ledger, keyed: boolean, limited: boolean): Contestant {
  const common = {
    name: `bench-${keyed}-${limited}`,
    callee: task(async (id: string) => ({ id })),
    timeout: "1m",
    ledger,
    ...(limited && { resource: anthropic }),
  } as const;
  const call = keyed
    ? defineCall({ ...common, effects: "once", key: (id: string) => id })
    : defineCall({ ...common, effects: "none" });
  return {
    name: common.name,
    run: (calls, atOnce) => timePerCall(calls, atOnce, () => call(randomUUID())),
  };
}
