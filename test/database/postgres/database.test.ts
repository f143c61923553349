import { expect, onTestFinished, test } from "vitest";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import { POSTGRES_MIGRATIONS } from "../../../src/database/postgres/migrations.ts";
import type { PostgresDatabase } from "../../../src/database/postgres/database.ts";
import { administer, freshDatabase } from "../../helpers/postgres.ts";

const WITHIN = { withinMs: 20_000 };

function open(url: string): PostgresDatabase {
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  return database;
}

test("20 processes' worth of pools open an empty database at once, and one of them makes the ledger", async () => {
  const url = await freshDatabase();
  const all = Array.from({ length: 20 }, () => open(url));
  await Promise.all(all.map((database) => database.open(20_000)));
  expect(await administer(url, "SELECT version FROM hardcall.ledger_migrations")).toEqual(
    POSTGRES_MIGRATIONS.map((_, index) => ({ version: index + 1 })),
  );
});

test("rows come as SQLite gives them", async () => {
  const database = open(await freshDatabase());
  const { rows } = await database.query(
    "SELECT 1::bigint AS a, 9007199254740993::bigint AS b, true AS c, NULL AS d, 'x' AS e, 0.5::float8 AS f, count(*) AS n FROM pg_class WHERE false",
    [],
    WITHIN,
  );
  expect(rows).toEqual([{ a: 1, b: "9007199254740993", c: 1, d: null, e: "x", f: 0.5, n: 0 }]);
});

test("a transaction finds its tables, and leaves no setting behind", async () => {
  const database = open(await freshDatabase());
  const count = await database.write({ durable: true, ...WITHIN }, async (session) => {
    await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES (?, '?', ?)", [
      "drafts",
      3,
    ]);
    return await session.get("SELECT streak FROM content_streaks WHERE scope = ?", ["drafts"]);
  });
  expect(count).toEqual({ streak: 3 });
  expect(
    await database.read((session) => session.all("SELECT scope, sha256 FROM content_streaks", [])),
  ).toEqual([{ scope: "drafts", sha256: "?" }]);
  const settings =
    "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout";
  expect((await database.query(settings, [], WITHIN)).rows).toEqual([
    { path: '"$user", public', timeout: "0" },
  ]);
});

test("a write that fails changes nothing, and the connection works on", async () => {
  const database = open(await freshDatabase());
  const wrong = database.write({ durable: true, ...WITHIN }, async (session) => {
    await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)", []);
    throw new Error("deliberate");
  });
  await expect(wrong).rejects.toThrow("deliberate");
  expect(await database.read((session) => session.all("SELECT * FROM content_streaks", []))).toEqual([]);
});

test("writes of one ledger take turns", async () => {
  const url = await freshDatabase();
  const [one, other] = [open(url), open(url)];
  const add = (database: PostgresDatabase) =>
    database.write({ durable: true, ...WITHIN }, async (session) => {
      const row = await session.get("SELECT max(streak) AS n FROM content_streaks", []);
      const n = Number(row?.["n"] ?? 0) + 1;
      await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES (?, 'x', ?)", [
        `s${n}`,
        n,
      ]);
    });
  await Promise.all(Array.from({ length: 20 }, (_, index) => add(index % 2 === 0 ? one : other)));
  const rows = await one.read((session) => session.all("SELECT streak FROM content_streaks ORDER BY 1", []));
  expect(rows.map((row) => row["streak"])).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});
