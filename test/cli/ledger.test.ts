import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { MIGRATIONS } from "../../src/database/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { linesIn } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { killAll } from "../helpers/processes.ts";
import * as cli from "../helpers/run.ts";

const UUID = "[-0-9a-f]{36}";

/** A shell command that leaves a line in a file each time it runs: its effect. */
function publishing(ledger: string, then = "echo published") {
  const effect = path.join(path.dirname(ledger), "effect");
  return {
    effect,
    count: () => (existsSync(effect) ? readFileSync(effect, "utf8").split("\n").length - 1 : 0),
    command: ["--", "sh", "-c", `echo "$HARDCALL_KEY" >> ${effect}; ${then}`],
  };
}

const readable = ({ exitCode, stdout, stderr }: cli.Finished) => ({
  exitCode,
  stdout: stdout.toString(),
  stderr,
});
const hardcall = async (args: readonly string[], options?: cli.RunOptions) =>
  readable(await cli.hardcall(args, options));

const run = (ledger: string, flags: readonly string[], command: readonly string[]) =>
  hardcall(["run", "--timeout", "60s", "--name", "publish", "--ledger", ledger, ...flags, ...command]);

const PROBE = (effect: string) => `grep -qx "$HARDCALL_KEY" ${effect} 2>/dev/null`;

describe("hardcall run --key", () => {
  it("runs once; after that it gives the first output back", async () => {
    const ledger = ledgerPath();
    const { command, count } = publishing(ledger);
    expect(await run(ledger, ["--key", "lodge/6pm"], command)).toEqual({
      exitCode: 0,
      stdout: "published\n",
      stderr: "",
    });
    const again = await run(ledger, ["--key", "lodge/6pm"], command);
    expect(again).toMatchObject({ exitCode: 0, stdout: "published\n" });
    expect(again.stderr).toMatch(new RegExp(`^hardcall: publish replayed from call ${UUID}\n$`));
    expect(count()).toBe(1);
  });

  it("may run again after an exit code that says that it refused", async () => {
    const ledger = ledgerPath();
    const { command, count } = publishing(ledger, "exit 75");
    const flags = ["--key", "a", "--rejected-exit-codes", "3,75"];
    expect(await run(ledger, flags, command)).toMatchObject({ exitCode: 69 });
    expect(await run(ledger, flags, command)).toMatchObject({ exitCode: 69 });
    expect(count()).toBe(2);
    expect(await run(ledger, ["--key", "b"], command)).toMatchObject({ exitCode: 69 });
    expect(await run(ledger, ["--key", "b"], command)).toMatchObject({ exitCode: 76 });
    expect(count()).toBe(3);
    for (const list of ["", "0", "a", "3,,4", "256"]) {
      const wrong = await run(ledger, ["--key", "a", "--rejected-exit-codes", list], command);
      expect(wrong).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("from 1 to 255") as string,
      });
    }
  });

  it("finds the ledger in HARDCALL_LEDGER too, and makes its folder", async () => {
    const ledger = path.join(path.dirname(ledgerPath()), "deep", "down", "ledger.db");
    const args = ["run", "--timeout", "60s", "--key", "a", "--", "echo", "hello"];
    expect(await hardcall(args, { env: { HARDCALL_LEDGER: ledger } })).toMatchObject({ stdout: "hello\n" });
    expect(existsSync(ledger)).toBe(true);
  });

  it("exits 73 for the same key with another command, and does not run it", async () => {
    const ledger = ledgerPath();
    await run(ledger, ["--key", "a"], ["--", "echo", "one"]);
    const other = publishing(ledger);
    expect(await run(ledger, ["--key", "a"], other.command)).toEqual({
      exitCode: 73,
      stdout: "",
      stderr:
        'hardcall: The call "publish" was given a key that was first used with a different input; these parts differ: command, arguments. Use a different key for a different input.\n',
    });
    expect(other.count()).toBe(0);
  });

  it("exits 73 while it is running elsewhere", async () => {
    const ledger = ledgerPath();
    const { command, effect, count } = publishing(ledger, "read -r line < pipe; echo published");
    execFileSync("mkfifo", [path.join(path.dirname(ledger), "pipe")], { timeout: 30_000 });
    const script = (command.at(-1) ?? "").replace("< pipe", `< ${path.join(path.dirname(ledger), "pipe")}`);
    const flags = ["run", "--timeout", "60s", "--name", "publish", "--ledger", ledger, "--key", "a"];
    const { finished, child } = cli.startHardcall([...flags, "--", "sh", "-c", script]);
    await linesIn(effect, 1);
    const during = await hardcall([...flags, "--", "sh", "-c", script]);
    expect(during).toMatchObject({ exitCode: 73, stdout: "" });
    expect(during.stderr).toContain(`is in progress elsewhere (process ${child.pid} on `);
    writeFileSync(path.join(path.dirname(ledger), "pipe"), "go on\n");
    expect(readable(await finished)).toMatchObject({ exitCode: 0, stdout: "published\n" });
    expect(count()).toBe(1);
  });

  it("exits 76 after a run that was killed, until an operator says what happened", async () => {
    const ledger = ledgerPath();
    const dying = publishing(ledger, 'test -e "$0.go" && echo published || { touch "$0.go"; sleep 60; }');
    const command = [...dying.command, path.join(path.dirname(ledger), "script")];
    const flags = ["run", "--timeout", "60s", "--name", "publish", "--ledger", ledger, "--key", "a"];
    const { child, finished } = cli.startHardcall([...flags, ...command]);
    await linesIn(dying.effect, 1);
    const exited = once(child, "exit");
    killAll([child.pid ?? 0]);
    await exited;
    await finished;
    const next = await hardcall([...flags, ...command]);
    expect(next).toMatchObject({ exitCode: 76, stdout: "" });
    expect(next.stderr).toMatch(/may have happened: an attempt .* ago did not report its end \(owner_lost\)/);
    expect(next.stderr).toContain("hardcall ledger resolve");
    expect(dying.count()).toBe(1);

    const say = [
      "ledger",
      "resolve",
      "a",
      "--ledger",
      ledger,
      "--by",
      "ann",
      "--why",
      "it is not on the page",
    ];
    expect(await hardcall([...say, "--as", "absent"])).toEqual({
      exitCode: 0,
      stdout: "publish a: resolved as absent; it is now failed\n",
      stderr: "",
    });
    expect(await hardcall([...flags, ...command])).toMatchObject({ exitCode: 0, stdout: "published\n" });
    expect(dying.count()).toBe(2);
    expect(await hardcall([...say, "--as", "done"])).toMatchObject({
      exitCode: 73,
      stderr:
        "hardcall: nothing was resolved: publish a is succeeded, not in doubt; add --force to overrule that\n",
    });
    const shown = await hardcall(["ledger", "show", "a", "--ledger", ledger]);
    expect(shown.stdout).toMatch(/looked at .* by ann: absent \(it is not on the page\)/);
  });

  it("exits 74 when the ledger is no ledger, and runs nothing", async () => {
    const ledger = ledgerPath();
    writeFileSync(ledger, "this is not a database, however long it may be. ".repeat(100));
    const { command, count } = publishing(ledger);
    const settled = await run(ledger, ["--key", "a"], command);
    expect(settled).toMatchObject({ exitCode: 74, stdout: "" });
    expect(settled.stderr).toMatch(/is damaged or not a database\. Keep the file/);
    expect(count()).toBe(0);
    expect(await hardcall(["ledger", "list", "--ledger", ledger])).toMatchObject({
      exitCode: 74,
      stdout: "",
    });
  });

  it.each([
    [["--key", ""], "blank"],
    [["--key", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"], "hash of empty content"],
    [["--effects", "verifiable", "--key", "a"], "needs a probe"],
    [["--effects", "once", "--key", "a", "--attempts", "2"], "--attempts cannot be used with --effects"],
    [["--effects", "keyed", "--attempts", "2"], "needs a key"],
    [["--effects", "perhaps"], '--effects is "perhaps"'],
  ])("exits 2 for %j, and runs nothing", async (flags, why) => {
    const ledger = ledgerPath();
    const { command, count } = publishing(ledger);
    const settled = await run(ledger, flags, command);
    expect(settled).toMatchObject({ exitCode: 2, stdout: "" });
    expect(settled.stderr).toContain(why);
    expect(count()).toBe(0);
  });
});

describe("hardcall run --effects verifiable --probe", () => {
  it("looks after an end that says nothing, and is done if it is there", async () => {
    const ledger = ledgerPath();
    const { command, count, effect } = publishing(ledger, "exit 1");
    const flags = [
      "--key",
      "a",
      "--effects",
      "verifiable",
      "--probe",
      PROBE(effect),
      "--effect-within",
      "none",
      "--attempts",
      "3",
    ];
    const settled = await run(ledger, flags, command);
    expect(settled).toMatchObject({ exitCode: 0, stdout: "" });
    expect(settled.stderr).toMatch(
      /^hardcall: publish recovered from call .*; its output is not kept \(none\)\n$/,
    );
    expect(count()).toBe(1);
  });

  it("tries again if it is not there", async () => {
    const ledger = ledgerPath();
    const { count, effect } = publishing(ledger);
    writeFileSync(effect, "");
    const script = `test "$HARDCALL_ATTEMPT" = 1 && exit 1; echo "$HARDCALL_KEY" >> ${effect}; echo published`;
    const flags = [
      "--key",
      "a",
      "--effects",
      "verifiable",
      "--probe",
      PROBE(effect),
      "--effect-within",
      "none",
      "--attempts",
      "2",
    ];
    expect(await run(ledger, flags, ["--", "sh", "-c", script])).toMatchObject({
      exitCode: 0,
      stdout: "published\n",
    });
    expect(count()).toBe(1);
  });

  it("exits 76 when the probe cannot tell", async () => {
    const ledger = ledgerPath();
    const { command, count } = publishing(ledger, "exit 1");
    const flags = [
      "--key",
      "a",
      "--effects",
      "verifiable",
      "--probe",
      "exit 7",
      "--effect-within",
      "none",
      "--attempts",
      "2",
    ];
    expect(await run(ledger, flags, command)).toMatchObject({ exitCode: 76, stdout: "" });
    expect(count()).toBe(1);
  });
});

it("hardcall run --effects keyed sends the same key each time", async () => {
  const ledger = ledgerPath();
  const { effect, command } = publishing(ledger, 'test "$HARDCALL_ATTEMPT" = 3 && echo published');
  const flags = ["--key", "lodge/6pm", "--effects", "keyed", "--attempts", "3"];
  expect(await run(ledger, flags, command)).toMatchObject({ exitCode: 0, stdout: "published\n" });
  expect(readFileSync(effect, "utf8")).toBe("lodge/6pm\n".repeat(3));
});

/** A ledger with a success, a failure in doubt and a key that two calls use. */
async function withHistory(): Promise<string> {
  const ledger = ledgerPath();
  await run(ledger, ["--key", "good"], ["--", "echo", "fine"]);
  await run(ledger, ["--key", "bad"], ["--", "sh", "-c", "echo half; echo it broke >&2; exit 3"]);
  const other = ["run", "--timeout", "60s", "--name", "other", "--ledger", ledger, "--key", "good"];
  await hardcall([...other, "--", "echo", "fine"]);
  return ledger;
}

describe("hardcall ledger", () => {
  it("lists, filters, shows and resolves", async () => {
    const ledger = await withHistory();
    const tell = (...args: string[]) => hardcall(["ledger", ...args, "--ledger", ledger]);
    const list = await tell("list");
    const lines = list.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^STATE +NAME +KEY +ATTEMPTS +CODE +AGE +CALL$/);
    expect(lines[2]).toMatch(new RegExp(`^in_doubt +publish +bad +1 +exit_nonzero +.* +${UUID}$`));

    const doubts = JSON.parse((await tell("list", "--state", "in_doubt", "--json")).stdout) as unknown;
    expect(doubts).toMatchObject([{ name: "publish", key: "bad", effects: "once", effect: "unknown" }]);
    expect((await tell("list", "--name", "other")).stdout.trimEnd().split("\n")).toHaveLength(2);
    expect((await tell("list", "--older-than", "1h")).stdout.trimEnd().split("\n")).toHaveLength(1);
    expect((await tell("list", "--limit", "1", "--json")).stdout).toContain('"other"');

    const [doubt] = doubts as [{ callId: string }];
    const shown = await tell("show", doubt.callId);
    expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
    expect(shown.stdout).toMatch(/state {4}in_doubt \(by attempt\)/);
    expect(shown.stdout).toMatch(/attempt 1: .*Z {2}exit_nonzero, effect unknown, after /);
    expect(shown.stdout).toContain("exit code 3");
    expect(shown.stdout).toMatch(/stdout 5 bytes, sha256 [0-9a-f]{64}/);
    expect(shown.stdout).toMatch(/stderr, its end:\n +it broke/);
    expect(JSON.parse((await tell("show", "bad", "--json")).stdout)).toMatchObject([
      { record: { key: "bad" }, attempts: [{ code: "exit_nonzero", exitCode: 3, stderrTail: "it broke\n" }] },
    ]);

    const why = ["--by", "ann", "--why", "I saw it"];
    expect(await tell("resolve", "bad", "--as", "done", ...why)).toMatchObject({
      exitCode: 0,
      stdout: "publish bad: resolved as done; it is now succeeded\n",
    });
    const replayed = await run(
      ledger,
      ["--key", "bad"],
      ["--", "sh", "-c", "echo half; echo it broke >&2; exit 3"],
    );
    expect(replayed).toMatchObject({ exitCode: 65, stdout: "" });
    expect(replayed.stderr).toContain("but the ledger did not keep its output (none)");
  });

  it("says what it cannot do", async () => {
    const ledger = await withHistory();
    const tell = (...args: string[]) => hardcall(["ledger", ...args, "--ledger", ledger]);
    expect(await tell("show", "nothing")).toMatchObject({
      exitCode: 69,
      stderr: `hardcall: the ledger ${ledger} has no call with the id or key "nothing"; hardcall ledger list shows what it has, and --ledger names another\n`,
    });
    const why = ["--as", "done", "--by", "ann", "--why", "I saw it"];
    const ambiguous = await tell("resolve", "good", ...why);
    expect(ambiguous.exitCode).toBe(2);
    expect(ambiguous.stderr).toMatch(
      /"good" belongs to several calls \((other, publish|publish, other)\); say which with --name/,
    );
    for (const args of [
      ["resolve", "bad", "--as", "done", "--by", "ann"],
      ["list", "--state", "odd"],
      ["burn"],
    ]) {
      expect(await tell(...args)).toMatchObject({ exitCode: 2, stdout: "" });
    }
    expect(await tell("list", "--limit", "many")).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("prunes what is old: the values first, then the keys, and never what is in doubt", async () => {
    const ledger = await withHistory();
    const tell = (...args: string[]) => hardcall(["ledger", ...args, "--ledger", ledger]);
    expect((await tell("prune")).stdout).toMatch(/^0 values were dropped/);
    expect((await tell("prune", "--retention", "1ms")).stdout).toMatch(/^2 values were dropped, .*; 0 calls/);
    const late = await run(ledger, ["--key", "good"], ["--", "echo", "fine"]);
    expect(late).toMatchObject({ exitCode: 65, stdout: "" });
    expect(late.stderr).toContain("but the ledger did not keep its output (pruned)");
    const last = await tell("prune", "--retention", "1ms", "--tombstone", "1ms", "--json");
    expect(JSON.parse(last.stdout)).toEqual({ tombstoned: 0, deleted: 2, journal: 0 });
    expect(JSON.parse((await tell("list", "--json")).stdout)).toMatchObject([
      { key: "bad", state: "in_doubt" },
    ]);
  });
});

it("the ledger can be read with plain SQL, and its schema says what each column means", async () => {
  const ledger = ledgerPath();
  await run(ledger, ["--key", "a"], ["--", "sh", "-c", "exit 3"]);
  const queries = [
    "SELECT name, key, state, effect, code FROM overview",
    "SELECT exit_code, code, effect FROM attempts",
    "SELECT sql FROM sqlite_schema WHERE name = 'operations'",
  ];
  const answers = hasSqlite3()
    ? queries.map((query) =>
        execFileSync("sqlite3", ["-readonly", ledger, query], {
          encoding: "utf8",
          timeout: 30_000,
        }).trimEnd(),
      )
    : readWithNode(ledger, queries);
  expect(answers.slice(0, 2)).toEqual(["publish|a|in_doubt|unknown|exit_nonzero", "3|exit_nonzero|unknown"]);
  expect(answers[2]).toContain("-- grows at each takeover; a write under an older one is refused");
  expect(MIGRATIONS[0]).toContain(answers[2]?.slice(0, answers[2].indexOf("pruned_at")));
  expect(answers[2]).toContain("/* so long after ended_at an effect may still appear */");
  // The reader has left nothing locked.
  await (await openSqliteStore({ path: ledger })).close();
});

function readWithNode(ledger: string, queries: readonly string[]): string[] {
  const database = new DatabaseSync(ledger, { readOnly: true });
  const answers = queries.map((query) => Object.values(database.prepare(query).get() ?? {}).join("|"));
  database.close();
  return answers;
}

function hasSqlite3(): boolean {
  try {
    execFileSync("sqlite3", ["--version"], { stdio: "pipe", timeout: 30_000 });
    return true;
  } catch {
    return false; // Node's own is asked instead.
  }
}
