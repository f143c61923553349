import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { DAY, HOUR, START, World } from "./world.ts";

/** A file whose last change is at that time. */
function write(folder: string, name: string, content: string, at: number): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, at / 1000, at / 1000);
}

describe("files", () => {
  it("count by content, and what is blank does not count", async () => {
    using world = new World();
    const count = { files: "posts/*.md", cwd: world.folder };
    write(world.folder, "posts/empty.md", "", START);
    write(world.folder, "posts/blank.md", " \n\u200b\n", START);
    write(world.folder, "posts/newline.md", "\n", START);
    expect(await world.check({ count })).toMatchObject({ found: 0 });
    write(world.folder, "posts/one.md", "a post", START);
    write(world.folder, "posts/copy.md", "a post", START);
    write(world.folder, "other/two.md", "elsewhere", START);
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1 });
  });

  it("are not new again because they were touched or written anew", async () => {
    using world = new World();
    const count = { files: "posts/*.md", cwd: world.folder };
    write(world.folder, "posts/one.md", "a post", START);
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1 });
    world.wait(50 * HOUR);
    write(world.folder, "posts/one.md", "a post", world.now);
    write(world.folder, "posts/again.md", "a post", world.now);
    expect(await world.check({ count })).toMatchObject({ verdict: "silent", found: 0, lastAt: START });
  });

  it("that are old and copied today count by the date in their name", async () => {
    using world = new World();
    const backfill = (name: string) => write(world.folder, `posts/${name}.md`, `post of ${name}`, START);
    ["2026-10-01", "2026-10-02", "2026-10-03"].forEach(backfill);
    const byDate = { files: "posts/*.md", cwd: world.folder, dateInName: "(\\d{4}-\\d{2}-\\d{2})\\.md$" };
    expect(await world.check({ count: byDate })).toMatchObject({ verdict: "silent", found: 0 });
    backfill("2026-11-09");
    expect(await world.check({ count: byDate })).toMatchObject({ verdict: "ok", found: 1 });
  });

  it("dated into the future count from when they were first seen", async () => {
    using world = new World();
    const count = { files: "*.md", cwd: world.folder };
    write(world.folder, "future.md", "from 2099", START + 73 * 365 * DAY);
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", lastAt: START });
    world.wait(50 * HOUR);
    expect(await world.check({ count })).toMatchObject({ verdict: "silent" });
  });

  it("in a folder that is gone are unknown, not none", async () => {
    using world = new World();
    const folder = path.join(world.folder, "mounted");
    mkdirSync(folder);
    const count = { files: "*.md", cwd: folder };
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 0 });
    rmSync(folder, { recursive: true });
    expect(await world.check({ count })).toMatchObject({
      verdict: "unknown",
      reason: "the folder of the files does not exist",
    });
  });
});

function blog(world: World) {
  const database = path.join(world.folder, "blog.db");
  const sqlite = new DatabaseSync(database);
  sqlite.exec("CREATE TABLE posts (id TEXT, published_at TEXT)");
  const count = { rows: { database, query: "SELECT id, published_at AS at FROM posts" } };
  return { database, sqlite, count };
}

describe("rows", () => {
  it("count by id and by the time of the data", async () => {
    using world = new World();
    const { sqlite, count } = blog(world);
    sqlite.exec(
      "INSERT INTO posts VALUES ('p1', '2026-11-09 07:00:00'), ('', '2026-11-09 07:00:00'), (NULL, '2026-11-09')",
    );
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1, lastAt: START - HOUR });
    sqlite.exec("INSERT INTO posts VALUES ('old', '2024-01-01T00:00:00Z')");
    world.wait(50 * HOUR);
    expect(await world.check({ count })).toMatchObject({ verdict: "silent", found: 0 });
    sqlite.close();
  });

  it("without a time: what the first count sees is old, what comes later is new", async () => {
    using world = new World();
    const { sqlite, database } = blog(world);
    const count = { rows: { database, query: "SELECT id FROM posts" } };
    sqlite.exec("INSERT INTO posts VALUES ('p1', NULL), ('p2', NULL)");
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 0 });
    world.wait(HOUR);
    sqlite.exec("INSERT INTO posts VALUES ('p3', NULL)");
    expect(await world.check({ count })).toMatchObject({ found: 1, lastAt: START + HOUR });
    world.wait(50 * HOUR);
    expect(await world.check({ count })).toMatchObject({ verdict: "silent", found: 0 });
    sqlite.close();
  });

  it("of a query that hangs are unknown at the deadline, and nothing is left running", async () => {
    using world = new World();
    const { sqlite, database } = blog(world);
    sqlite.close();
    const query =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS id FROM n";
    const startedAt = performance.now();
    const checked = await world.check({ count: { rows: { database, query } }, deadline: "1s" });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(checked).toMatchObject({ verdict: "unknown" });
    expect(checked.reason).toMatch(
      /^the (count did not end within 1 s|query did not end before the deadline)$/,
    );
  });

  it("of a database that is gone, or has lost its table, are unknown", async () => {
    using world = new World();
    const { sqlite, count, database } = blog(world);
    sqlite.exec("DROP TABLE posts");
    sqlite.close();
    expect(await world.check({ count })).toMatchObject({
      verdict: "unknown",
      reason: "the query failed: no such table: posts",
    });
    rmSync(database);
    expect(await world.check({ count })).toMatchObject({
      verdict: "unknown",
      reason: "the database file does not exist",
    });
  });

  it("come from anything that has a query method", async () => {
    using world = new World();
    const client = { query: async () => ({ rows: [{ id: 7n, at: new Date(START - HOUR) }] }) };
    const count = { rows: { client, query: "SELECT 1" } };
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1, lastAt: START - HOUR });
  });
});

async function serve(answer: { status: number; body: string } | "never") {
  const server = createServer((_, response) => {
    if (answer !== "never") response.writeHead(answer.status).end(answer.body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const close = () => (server.closeAllConnections(), server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/posts`,
    [Symbol.dispose]: close,
  };
}

describe("http", () => {
  it("counts the items of a list in JSON", async () => {
    using world = new World();
    const items = [
      { key: "a", when: START / 1000 },
      { key: "a", when: START / 1000 },
      { key: "", when: 1 },
    ];
    using server = await serve({ status: 200, body: JSON.stringify({ data: { items } }) });
    const count = { http: { url: server.url, items: "data.items", id: "key", at: "when" } };
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1, lastAt: START });
  });

  it.each([
    [{ status: 200, body: "<html>CANARY" }, /^127\.0\.0\.1:\d+ answered with something that is not JSON$/],
    [{ status: 200, body: '{"error":"CANARY"}' }, /^there is no list at "" in the JSON$/],
    [{ status: 500, body: "[]" }, /^127\.0\.0\.1:\d+ answered with status 500$/],
    ["never", /^the count did not end within 300 ms$/],
  ] as const)("is unknown when it answers %j", async (answer, reason) => {
    using world = new World();
    using server = await serve(answer);
    const checked = await world.check({ count: { http: { url: server.url } }, deadline: 300 });
    expect(checked.verdict).toBe("unknown");
    expect(checked.reason).toMatch(reason);
  });
});

describe("successes in the ledger", () => {
  it("count by output: the same one twice is one, an empty one is none", async () => {
    using world = new World();
    const store = await openSqliteStore({ path: world.ledger, clock: () => world.now });
    const succeed = async (key: string, value: unknown) => {
      const callId = `call-${key}`;
      const answer = await store.claim({
        name: "write-draft",
        key,
        callId,
        fingerprint: "v1",
        effects: "once",
        leaseMs: 60_000,
      });
      if (answer.kind !== "proceed") throw new Error(answer.kind);
      await store.started(answer.claim);
      await store.settle(answer.claim, { state: "succeeded", end: { exitCode: 0 }, value });
    };
    const count = { ledger: "write-draft" };
    await succeed("monday", "");
    await succeed("tuesday", " \n");
    await succeed("wednesday", undefined);
    expect(await world.check({ count })).toMatchObject({ found: 0 });
    await succeed("thursday", "a draft");
    world.wait(40 * HOUR);
    await succeed("friday", "a draft");
    expect(await world.check({ count })).toMatchObject({ verdict: "ok", found: 1, lastAt: START });
    world.wait(10 * HOUR);
    expect(await world.check({ count })).toMatchObject({ verdict: "silent", found: 0 });
    await store.close();
  });
});

describe("a count of the caller's own", () => {
  it("that throws is unknown, and its words, which may quote data, are not told", async () => {
    using world = new World();
    world.artifacts = Object.assign(new TypeError("CANARY"), { code: "E_DOWN" });
    expect(await world.check()).toMatchObject({ verdict: "unknown", reason: "the count failed (E_DOWN)" });
    world.artifacts = new TypeError("CANARY");
    expect(await world.check()).toMatchObject({ reason: "the count failed (TypeError)" });
  });

  it("that never settles is unknown at its deadline", async () => {
    using world = new World();
    const checked = await world.check({ count: () => new Promise(() => {}), deadline: 200 });
    expect(checked).toMatchObject({ verdict: "unknown", reason: "the count did not end within 200 ms" });
  });
});
