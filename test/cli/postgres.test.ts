import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { POSTGRES_MIGRATIONS } from "../../src/database/postgres/migrations.ts";
import { tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { administer, freshDatabase, ownPostgres } from "../helpers/postgres.ts";
import * as cli from "../helpers/run.ts";
import { tcpProxy } from "../helpers/tcp-proxy.ts";

const SECRET = "x0-geheim-77";

/** Runs hardcall with a ledger, and answers with what it printed, in which there is never a password. */
async function hardcall(ledger: string, args: readonly string[], options: cli.RunOptions = {}) {
  const { exitCode, stdout, stderr, ms } = await cli.hardcall(args, {
    ...options,
    env: { HARDCALL_LEDGER: ledger, ...options.env },
  });
  const told = { exitCode, stdout: stdout.toString(), stderr };
  expect(JSON.stringify(told)).not.toContain(SECRET);
  return { ...told, ms };
}

/** A shell command that leaves a line in a file each time it runs: its effect. */
function publishing(then = "echo published") {
  const effect = path.join(tempFolder(), "effect");
  return {
    count: () => (existsSync(effect) ? readFileSync(effect, "utf8").split("\n").length - 1 : 0),
    command: ["--", "sh", "-c", `echo "$HARDCALL_KEY" >> ${effect}; ${then}`],
  };
}

const RUN = ["run", "--timeout", "60s", "--name", "publish"];

/** The URL with a password, which a server that trusts everyone does not look at. */
const withSecret = (url: string) => url.replace("postgres@", `postgres:${SECRET}@`);

describe("a ledger in Postgres", () => {
  it("behaves as a file does: run, replay, list, show, in doubt, resolve, prune", async () => {
    const ledger = withSecret(await freshDatabase());
    const { command, count } = publishing();
    const first = [...RUN, "--key", "lodge/6pm", ...command];
    expect(await hardcall(ledger, first)).toMatchObject({ exitCode: 0, stdout: "published\n", stderr: "" });
    const again = await hardcall(ledger, first);
    expect(again).toMatchObject({ exitCode: 0, stdout: "published\n" });
    expect(again.stderr).toMatch(/^hardcall: publish replayed from call /);
    expect(count()).toBe(1);

    const doubtful = publishing("exit 1");
    const second = [...RUN, "--key", "lodge/7pm", ...doubtful.command];
    expect(await hardcall(ledger, second)).toMatchObject({ exitCode: 69 });
    expect(await hardcall(ledger, second)).toMatchObject({ exitCode: 76 });
    expect(doubtful.count()).toBe(1);

    const listed = await hardcall(ledger, ["ledger", "list", "--json"]);
    const rows = JSON.parse(listed.stdout) as { readonly key: string; readonly state: string }[];
    expect(rows.map(({ key, state }) => [key, state])).toEqual([
      ["lodge/7pm", "in_doubt"],
      ["lodge/6pm", "succeeded"],
    ]);
    expect((await hardcall(ledger, ["ledger", "show", "lodge/7pm"])).stdout).toContain("in_doubt");
    const resolve = ["ledger", "resolve", "lodge/7pm", "--as", "absent", "--by", "ann", "--why", "not there"];
    expect(await hardcall(ledger, resolve)).toMatchObject({ exitCode: 0 });
    expect(await hardcall(ledger, second)).toMatchObject({ exitCode: 69 });
    expect(doubtful.count()).toBe(2);
    expect(await hardcall(ledger, ["ledger", "prune"])).toMatchObject({ exitCode: 0 });
    const none = await hardcall(ledger, ["ledger", "show", "nothing"]);
    expect(none).toMatchObject({ exitCode: 69 });
    expect(none.stderr).toContain(ledger.replace(`postgres:${SECRET}@`, ""));
  });

  it("two shells at once: one runs, the other waits or is told that it runs elsewhere", async () => {
    const ledger = await freshDatabase();
    const { command, count } = publishing("sleep 1; echo published");
    const call = [...RUN, "--key", "a", ...command];
    const both = await Promise.all([hardcall(ledger, call), hardcall(ledger, call)]);
    expect(both.map(({ exitCode }) => exitCode).toSorted((a, b) => Number(a) - Number(b))).toEqual([0, 73]);
    expect(count()).toBe(1);
  });

  it("is named by --ledger, too, and wins over a file in HARDCALL_LEDGER", async () => {
    const url = await freshDatabase();
    const { command } = publishing();
    const file = ledgerPath();
    const call = [...RUN, "--ledger", `${url}?schema=mine`, "--key", "a", ...command];
    expect(await hardcall(file, call)).toMatchObject({ exitCode: 0 });
    expect(existsSync(file)).toBe(false);
    expect(await administer(url, "SELECT key FROM mine.operations")).toEqual([{ key: "a" }]);
  });

  it("remembers content for dedupe", async () => {
    const ledger = await freshDatabase();
    const check = (content: string) =>
      hardcall(ledger, ["dedupe", "check", "--scope", "drafts", "--json"], { stdin: content });
    const { token } = JSON.parse((await check("one")).stdout) as { readonly token: string };
    const commit = ["dedupe", "commit", "--scope", "drafts", "--token", token];
    expect(await hardcall(ledger, commit, { stdin: "one" })).toMatchObject({ exitCode: 0 });
    expect(await check("one")).toMatchObject({ exitCode: 73 });
    expect(await check("two")).toMatchObject({ exitCode: 0 });
  });
});

const VERSION = POSTGRES_MIGRATIONS.length;

describe("hardcall ledger migrate", () => {
  it("creates a ledger in Postgres, and says what it did", async () => {
    const ledger = withSecret(await freshDatabase());
    const location = ledger.replace(`postgres:${SECRET}@`, "");
    const migrate = () => hardcall(ledger, ["ledger", "migrate"]);
    expect(await migrate()).toMatchObject({
      exitCode: 0,
      stdout: `The ledger ${location} was created with schema version ${VERSION}.\n`,
    });
    expect(await migrate()).toMatchObject({
      exitCode: 0,
      stdout: `The ledger ${location} has schema version ${VERSION} already; nothing was changed.\n`,
    });
  });

  it("by 20 processes at once: one creates it, and all go on", async () => {
    const ledger = await freshDatabase();
    const all = await Promise.all(Array.from({ length: 20 }, () => hardcall(ledger, ["ledger", "migrate"])));
    expect(all.map(({ exitCode }) => exitCode)).toEqual(Array.from({ length: 20 }, () => 0));
    expect(all.filter(({ stdout }) => stdout.includes("was created with schema version"))).toHaveLength(1);
    // Each step is a transaction of its own, so another process may have come between two.
    const others = /was taken from schema version \d+ to \d+|nothing was changed/;
    expect(all.filter(({ stdout }) => others.test(stdout))).toHaveLength(19);
    expect(await administer(ledger, "SELECT count(*)::int AS n FROM hardcall.ledger_migrations")).toEqual([
      { n: VERSION },
    ]);
  });

  it("creates a ledger in a file", async () => {
    const ledger = ledgerPath();
    const { exitCode, stdout } = await hardcall(ledger, ["ledger", "migrate"]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^The ledger \S+\/ledger\.db was created with schema version \d+\.\n$/,
      ) as string,
    });
    expect((await hardcall(ledger, ["ledger", "migrate"])).stdout).toContain("nothing was changed");
  });

  it("is what a worker needs that may not create tables", async () => {
    const owner = await freshDatabase();
    await administer(owner, "CREATE ROLE worker_of_migrate LOGIN");
    const worker = owner.replace("postgres@", "worker_of_migrate@");
    try {
      const { command, count } = publishing();
      const call = [...RUN, "--key", "a", ...command];
      const refused = await hardcall(worker, call);
      expect(refused).toMatchObject({ exitCode: 74, stdout: "" });
      expect(refused.stderr).toContain(
        'Run "hardcall ledger migrate" as a user who may create tables there.',
      );
      expect(count()).toBe(0);
      expect(await hardcall(owner, ["ledger", "migrate"])).toMatchObject({ exitCode: 0 });
      const ungranted = await hardcall(worker, call);
      expect(ungranted).toMatchObject({ exitCode: 74, stdout: "" });
      expect(ungranted.stderr).toContain("does not give this user the rights that it needs");
      await administer(
        owner,
        "GRANT USAGE ON SCHEMA hardcall TO worker_of_migrate",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hardcall TO worker_of_migrate",
      );
      expect(await hardcall(worker, call)).toMatchObject({ exitCode: 0, stdout: "published\n" });
      expect(count()).toBe(1);
    } finally {
      await administer(owner, "DROP OWNED BY worker_of_migrate", "DROP ROLE worker_of_migrate");
    }
  });
});

describe("hardcall doctor", () => {
  it("says how the server is set up", async () => {
    const ledger = withSecret(await freshDatabase());
    const before = await hardcall(ledger, ["doctor"]);
    expect(before.stdout).not.toContain("wrong clocks move no lease");
    expect(before.stdout).toMatch(
      /^yes {2}the ledger can be reached .*, PostgreSQL 18\.4, no ledger there yet, direct: a waiting call is woken at once, no TLS, [\d.]+ ms per round trip$/m,
    );
    expect(before.stdout).toMatch(
      /^yes {2}a start survives a crash of the server +synchronous_commit = on$/m,
    );
    await hardcall(ledger, ["ledger", "migrate"]);
    expect((await hardcall(ledger, ["doctor"])).stdout).toContain(`schema version ${VERSION}`);
  });

  it("says what is missing, and exits with 69", async () => {
    const url = await freshDatabase();
    const ledger = `${url}?options=-c%20synchronous_commit%3Doff`;
    const off = await hardcall(ledger, ["doctor"]);
    expect(off).toMatchObject({ exitCode: 69 });
    expect(off.stdout).toMatch(/^NO .*synchronous_commit = off: calls refuse to start$/m);
    const nowhere = await hardcall("postgres://ada:x0-geheim-77@127.0.0.1:1/jobs", ["doctor"]);
    expect(nowhere).toMatchObject({ exitCode: 69 });
    expect(nowhere.stdout).toContain("cannot be reached (ECONNREFUSED)");
  });
});

describe("bad input: one error, nothing started, no password in it", () => {
  const COMMANDS = [
    [...RUN, "--key", "a"],
    ["ledger", "list"],
    ["ledger", "migrate"],
    ["dedupe", "check", "--scope", "drafts"],
    ["sentinel", "status"],
    ["report", "--out", "report.html"],
  ];

  it.each([
    ["a URL that does not parse", `postgres://ada:${SECRET}#@db/jobs`, 2, "does not parse"],
    [
      "a schema that cannot be one",
      `postgres://ada:${SECRET}@db/jobs?schema=A-b`,
      2,
      "schema that cannot be one",
    ],
    ["a URL of another kind", `mysql://ada:${SECRET}@db/jobs`, 2, "but it is another URL"],
    ["a server that is not there", `postgres://ada:${SECRET}@127.0.0.1:1/jobs`, 74, "ECONNREFUSED"],
  ])("%s", async (_, ledger, exit, message) => {
    const { command, count } = publishing();
    const cwd = tempFolder();
    await Promise.all(
      COMMANDS.map(async (args) => {
        const argv = args[0] === "run" ? [...args.with(2, "2s"), ...command] : args;
        const told = await hardcall(ledger, argv, { cwd, stdin: "draft" });
        expect([args.join(" "), told.exitCode, told.stdout]).toEqual([args.join(" "), exit, ""]);
        expect(told.stderr).toContain(message);
      }),
    );
    expect(count()).toBe(0);
    expect(existsSync(path.join(cwd, "report.html"))).toBe(false);
  });

  it("a wrong password, and a log, an outcome file and a trace of the call", async () => {
    const server = await ownPostgres({
      access: ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256"],
    });
    const ledger = server.url.replace("postgres@", `postgres:${SECRET}@`);
    const { command, count } = publishing();
    const outcome = path.join(tempFolder(), "outcome.json");
    const call = [...RUN, "--key", "a", "--log-level", "trace", "--outcome-file", outcome, ...command];
    const told = await hardcall(ledger, call);
    expect(told).toMatchObject({ exitCode: 74, stdout: "" });
    expect(told.stderr).toContain("refused the user or the password");
    expect(readFileSync(outcome, "utf8")).toContain("ledger_unavailable");
    expect(readFileSync(outcome, "utf8")).not.toContain(SECRET);
    expect(count()).toBe(0);
  });

  it("commands that only look find no ledger, and make none", async () => {
    const ledger = await freshDatabase();
    for (const args of [
      ["ledger", "list"],
      ["report", "--out", "report.html"],
      ["sentinel", "status"],
    ]) {
      const told = await hardcall(ledger, args, { cwd: tempFolder() });
      expect(told).toMatchObject({ exitCode: 2, stdout: "" });
      expect(told.stderr).toContain("There is no ledger at postgres://");
    }
    expect(await administer(ledger, "SELECT 1 FROM pg_namespace WHERE nspname = 'hardcall'")).toEqual([]);
  });

  it("a server that takes the connection and stays silent: the call ends at its timeout", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    proxy.freeze();
    const { command, count } = publishing();
    const told = await hardcall(proxy.url, ["run", "--timeout", "2s", "--key", "a", ...command]);
    expect(told.exitCode).toBe(74);
    expect(told.ms).toBeLessThan(9000);
    expect(count()).toBe(0);
  });
});
