import { Client, Pool } from "pg";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import { POSTGRES_MIGRATIONS } from "../../../src/database/postgres/migrations.ts";
import type { PostgresDatabase } from "../../../src/database/postgres/database.ts";
import type { LedgerError } from "../../../src/database/errors.ts";
import { Passing, whilePassing } from "../../../src/database/postgres/passing.ts";
import { postgresOver } from "../../../src/database/postgres/user-pool.ts";
import { administer, freshDatabase, ownPostgres } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";

const LONG = { withinMs: 30_000 };

async function open(url: string): Promise<PostgresDatabase> {
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  await database.open(30_000);
  return database;
}

/** How something ends, and after how many milliseconds. */
async function endOf(asked: Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const begin = performance.now();
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - begin };
}

const passing = (ambiguous: boolean, reason: string, message: string) =>
  expect.objectContaining({
    name: "Passing",
    ambiguous,
    final: expect.objectContaining({
      code: "ledger_unavailable",
      reason,
      message: expect.stringContaining(message) as unknown,
    }) as unknown,
  }) as unknown;

describe("a connection that hangs half-open", () => {
  it("ends a statement in its time, and the next one has a new connection", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const database = await open(proxy.url);
    proxy.freeze();
    const { error, ms } = await endOf(database.query("SELECT 1", [], { withinMs: 400 }));
    expect(error).toEqual(passing(true, "unreachable", "did not answer within 0.4 s"));
    expect(ms).toBeLessThan(5000);
    proxy.thaw();
    expect((await database.query("SELECT 1 AS n", [], LONG)).rows).toEqual([{ n: 1 }]);
  });

  it("ends an opening in its time", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    proxy.freeze();
    const database = postgresAt(proxy.url);
    onTestFinished(() => database.close());
    const { error, ms } = await endOf(database.open(700));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "unreachable" });
    expect(ms).toBeLessThan(5000);
    proxy.thaw();
  });

  it("ends a transaction in its time, and nothing of it is there", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const database = await open(proxy.url);
    const { error, ms } = await endOf(
      database.write({ durable: true, withinMs: 600 }, async (session) => {
        await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)", []);
        proxy.freeze();
        await session.get("SELECT 1", []);
      }),
    );
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "unreachable" });
    expect(ms).toBeLessThan(5000);
    proxy.thaw();
    expect(await database.read((session) => session.all("SELECT * FROM content_streaks", []))).toEqual([]);
  });

  it("was idle when it was cut: a transaction spends half its time on it, and begins on a new one", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const database = await open(proxy.url);
    proxy.deafen();
    const begin = performance.now();
    const streaks = await database.write({ durable: true, withinMs: 3000 }, (session) =>
      session.all("SELECT * FROM content_streaks", []),
    );
    expect(streaks).toEqual([]);
    expect(performance.now() - begin).toBeGreaterThan(1400);
  });

  it("does not run a write again whose COMMIT got no answer", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const database = await open(proxy.url);
    let runs = 0;
    const { error } = await endOf(
      database.write({ durable: true, ...LONG }, async (session) => {
        runs += 1;
        await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)", []);
        proxy.cutAtNextAnswer();
      }),
    );
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "unreachable" });
    expect(runs).toBe(1);
    expect(await database.read((session) => session.all("SELECT scope FROM content_streaks", []))).toEqual([
      { scope: "a" },
    ]);
  });

  it("while a ledger is made: whichever answer is lost, it is made once, and the write that waits for it goes on", async () => {
    // Beyond these, the answer to the write itself is lost.
    for (let answers = 0; answers < 16; answers += 1) {
      const url = await freshDatabase();
      const proxy = await tcpProxy(url);
      const database = postgresAt(proxy.url);
      onTestFinished(() => database.close());
      proxy.cutAtNextAnswer({ passing: answers });
      await database.write({ durable: true, ...LONG }, (session) =>
        session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)", []),
      );
      const versions = "SELECT count(*)::int AS n FROM hardcall.ledger_migrations";
      expect(await administer(url, versions)).toEqual([{ n: POSTGRES_MIGRATIONS.length }]);
    }
  });

  it("runs a write again that cannot have been committed", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const database = await open(proxy.url);
    let runs = 0;
    await database.write({ durable: true, ...LONG }, async (session) => {
      runs += 1;
      await session.run("INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)", []);
      // What was under way is gone with its connection.
      if (runs === 1) proxy.cut();
      await session.get("SELECT 1", []);
    });
    expect(runs).toBe(2);
    expect(
      await database.read((session) => session.all("SELECT scope FROM content_streaks", [])),
    ).toHaveLength(1);
  });
});

describe("a server that goes", () => {
  test("nothing listens: the error comes in its time, and says where", async () => {
    const server = await ownPostgres();
    await server.stop("fast");
    const database = postgresAt(server.url);
    onTestFinished(() => database.close());
    const { error, ms } = await endOf(database.open(500));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "unreachable" });
    expect((error as Error).message).toBe(
      `The ledger postgres://127.0.0.1:${server.port}/postgres cannot be reached (ECONNREFUSED). Check that Postgres is up, and the host and port.`,
    );
    expect(ms).toBeLessThan(5000);
  });

  test.each(["fast", "immediate"] as const)(
    "restarted (%s): what may pass is tried until it is back",
    async (mode) => {
      const server = await ownPostgres();
      const database = await open(server.url);
      await server.stop(mode);
      const asked = whilePassing(60_000, (leftMs) =>
        database.query("SELECT 1 AS n", [], { withinMs: leftMs }),
      );
      await server.start();
      expect((await asked).rows).toEqual([{ n: 1 }]);
    },
  );

  test("it ends a session that lies idle, and one in the middle of a statement", async () => {
    const url = await freshDatabase();
    const database = await open(url);
    const end =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    await administer(url, end);
    const again = await whilePassing(30_000, (leftMs) =>
      database.query("SELECT 1 AS n", [], { withinMs: leftMs }),
    );
    expect(again.rows).toEqual([{ n: 1 }]);

    const sleeping = endOf(database.query("SELECT pg_sleep(60)", [], LONG));
    const running =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'";
    while ((await administer(url, running))[0]["n"] === 0);
    await administer(url, end);
    expect((await sleeping).error).toEqual(passing(true, "unreachable", "57P01"));
  });

  test("it has no connection left, until one is free", async () => {
    const server = await ownPostgres({
      settings: { max_connections: "3", superuser_reserved_connections: "0", reserved_connections: "0" },
    });
    const pool = new Pool({ connectionString: server.url, max: 3 });
    onTestFinished(() => pool.end());
    const held = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    const database = postgresAt(server.url);
    onTestFinished(() => database.close());
    const { error, ms } = await endOf(database.open(400));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "unreachable" });
    expect((error as Error).message).toContain(
      "no connection left for this user or database (too many clients)",
    );
    expect(ms).toBeLessThan(5000);
    const opening = database.open(30_000);
    for (const client of held) client.release(true);
    await opening;
  });

  test("it is read-only, until it is the primary again", async () => {
    const url = await freshDatabase();
    const database = await open(url);
    const name = new URL(url).pathname.slice(1);
    const insert = "INSERT INTO content_streaks (scope, sha256, streak) VALUES ('a', 'b', 1)";
    const write = (withinMs: number) =>
      database.write({ durable: true, withinMs }, (session) => session.run(insert, []));
    const drop =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    await administer(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`, drop);
    const { error } = await endOf(write(1500));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "read_only" });
    expect((error as Error).message).toContain(
      "is read-only: a standby, or a server in the middle of a failover",
    );
    const writing = write(30_000);
    await administer(
      url,
      "SET default_transaction_read_only = off",
      `ALTER DATABASE ${name} SET default_transaction_read_only = off`,
      drop,
    );
    expect(await writing).toBe(1);
  });
});

describe("what the server reports", () => {
  test("each SQLSTATE: whether it may pass, whether it may have been done, and why", async () => {
    const database = await open(await freshDatabase());
    const told = async (state: string) => {
      const { error } = await endOf(database.query(raise(state), [], LONG));
      const { code, reason, cause } = error instanceof Passing ? error.final : (error as LedgerError);
      // The server's words may hold a value.
      expect(String(cause)).not.toContain("deliberate");
      if (!(error instanceof Passing)) return [state, "final", code, reason];
      return [state, error.ambiguous ? "may have been done" : "may pass", code, reason];
    };
    const table = [
      ["40001", "may pass", "ledger_unavailable", "locked"],
      ["40P01", "may pass", "ledger_unavailable", "locked"],
      ["55P03", "may pass", "ledger_unavailable", "locked"],
      ["57014", "may pass", "ledger_unavailable", "locked"],
      ["25006", "may pass", "ledger_unavailable", "read_only"],
      ["53300", "may pass", "ledger_unavailable", "unreachable"],
      ["53200", "may pass", "ledger_unavailable", "unreachable"],
      ["57P01", "may have been done", "ledger_unavailable", "unreachable"],
      ["57P02", "may have been done", "ledger_unavailable", "unreachable"],
      ["57P03", "may have been done", "ledger_unavailable", "unreachable"],
      ["08006", "may have been done", "ledger_unavailable", "unreachable"],
      ["08P01", "may have been done", "ledger_unavailable", "unreachable"],
      ["40003", "may have been done", "ledger_unavailable", "unreachable"],
      ["42501", "final", "ledger_unavailable", "refused"],
      ["42P01", "final", "ledger_unavailable", "not_a_ledger"],
      ["53100", "final", "ledger_unavailable", "disk_full"],
      ["XX001", "final", "ledger_unavailable", "corrupt"],
      ["HC001", "final", "ledger_unavailable", "newer_schema"],
      ["22P02", "final", "ledger_unavailable", "io"],
      ["54000", "final", "invalid_config", undefined],
    ];
    const found = [];
    for (const [state = ""] of table) found.push(await told(state));
    expect(found).toEqual(table);
  });

  test("a limit of the role on statements", async () => {
    const url = await freshDatabase();
    const database = await open(`${url}?options=-c%20statement_timeout%3D200`);
    const { error } = await endOf(database.query("SELECT pg_sleep(30)", [], LONG));
    expect(error).toEqual(passing(false, "locked", "statement_timeout"));
  });
});

const raise = (state: string) =>
  `DO $$ BEGIN RAISE EXCEPTION 'deliberate' USING ERRCODE = '${state}', DETAIL = 'deliberate'; END $$`;

describe("a user's pool", () => {
  function userPool(url: string, max: number): Pool {
    const pool = new Pool({ connectionString: url, max });
    pool.on("error", () => undefined);
    onTestFinished(() => pool.end());
    return pool;
  }

  it("is not ended, and its parsers have no say in the ledger", async () => {
    const url = await freshDatabase();
    const pool = userPool(url, 2);
    const database = postgresOver(pool);
    await database.open(30_000);
    expect(database.location).toBe(url.replace("postgres@", ""));
    expect((await database.query("SELECT 1::bigint AS n, true AS yes", [], LONG)).rows).toEqual([
      { n: 1, yes: 1 },
    ]);
    await database.close();
    expect((await pool.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
    await expect(database.query("SELECT 1", [], LONG)).rejects.toMatchObject({ reason: "closed" });
  });

  it("asks for values in binary: that is an error of the configuration", async () => {
    const inBinary = { connectionString: await freshDatabase(), binary: true };
    const pool = new Pool(inBinary);
    onTestFinished(() => pool.end());
    const opening = postgresOver(pool).open(30_000);
    await expect(opening).rejects.toMatchObject({ code: "invalid_config" });
    await expect(opening).rejects.toThrow("asks for values in binary");
    expect(pool.idleCount).toBe(1);
  });

  it("is one connection and no pool: that is an error of the configuration", async () => {
    const client = new Client({ connectionString: await freshDatabase() });
    onTestFinished(() => client.end());
    const opening = postgresOver(client as unknown as Pool).open(30_000);
    await expect(opening).rejects.toMatchObject({ code: "invalid_config" });
    await expect(opening).rejects.toThrow('is not a Pool of "pg"');
  });

  it("hands a connection out too late: it gets it back", async () => {
    const pool = userPool(await freshDatabase(), 1);
    const database = postgresOver(pool);
    await database.open(30_000);
    const held = await pool.connect();
    const { error, ms } = await endOf(database.query("SELECT 1", [], { withinMs: 300 }));
    expect(error).toEqual(passing(false, "unreachable", "gave no connection within 0.3 s"));
    expect(ms).toBeLessThan(5000);
    held.release();
    expect((await database.query("SELECT 1 AS n", [], LONG)).rows).toEqual([{ n: 1 }]);
    expect([pool.totalCount, pool.waitingCount]).toEqual([1, 0]);
  });

  it("serves more statements at once than it has connections", async () => {
    const database = postgresOver(userPool(await freshDatabase(), 1));
    const all = Array.from({ length: 50 }, () => database.query("SELECT 1 AS n", [], LONG));
    expect((await Promise.all(all)).map(({ rows }) => rows[0]?.["n"])).toEqual(
      Array.from({ length: 50 }, () => 1),
    );
  });

  it("that is none is an error at once", () => {
    expect(() => postgresOver({} as never)).toThrow(
      'The pool of the ledger is not one of "pg": it has no connect().',
    );
  });
});
