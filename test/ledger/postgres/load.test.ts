import { Pool } from "pg";
import { expect, it, onTestFinished } from "vitest";
import { postgresOver } from "../../../src/database/postgres/user-pool.ts";
import { createPostgresStore } from "../../../src/ledger/postgres/store.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { freshDatabase, ownPostgres } from "../../helpers/postgres.ts";
import { claimOf, request, start, succeeded } from "../harness.ts";
import { openAs } from "./open.ts";

async function wholeCall(store: LedgerStore, key: string): Promise<string> {
  const within = { withinMs: 60_000 };
  const claim = claimOf(await store.claim(request("once", { key }), within));
  await store.started(claim, {}, within);
  await store.heartbeat(claim, {}, within);
  return (await store.settle(claim, succeeded(key), within)).kind;
}

it("fifty calls at once over a user's pool of one connection all end, and the pool stays the user's", async () => {
  const pool = new Pool({ connectionString: await freshDatabase(), max: 1 });
  // `end` returns before the connections are closed, and the database is dropped under the last of them.
  pool.on("error", () => {});
  onTestFinished(() => pool.end());
  const store = createPostgresStore(postgresOver(pool));
  const calls = Array.from({ length: 50 }, (_, index) => wholeCall(store, `call ${index}`));
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["settled"]));
  await store.close();
  expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});

it("the server crashes and comes back in the middle of calls: each has ended once", async () => {
  const server = await ownPostgres();
  const [ann, bob] = [await openAs("ann", server.url), await openAs("bob", server.url)];
  const over = new AbortController();
  const keys: string[] = [];
  const loop = async (name: string) => {
    for (let turn = 0; !over.signal.aborted; turn++) {
      const key = `${name} ${turn}`;
      expect(await wholeCall(ann, key)).toBe("settled");
      keys.push(key);
    }
  };
  const loops = ["a", "b", "c"].map(loop);
  for (const mode of ["immediate", "fast"] as const) {
    const ended = keys.length;
    await expect.poll(() => keys.length).toBeGreaterThan(ended + 5);
    await server.stop(mode);
    await server.start();
  }
  const ended = keys.length;
  await expect.poll(() => keys.length, { timeout: 10_000 }).toBeGreaterThan(ended + 5);
  over.abort();
  await Promise.all(loops);
  for (const key of keys) {
    const [history] = await bob.show({ callIdOrKey: key });
    expect(history).toMatchObject({
      record: { state: "succeeded", fence: 1 },
      attempts: [{ late: false, effect: "completed" }],
      resolutions: [],
    });
  }
});

it("many writes of one process to one operation wait for each other, and none is refused for ever", async () => {
  const ann = await openAs("ann", await freshDatabase());
  const claim = await start(ann, "once");
  await Promise.all(Array.from({ length: 30 }, (_, pid) => ann.heartbeat(claim, { pid: pid + 1 })));
  const [history] = await ann.show({ callIdOrKey: claim.key });
  expect(history?.attempts).toMatchObject([{ pid: 30 }]);
});
