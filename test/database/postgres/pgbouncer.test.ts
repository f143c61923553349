import { expect, onTestFinished, test } from "vitest";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { throughPgBouncer } from "../../helpers/pgbouncer.ts";

const WITHIN = { withinMs: 20_000 };

test("behind PgBouncer in transaction mode everything works on one server connection, and no setting stays on it", async (context) => {
  const url = await throughPgBouncer(context, await freshDatabase(), { default_pool_size: "1" });
  const all = Array.from({ length: 5 }, () => postgresAt(url));
  onTestFinished(async () => {
    await Promise.all(all.map((database) => database.close()));
  });
  await Promise.all(
    all.map((database, index) =>
      database.write({ durable: true, ...WITHIN }, (session) =>
        session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES (?, 'x', ?)", [
          `s${index}`,
          index,
        ]),
      ),
    ),
  );
  const [database] = all;
  const rows = await database?.read((session) =>
    session.all("SELECT streak FROM content_streaks ORDER BY 1", []),
  );
  expect(rows?.map((row) => row["streak"])).toEqual([0, 1, 2, 3, 4]);
  const { rows: settings } = await all[1]!.query(
    "SELECT current_setting('search_path') AS path, current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock",
    [],
    WITHIN,
  );
  expect(settings).toEqual([{ path: '"$user", public', idle: "0", lock: "0" }]);
});

test("what PgBouncer refuses is reported at once, as if Postgres had", async (context) => {
  const url = await throughPgBouncer(context, await freshDatabase(), { auth_type: "md5" });
  const open = await throughPgBouncer(context, await freshDatabase());
  const nowhere = new URL(open);
  nowhere.pathname = "/nowhere";
  for (const [wrong, message] of [
    [url.replace("postgres@", "postgres:wrong@"), "refused the user or the password"],
    [nowhere.href, "has no such database"],
  ] as const) {
    const database = postgresAt(wrong);
    onTestFinished(() => database.close());
    const begin = performance.now();
    await expect(database.open(60_000)).rejects.toMatchObject({
      code: "ledger_unavailable",
      reason: "refused",
      message: expect.stringContaining(message) as unknown,
    });
    expect(performance.now() - begin).toBeLessThan(20_000);
  }
});
