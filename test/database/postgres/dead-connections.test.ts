import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { unavailable } from "../../../src/database/errors.ts";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import type { PostgresDatabase } from "../../../src/database/postgres/database.ts";
import { tooSlow } from "../../../src/database/postgres/errors.ts";
import { Passing, whilePassing } from "../../../src/database/postgres/passing.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";

const LONG = { withinMs: 30_000 };

async function open(url: string): Promise<PostgresDatabase> {
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  await database.open(30_000);
  return database;
}

it("all idle connections are cut without a word: one of them costs time, the next statement has a new one", async () => {
  const proxy = await tcpProxy(await freshDatabase());
  const database = await open(proxy.url);
  await Promise.all(Array.from({ length: 10 }, () => database.query("SELECT pg_sleep(0.2)", [], LONG)));
  expect(proxy.connections()).toBe(10);
  proxy.deafen();
  await expect(database.query("SELECT 1", [], { withinMs: 600 })).rejects.toThrow("did not answer");
  const begin = performance.now();
  expect((await database.query("SELECT 1 AS n", [], LONG)).rows).toEqual([{ n: 1 }]);
  expect(performance.now() - begin).toBeLessThan(LONG.withinMs / 2);
});

it("a statement whose time is over before it is sent costs no connection", async () => {
  const database = await open(await freshDatabase());
  const backend = async () => (await database.query("SELECT pg_backend_pid() AS pid", [], LONG)).rows;
  const before = await backend();
  const late = database.session({ withinMs: 20 }, async (session) => {
    await sleep(40);
    return await session.query("SELECT 1");
  });
  await expect(late).rejects.toMatchObject({ name: "Passing", ambiguous: false });
  expect(await backend()).toEqual(before);
});

it("an error after many tries tells the whole time, and not that of the last try", async () => {
  const proxy = await tcpProxy(await freshDatabase());
  const database = await open(proxy.url);
  proxy.freeze();
  const tries = whilePassing(1200, (leftMs) =>
    database.query("SELECT 1", [], { withinMs: leftMs < 300 ? leftMs : leftMs / 2 }),
  );
  await expect(tries).rejects.toThrow("within 1.2 s");
  proxy.thaw();
});

it("a last try that was too short does not hide the reason of the others", async () => {
  let turn = 0;
  const tries = whilePassing(300, async (leftMs) => {
    turn += 1;
    if (turn === 1) throw new Passing(unavailable("read_only", "It is read-only."), false);
    await sleep(leftMs);
    throw tooSlow("postgres://db/jobs", leftMs, "connecting");
  });
  await expect(tries).rejects.toMatchObject({ reason: "read_only", message: "It is read-only." });
});
