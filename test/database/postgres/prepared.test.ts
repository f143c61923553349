import { expect, onTestFinished, test } from "vitest";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import { administer, freshDatabase } from "../../helpers/postgres.ts";
import { throughPgBouncer } from "../../helpers/pgbouncer.ts";

const WITHIN = { withinMs: 20_000 };

/** Asks the same ten times, then what the server has prepared, then once more after the connection has forgotten all. */
async function askOften(url: string) {
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  return await database.session(WITHIN, async (session) => {
    const answers: unknown[] = [];
    const ask = async (n: number) => {
      const { rows } = await session.query("SELECT $1::int + 1 AS n", [n]);
      answers.push(rows[0]?.["n"]);
    };
    for (let n = 0; n < 10; n++) await ask(n);
    const { rows } = await session.query("SELECT name, statement FROM pg_prepared_statements");
    await session.query("DISCARD ALL");
    await ask(10);
    return { answers, prepared: rows };
  });
}

const ANSWERS = Array.from({ length: 11 }, (_, n) => n + 1);

test("a statement that comes often is prepared, and asked without that where the connection has forgotten it", async () => {
  expect(await askOften(await freshDatabase())).toEqual({
    answers: ANSWERS,
    prepared: [
      { name: expect.stringMatching(/^hardcall_.{16}$/) as string, statement: "SELECT $1::int + 1 AS n" },
    ],
  });
});

test("a statement whose columns a migration has changed is asked without its plan", async () => {
  const url = await freshDatabase();
  await administer(url, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  const rows = await database.session(WITHIN, async (session) => {
    const ask = () => session.query("SELECT * FROM t WHERE n = $1", [1]);
    for (let n = 0; n < 10; n++) await ask();
    await administer(url, "ALTER TABLE t ADD COLUMN more int DEFAULT 2");
    return (await ask()).rows;
  });
  expect(rows).toEqual([{ n: 1, more: 2 }]);
});

test("behind PgBouncer nothing is prepared", async (context) => {
  const url = await throughPgBouncer(context, await freshDatabase());
  expect(await askOften(url)).toEqual({ answers: ANSWERS, prepared: [] });
});

test("a transaction prepares nothing, as it would end with a statement that the server has forgotten", async () => {
  const database = postgresAt(await freshDatabase());
  onTestFinished(() => database.close());
  const prepared = await database.transaction(WITHIN, async (session) => {
    for (let n = 0; n < 10; n++) await session.query("SELECT $1::int + 2 AS n", [n]);
    return (await session.query("SELECT name FROM pg_prepared_statements")).rows;
  });
  expect(prepared).toEqual([]);
});
