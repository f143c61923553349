import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { SentinelStatus } from "../../src/sentinel/index.ts";
import { childrenOf } from "../helpers/processes.ts";
import { startHardcall } from "../helpers/run.ts";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { LEDGER_KINDS, newLedger, type LedgerKind } from "../helpers/ledger.ts";

const CLI = path.join(import.meta.dirname, "../../src/cli.ts");

class Cron implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), "hardcall-cron-"));
  readonly ledger: string;

  /** @param ledger a path or a URL */
  constructor(ledger?: string) {
    this.ledger = ledger ?? path.join(this.folder, "ledger.db");
  }

  static async with(kind: LedgerKind): Promise<Cron> {
    return new Cron(await newLedger(kind));
  }

  configure(config: unknown): void {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    writeFileSync(path.join(this.folder, "sentinels.json"), text);
  }

  run(...argv: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [CLI, "sentinel", ...argv],
      // Not in the folder: its paths are not ours.
      {
        encoding: "utf8",
        timeout: 30_000,
        cwd: "/",
        env: { ...process.env, NODE_OPTIONS: "", ALERT_URL: "", HARDCALL_LEDGER: this.ledger },
      },
    );
    return { status, stdout, stderr };
  }

  check = (...more: string[]) =>
    this.run("check", "--config", path.join(this.folder, "sentinels.json"), ...more);

  write(name: string, content: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe.each(LEDGER_KINDS)("hardcall sentinel check, the ledger in %s:", (kind) => {
  it("prints a table and exits 0 when all are ok", async () => {
    using cron = await Cron.with(kind);
    cron.write("posts/one.md", "a post");
    new DatabaseSync(path.join(cron.folder, "blog.db")).exec(
      "CREATE TABLE posts (id, at); INSERT INTO posts VALUES (1, unixepoch() - 60)",
    );
    const query = "SELECT id, at FROM posts";
    cron.configure({
      sentinels: [
        { name: "files", window: "48h", count: { files: "posts/*.md" } },
        { name: "rows", window: "48h", count: { rows: { database: "blog.db", query } } },
        { name: "drafts", window: "48h", count: { ledger: "write-draft" } },
      ],
    });
    const { status, stdout, stderr } = cron.check();
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n")).toEqual([
      "VERDICT  SENTINEL  FOUND  DUE     WHY",
      expect.stringMatching(
        /^ok {7}files {5}1\/1 {4}in 2 d {2}1 of 1 new artifacts in 2 d; the last came \d+ s ago$/,
      ),
      expect.stringMatching(
        /^ok {7}rows {6}1\/1 {4}in 2 d {2}1 of 1 new artifacts in 2 d; the last came 1 min ago$/,
      ),
      "ok       drafts    0/1    in 2 d  0 of 1 new artifacts in 2 d; there has never been one",
    ]);
    expect(status).toBe(0);
  });

  it("exits 1 when one is not, alerts once, and has no alert to give for the same thing again", async () => {
    using cron = await Cron.with(kind);
    cron.configure({
      alerts: [
        { command: `cat >> '${cron.folder}/inbox'; echo "$HARDCALL_ALERT_ID" >> '${cron.folder}/ids'` },
      ],
      sentinels: [
        { name: "gone", window: "48h", grace: 0, count: { rows: { database: "no.db", query: "SELECT 1" } } },
        { name: "fine", window: "48h", count: { files: "*.json" } },
      ],
    });
    const first = cron.check();
    expect(first.status).toBe(1);
    expect(first.stdout).toMatch(/^unknown {2}gone +\? +\? +the database file does not exist$/m);
    expect(cron.check().status).toBe(1);
    const alerts = readFileSync(path.join(cron.folder, "inbox"), "utf8").trimEnd().split("\n");
    expect(alerts.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { kind: "alert", sentinel: "gone", verdict: "unknown", reason: "the database file does not exist" },
    ]);
    expect(readFileSync(path.join(cron.folder, "ids"), "utf8")).toMatch(/^gone-\w+-1-1\n$/);
  });

  it("says that an alert could not be delivered, and exits 1", async () => {
    using cron = await Cron.with(kind);
    cron.configure({
      alerts: [{ command: "exit 3" }],
      sentinels: [{ name: "gone", window: "48h", grace: 0, count: { files: "*", cwd: "nowhere" } }],
    });
    const { status, stderr } = cron.check();
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^hardcall: The alert gone-\w+-1-1 was not delivered: the command failed \(exit_nonzero 3\)\.\n$/,
    );
    expect(cron.run("status").status).toBe(1);
  });

  it("prints JSON for machines", async () => {
    using cron = await Cron.with(kind);
    cron.configure({ sentinels: [{ name: "fine", window: "48h", count: { files: "*.json" } }] });
    const { stdout } = cron.check("--json");
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      sentinels: [{ name: "fine", verdict: "ok", found: 1 }],
    });
  });
});

describe("hardcall sentinel check, with what it cannot use,", () => {
  it("refuses a configuration with every problem at once, before anything is checked", () => {
    using cron = new Cron();
    cron.configure({
      sentinel: [],
      sentinels: [
        { name: "A", window: "3 parsecs", count: { files: "*" }, min: 0 },
        { name: "b", windo: "48h", window: "48h", count: { rows: { query: "SELECT 1" } } },
        { name: "c", window: "48h", count: { files: "*" }, alerts: [{ webhook: { env: "ALERT_URL" } }] },
        {
          name: "c",
          window: "48h",
          count: { files: "*" },
          maintenance: [{ from: "2026-12-02", to: "2026-12-01" }],
        },
      ],
    });
    const { status, stdout, stderr } = cron.check();
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([
      `hardcall: Invalid configuration ${cron.folder}/sentinels.json:`,
      "- sentinels[1].count.rows.database: Invalid input: expected string, received undefined",
      "- sentinels[1].windo is not an option",
      "- sentinel is not an option",
      '- the name "c" is used more than once',
      '- sentinels[0] (A): name is "A"; give up to 64 of a-z, 0-9 and -',
      '- sentinels[0] (A): window is "3 parsecs"; give milliseconds, or a string such as "90s", "10m" or "1h30m"',
      "- sentinels[0] (A): min is 0; give a whole number from 1 to 10000",
      "- sentinels[2] (c): alerts: the environment variable ALERT_URL does not hold an http or https URL",
      '- sentinels[3] (c): maintenance[0] needs two times, such as 2026-11-20T22:00:00Z, "from" before "to"',
    ]);
  });

  it.each([
    ["{", "it is not JSON: "],
    ["[]", "it: Invalid input"],
  ])("refuses %j", (text, problem) => {
    using cron = new Cron();
    cron.configure(text);
    const { status, stderr } = cron.check();
    expect(status).toBe(2);
    expect(stderr).toContain(`- ${problem}`);
  });

  it("exits 74 when there is no ledger to remember it in", () => {
    using cron = new Cron();
    cron.configure({ sentinels: [{ name: "fine", window: "48h", count: { files: "*.json" } }] });
    cron.write(
      "ledger.db",
      "this is not a database, but it is long enough to look like a file of one".repeat(20),
    );
    const { status, stderr } = cron.check();
    expect(status).toBe(74);
    expect(stderr).toMatch(/^hardcall: The ledger .* is damaged or not a database/);
  });
});

it.each(LEDGER_KINDS)(
  "a name that another configuration has in the ledger is refused with exit code 2; that one's end still shows (%s)",
  async (kind) => {
    using cron = await Cron.with(kind);
    const config = { sentinels: [{ name: "fine", window: "48h", every: 1, count: { files: "*.json" } }] };
    cron.write("a.json", JSON.stringify(config));
    cron.configure(config);
    const a = path.join(cron.folder, "a.json");
    expect(cron.run("check", "--config", a).status).toBe(0);
    const { status, stderr } = cron.check();
    expect(status).toBe(2);
    expect(stderr).toContain(`- the name "fine" is taken in this ledger by ${a} (last checked `);
    const after = cron.run("status");
    expect(after.status).toBe(1);
    expect(after.stdout).toContain(`OVERDUE  ${a}: `);
  },
);

it("a check that is told to end while it counts has said nothing about what it counts", async () => {
  using cron = new Cron();
  new DatabaseSync(path.join(cron.folder, "blog.db")).close();
  const query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS id FROM n";
  cron.configure({
    alerts: [{ command: `echo >> '${cron.folder}/alerted'` }],
    sentinels: [
      { name: "slow", window: "48h", unknownGrace: 0, count: { rows: { database: "blog.db", query } } },
    ],
  });
  const config = path.join(cron.folder, "sentinels.json");
  const { child, pid, finished } = startHardcall([
    "sentinel",
    "check",
    "--config",
    config,
    "--ledger",
    cron.ledger,
  ]);
  for (let left = 1000; childrenOf(pid, "query-process").length === 0 && left > 0; left--) await wait(20);
  child.kill("SIGTERM");
  expect((await finished).signal).toBe("SIGTERM");
  const status = JSON.parse(cron.run("status", "--json").stdout) as SentinelStatus;
  expect(status).toMatchObject({ undelivered: 0, sentinels: [{ name: "slow" }] });
  expect(status.sentinels[0]).not.toHaveProperty("verdict");
});

describe("hardcall sentinel status", () => {
  it.each(LEDGER_KINDS)(
    "exits 2 without a ledger, 1 when nothing was ever checked, 0 after a pass, 1 when the next is overdue (%s)",
    async (kind) => {
      using cron = await Cron.with(kind);
      const missing = cron.run("status");
      expect(missing).toMatchObject({ status: 2, stdout: "" });
      expect(missing.stderr).toContain("There is no ledger at");
      await (await connectLedger({ ledger: cron.ledger })).close();
      const never = cron.run("status");
      expect(never).toMatchObject({ status: 1, stdout: "No sentinel was ever checked with this ledger.\n" });
      const sentinel = { name: "fine", window: "48h", count: { files: "*.json" } };
      cron.configure({ sentinels: [sentinel] });
      cron.check();
      const alive = cron.run("status");
      expect(alive.status).toBe(0);
      expect(alive.stdout).toMatch(
        /^ok {2}.*sentinels\.json: last checked in full .*: 1 sentinels, 0 not ok$/m,
      );
      cron.configure({ sentinels: [{ ...sentinel, every: 1 }] });
      cron.check();
      const overdue = cron.run("status");
      expect(overdue.status).toBe(1);
      expect(overdue.stdout).toMatch(/^OVERDUE {2}/);
    },
  );

  it.each([
    [["status", "twice"], '"twice" is one word too many'],
    [["look"], '"look" is not a command of hardcall sentinel; there are check, status'],
    [
      ["status", "--config", "sentinels.json"],
      "--config is not an option of hardcall sentinel status, but of hardcall sentinel check",
    ],
    [["check"], "--config is missing; name the JSON file that defines the sentinels"],
  ])("refuses %j", (argv, message) => {
    using cron = new Cron();
    const { status, stderr } = cron.run(...argv);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
