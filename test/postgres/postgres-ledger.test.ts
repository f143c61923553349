import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { Pool } from "pg";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { CallError, dedupe, defineCall, openLedger, task } from "../../src/index.ts";
import { postgresLedger, type PostgresLedgerOptions } from "../../src/postgres/index.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { administer, freshDatabase, ownPostgres } from "../helpers/postgres.ts";
import { throughPgBouncer } from "../helpers/pgbouncer.ts";
import { run } from "../helpers/run.ts";

const SECRET = "x0-geheim-77";

function counting(ledger: Parameters<typeof defineCall>[0]["ledger"]) {
  let runs = 0;
  const call = defineCall({
    name: "publish",
    callee: task(async (id: string) => `${id} ${(runs += 1)}`),
    timeout: "20s",
    effects: "once",
    key: (id) => id,
    ledger,
  });
  return { call, runs: () => runs };
}

function userPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString });
  pool.on("error", () => undefined);
  onTestFinished(() => pool.end());
  return pool;
}

describe("postgresLedger()", () => {
  it("keeps calls in a URL's database, over a pool of its own that close() ends", async () => {
    const url = await freshDatabase();
    const ledger = postgresLedger({ connectionString: url, schema: "mine" });
    const { call, runs } = counting(ledger);
    expect(await call("a")).toMatchObject({ value: "a 1", outcome: "executed" });
    expect(await call("a")).toMatchObject({ value: "a 1", outcome: "replayed" });
    expect(runs()).toBe(1);
    expect(ledger).toMatchObject({
      spansHosts: true,
      location: `${url.replace("postgres@", "")}?schema=mine`,
    });
    await ledger.close();
    const connected =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'hardcall' AND datname = current_database()";
    expect(await administer(url, connected)).toEqual([{ n: 0 }]);
    expect(await administer(url, "SELECT key FROM mine.operations")).toEqual([{ key: "a" }]);
  });

  it("keeps calls over a user's pool, which goes on after close()", async () => {
    const pool = userPool(await freshDatabase());
    const ledger = await Promise.resolve(postgresLedger({ pool }));
    expect(await counting(ledger).call("a")).toMatchObject({ outcome: "executed" });
    await ledger.close();
    expect((await pool.query("SELECT key FROM hardcall.operations")).rows).toEqual([{ key: "a" }]);
  });

  it("returns at once; a server that is not there is the error of the call, which has started nothing", async () => {
    const ledger = postgresLedger({ connectionString: `postgres://ada:${SECRET}@127.0.0.1:1/jobs` });
    onTestFinished(() => ledger.close());
    const { call, runs } = counting(ledger);
    const error: unknown = await call("a").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
    expect((error as Error).message).toContain("postgres://127.0.0.1:1/jobs");
    expect(inspect([error, ledger], { depth: 20, showHidden: true })).not.toContain(SECRET);
    expect(runs()).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ["no options", undefined, "the options must be an object, not undefined"],
    ["none of both", {}, "give either connectionString or pool"],
    ["both", { connectionString: "postgres://db/x", pool: {} }, "give either connectionString or pool"],
    ["an unknown one", { connectionString: "postgres://db/x", ssl: true }, "ssl is not an option"],
    [
      "a URL that does not parse",
      { connectionString: `postgres://a:${SECRET}#@db/x` },
      "connectionString does not parse",
    ],
    ["a path", { connectionString: `/var/${SECRET}.db` }, "connectionString does not parse"],
    [
      "two schemas",
      { connectionString: "postgres://db/x?schema=a", schema: "b" },
      "has more than one schema (a, b)",
    ],
    [
      "a schema that cannot be one",
      { connectionString: "postgres://db/x", schema: "A" },
      "names a schema that cannot be one",
    ],
    ["what is no pool", { pool: {} }, 'is not one of "pg": it has no connect()'],
  ])("with %s is invalid_config at once", (_, options, message) => {
    const make = () => postgresLedger(options as PostgresLedgerOptions);
    expect(make).toThrow(expect.objectContaining({ code: "invalid_config" }));
    expect(make).toThrow(message);
    expect(make).not.toThrow(SECRET);
  });
});

describe("a URL where a path is taken", () => {
  it("in a definition, in openLedger() and in dedupe(): one pool for all of them", async () => {
    const url = await freshDatabase();
    const { call } = counting(url);
    expect(await call("a")).toMatchObject({ outcome: "executed" });
    const ledger = await openLedger(url);
    onTestFinished(() => ledger.close());
    expect(await counting(ledger).call("a")).toMatchObject({ outcome: "replayed" });
    const gate = dedupe({ scope: "drafts", ledger: url });
    const checked = await gate.check("a draft");
    expect(checked.verdict).toBe("new");
    if (checked.verdict === "new") expect(await checked.commit()).toBe(true);
    expect(await gate.check("a draft")).toMatchObject({ verdict: "duplicate" });
    const connected =
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'hardcall' AND datname = current_database()";
    expect(await administer(url, connected)).toEqual([{ n: 1 }]);
  });

  it("that does not parse: the call fails with invalid_config, and does not show it", async () => {
    const { call, runs } = counting(`postgres://ada:${SECRET}#@db/jobs`);
    const error: unknown = await call("a").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "invalid_config" });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
    expect(runs()).toBe(0);
  });

  it("by way of PgBouncer", async (context) => {
    const url = await throughPgBouncer(context, await freshDatabase(), { default_pool_size: "2" });
    const { call, runs } = counting(url);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => call(`k${index % 10}`).catch((e: unknown) => e)),
    );
    expect(
      all.filter((settled) => settled instanceof Error).map((error) => (error as CallError).code),
    ).toEqual(Array.from({ length: 10 }, () => "in_progress"));
    expect(runs()).toBe(10);
    expect(await call("k1")).toMatchObject({ outcome: "replayed" });
  });
});

test("a process whose calls are done ends by itself, and nothing was closed", async () => {
  const url = await freshDatabase();
  const program = `
    import { defineCall, task } from ${JSON.stringify(path.join(ROOT, "src/index.ts"))};
    const call = defineCall({ name: "a", callee: task(async () => 1), timeout: "20s", effects: "once", key: () => "a" });
    console.log((await call()).outcome);`;
  const ended = await run(process.execPath, ["--input-type=module-typescript", "-e", program], {
    env: { HARDCALL_LEDGER: url },
  });
  expect({ exitCode: ended.exitCode, stdout: ended.stdout.toString(), stderr: ended.stderr }).toEqual({
    exitCode: 0,
    stdout: "executed\n",
    stderr: "",
  });
  // A pool that held the process would do so for the 10 s that a connection may lie idle.
  expect(ended.ms).toBeLessThan(9000);
});

test("a newer hardcall that migrates under a running worker can stop its claims with one clear error", async () => {
  const url = await freshDatabase();
  const { call, runs } = counting(url);
  expect(await call("a")).toMatchObject({ outcome: "executed" });
  await administer(
    url,
    "INSERT INTO hardcall.ledger_migrations (version) VALUES (99)",
    `CREATE FUNCTION hardcall.no_older() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'a newer hardcall has migrated this ledger' USING ERRCODE = 'HC001'; END $$`,
    "CREATE TRIGGER no_older BEFORE INSERT ON hardcall.operations FOR EACH ROW EXECUTE FUNCTION hardcall.no_older()",
  );
  const error: unknown = await call("b").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
  expect((error as Error).message).toContain("A newer hardcall has migrated the ledger");
  expect(runs()).toBe(1);
});

test("a key that no index of Postgres can hold is invalid_config, and nothing starts", async () => {
  const { call, runs } = counting(await freshDatabase());
  // 1,024 characters of three bytes each, which no compression makes short.
  const signs = Array.from({ length: 1024 }, (_, index) =>
    String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
  );
  expect(await call(signs.slice(0, 850).join(""))).toMatchObject({ outcome: "executed" });
  const error: unknown = await call(signs.join("")).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "invalid_config", effect: "not_started" });
  expect((error as Error).message).toContain("key is longer than an index of Postgres can hold");
  expect(runs()).toBe(1);
});

test("synchronous_commit = off: nothing starts, unless it is allowed", async () => {
  const server = await ownPostgres({ settings: { synchronous_commit: "off" } });
  const refused = counting(server.url);
  const error: unknown = await refused.call("a").catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
  expect((error as Error).message).toContain("has synchronous_commit = off");
  expect(refused.runs()).toBe(0);
  const ledger = postgresLedger({ connectionString: server.url, allowAsynchronousCommit: true });
  onTestFinished(() => ledger.close());
  expect(await counting(ledger).call("b")).toMatchObject({ outcome: "executed" });
});

test("without the package pg a file works, and a URL says what to install", async () => {
  const modules = path.join(tempFolder(), "node_modules");
  const home = path.join(modules, "hardcall");
  mkdirSync(home, { recursive: true });
  for (const part of ["dist", "package.json"])
    cpSync(path.join(ROOT, part), path.join(home, part), { recursive: true });
  const absent = new Set(["pg", "pg-boss", ".bin", ".cache", "hardcall"]);
  for (const name of readdirSync(path.join(ROOT, "node_modules")).filter((found) => !absent.has(found)))
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
  const list = (ledger: string) =>
    run(
      process.execPath,
      [path.join(home, "dist/cli.js"), "run", "--timeout", "20s", "--key", "a", "--", "echo", "hi"],
      {
        env: { HARDCALL_LEDGER: ledger },
      },
    );
  const ofFile = await list(path.join(tempFolder(), "ledger.db"));
  expect([ofFile.exitCode, ofFile.stdout.toString()]).toEqual([0, "hi\n"]);
  const ofUrl = await list(`postgres://ada:${SECRET}@127.0.0.1:1/jobs`);
  expect([ofUrl.exitCode, ofUrl.stdout.toString()]).toEqual([2, ""]);
  expect(ofUrl.stderr).toBe(
    'hardcall: The call "echo" could not be recorded: the ledger is in Postgres, and the package "pg" is not installed. Run "npm install pg" where hardcall is installed, with --global if hardcall is. Nothing was started.\n',
  );
});
