import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineCall, defineResource, openLedger, task } from "hardcall";
import { postgresLedger } from "hardcall/postgres";
import { startPostgres } from "../helpers/postgres-server.ts";
import { compare, ratiosOf, timePerCall, type Contestant, type Rounds } from "./rounds.ts";
import { show, spreadOf, table } from "./stats.ts";

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

/** What a resource adds to a call of a task that returns at once. */
export async function resourceCost(quick: boolean): Promise<string> {
  const [rounds, calls, warmUp] = quick ? [3, 100, 300] : [15, 320, 2000];
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  const server = await startPostgres({ settings: { fsync: "on" } });
  const inFile = await openLedger(path.join(folder, "ledger.db"));
  const inPostgres = postgresLedger({ connectionString: server.url });
  try {
    const rows: string[][] = [];
    for (const [place, ledger] of [
      ["SQLite", inFile],
      ["Postgres", inPostgres],
    ] as const) {
      for (const keyed of [false, true]) {
        const pair = [contestant(ledger, keyed, false), contestant(ledger, keyed, true)] as const;
        for (const { run } of pair) await run(warmUp, 16);
        for (const atOnce of AT_ONCE) {
          const times = await compare(pair, { rounds, calls, atOnce });
          rows.push([
            `${place}, ${keyed ? "with" : "without"} a key`,
            String(atOnce),
            ...figures(times, pair),
          ]);
        }
      }
    }
    const head = ["a task", "at once", "ms each", "with a resource", "added ms", "× without"];
    return `${table(head, rows)}\n\nMedian (min-max) of ${rounds} rounds of ${calls} calls, in random order; Postgres with \`fsync\` on.`;
  } finally {
    await inFile.close();
    await inPostgres.close();
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function figures(times: Rounds, [plain, limited]: readonly [Contestant, Contestant]): string[] {
  const [without = [], within = []] = [times.get(plain.name), times.get(limited.name)];
  const added = spreadOf(within.map((ms, round) => ms - (without[round] as number)));
  return [
    show(spreadOf(without)),
    show(spreadOf(within)),
    show(added),
    show(ratiosOf(times, limited.name, plain.name)),
  ];
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
