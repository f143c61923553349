import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { start, type RunOptions } from "../helpers/run.ts";
import { asUser, canBeAnotherUser } from "../helpers/users.ts";

/** Two folders for the hosts, a home, and a file that shows what was published. */
class Machine {
  readonly folder = tempFolder();
  readonly home = path.join(this.folder, "home");
  readonly here = path.join(this.folder, "here");
  readonly there = path.join(this.folder, "there");
  readonly #effect = path.join(this.folder, "effect");

  constructor() {
    for (const folder of [this.home, this.here, this.there]) mkdirSync(folder);
  }

  get published(): number {
    return linesOf(this.#effect).length;
  }

  /** Runs the same call, in a folder. Without a variable of the machine that runs the tests. */
  async publish(cwd: string, env: RunOptions["env"], flags: readonly string[] = []) {
    const call = ["--timeout", "60s", "--name", "publish", "--key", "a", "--fingerprint-cwd", "/", ...flags];
    const argv = ["run", ...call, "--", "sh", "-c", `cd / && echo x >> ${this.#effect} && echo published`];
    return await this.hardcall(cwd, env, argv);
  }

  async hardcall(cwd: string, env: RunOptions["env"], argv: readonly string[], as: readonly string[] = []) {
    const [file = "", ...args] = [...as, process.execPath, path.join(ROOT, "src/cli.ts"), ...argv];
    const { exitCode, stdout, stderr } = await start(file, args, {
      cwd,
      env: { HARDCALL_LEDGER: undefined, XDG_STATE_HOME: undefined, HOME: this.home, ...env },
      // The content of dedupe.
      stdin: "words",
    }).finished;
    return { exitCode, stdout: stdout.toString(), stderr };
  }
}

const refusal = (message: string) => ({
  exitCode: 2,
  stdout: "",
  stderr: expect.stringContaining(message) as unknown,
});

describe("a ledger that would be another one in each folder starts nothing", () => {
  it.each<[NodeJS.ProcessEnv, string]>([
    [{ HARDCALL_LEDGER: "rel.db" }, "HARDCALL_LEDGER is a relative path"],
    [{ HARDCALL_LEDGER: ":memory:" }, 'HARDCALL_LEDGER is ":memory:"'],
    [
      { HARDCALL_LEDGER: "file:x.db?mode=memory" },
      "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL",
    ],
    [{ HARDCALL_LEDGER: "$HOME/x.db" }, 'HARDCALL_LEDGER begins with "$"'],
    [{ HARDCALL_LEDGER: "~ada/x.db" }, 'HARDCALL_LEDGER begins with "~"'],
  ])("with %j", async (env, message) => {
    const machine = new Machine();
    expect(await machine.publish(machine.here, env)).toEqual(refusal(message));
    expect(machine.published).toBe(0);
    expect(readdirSync(machine.here)).toEqual([]);
  });

  it
    .runIf(canBeAnotherUser)
    .each<[NodeJS.ProcessEnv]>([
      [{ HOME: undefined }],
      [{ HOME: "" }],
      [{ HOME: "home" }],
      [{ HOME: "", XDG_STATE_HOME: "state" }],
      [{ HOME: "", HARDCALL_LEDGER: "~/x.db" }],
    ])("with %j, for a user that the system does not know", async (env) => {
    const machine = new Machine();
    const call = ["run", "--timeout", "60s", "--key", "a", "--", "echo", "hello"];
    expect(await machine.hardcall(ROOT, env, call, asUser)).toEqual(
      refusal("HOME is not an absolute path and the user has no home folder"),
    );
  });

  it.each<[string, string]>([
    [":memory:", 'is ":memory:"'],
    ["file:x.db", "must be the path of a file or a postgres:// URL, but it is another URL"],
    ["", "is blank"],
    ["$STATE/x.db", 'begins with "$"'],
  ])("with --ledger %j, in each command", async (ledger, message) => {
    const machine = new Machine();
    const flag = ["--ledger", ledger];
    expect(await machine.publish(machine.here, {}, flag)).toEqual(refusal(message));
    for (const command of [
      ["ledger", "list"],
      ["dedupe", "check", "--scope", "s"],
      ["sentinel", "status"],
      ["report", "--out", path.join(machine.folder, "report.html")],
    ]) {
      expect(await machine.hardcall(machine.here, {}, [...command, ...flag])).toEqual(refusal(message));
    }
    expect(machine.published).toBe(0);
    expect(readdirSync(machine.here)).toEqual([]);
  });
});

describe("a ledger that is one in every folder", () => {
  it.each<[NodeJS.ProcessEnv, string]>([
    [{ HARDCALL_LEDGER: "~/x.db" }, "x.db"],
    [{ XDG_STATE_HOME: "~/state" }, "state/hardcall/ledger.db"],
    [{ XDG_STATE_HOME: "state" }, ".local/state/hardcall/ledger.db"],
    [{ XDG_STATE_HOME: "" }, ".local/state/hardcall/ledger.db"],
  ])("with %j is ~/%s", async (env, expected) => {
    const machine = new Machine();
    for (const folder of [machine.here, machine.there])
      expect(await machine.publish(folder, env)).toMatchObject({ exitCode: 0, stdout: "published\n" });
    expect(machine.published).toBe(1);
    expect(existsSync(path.join(machine.home, expected))).toBe(true);
    expect(readdirSync(machine.here)).toEqual([]);
  });

  it("with --ledger=~/x.db, which no POSIX shell expands", async () => {
    const machine = new Machine();
    for (const folder of [machine.here, machine.there])
      expect(await machine.publish(folder, {}, ["--ledger=~/x.db"])).toMatchObject({ exitCode: 0 });
    expect(machine.published).toBe(1);
    expect(existsSync(path.join(machine.home, "x.db"))).toBe(true);
  });

  it("does not ask for a home that it does not need", async () => {
    const machine = new Machine();
    const env = { HOME: "", HARDCALL_LEDGER: path.join(machine.folder, "x.db") };
    expect(await machine.publish(machine.here, env)).toMatchObject({ exitCode: 0 });
    expect(await machine.publish(machine.here, { HOME: "", XDG_STATE_HOME: machine.folder })).toMatchObject({
      exitCode: 0,
    });
  });
});

it("--ledger with a relative path is a file of the working folder, as any file is", async () => {
  const machine = new Machine();
  expect(await machine.publish(machine.here, {}, ["--ledger", "x.db"])).toMatchObject({ exitCode: 0 });
  expect(await machine.publish(machine.here, {}, ["--ledger", "./x.db"])).toMatchObject({ exitCode: 0 });
  expect(machine.published).toBe(1);
  expect(existsSync(path.join(machine.here, "x.db"))).toBe(true);
});

it("a ledger that an older version made under a literal ~ is not left behind in silence", async () => {
  const machine = new Machine();
  const literal = path.join(machine.here, "~", "x.db");
  await machine.publish(machine.here, {}, ["--ledger", literal]);
  const again = await machine.publish(machine.here, { HARDCALL_LEDGER: "~/x.db" });
  expect(again).toEqual(refusal(`There is a ledger at ${literal}`));
  expect(machine.published).toBe(1);
});
