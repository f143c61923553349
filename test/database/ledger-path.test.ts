import { mkdirSync, readdirSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultLedgerPath, filePath } from "../../src/database/ledger-path.ts";
import { linesOf, ROOT, tempFolder } from "../helpers/files.ts";
import { start } from "../helpers/run.ts";

const refusal = (message: string) => ({
  code: "invalid_config",
  message: expect.stringContaining(message) as unknown,
});

describe("the default place", () => {
  it.each([
    [{ HARDCALL_LEDGER: "/a/b.db", XDG_STATE_HOME: "/s" }, "/a/b.db"],
    [{ XDG_STATE_HOME: "/s" }, "/s/hardcall/ledger.db"],
    [{ XDG_STATE_HOME: "relative" }, /\/\.local\/state\/hardcall\/ledger\.db$/],
    [{}, /\/\.local\/state\/hardcall\/ledger\.db$/],
  ])("with %j is %s", (env, expected) => {
    expect(defaultLedgerPath(env)).toMatch(expected);
  });
});

describe("the home folder", () => {
  function setHome(home: string): void {
    const before = process.env["HOME"];
    onTestFinished(() => {
      if (before === undefined) delete process.env["HOME"];
      else process.env["HOME"] = before;
    });
    process.env["HOME"] = home;
  }

  it.each(["", "relative/home"])("is the same in every folder, also with HOME=%j", (home) => {
    setHome(home);
    const ofUser = userInfo().homedir;
    expect(defaultLedgerPath({})).toBe(path.join(ofUser, ".local/state/hardcall/ledger.db"));
    expect(defaultLedgerPath({ HARDCALL_LEDGER: "~/x.db" })).toBe(path.join(ofUser, "x.db"));
    expect(defaultLedgerPath({ XDG_STATE_HOME: "~/s" })).toBe(path.join(ofUser, "s/hardcall/ledger.db"));
  });
});

describe("HARDCALL_LEDGER", () => {
  it.each([
    ["/a/b.db", "/a/b.db"],
    ["/a/./c/../b.db", "/a/b.db"],
    ["/a/~/b.db", "/a/~/b.db"],
    ["/a/:memory:", "/a/:memory:"],
    ["/a/file:x", "/a/file:x"],
    ["/a b/c\nd.db", "/a b/c\nd.db"],
    ["~/b.db", path.join(homedir(), "b.db")],
  ])("%j is %s", (HARDCALL_LEDGER, expected) => {
    expect(defaultLedgerPath({ HARDCALL_LEDGER })).toBe(expected);
  });

  it.each([
    ["rel.db", "HARDCALL_LEDGER is a relative path"],
    ["./rel.db", "HARDCALL_LEDGER is a relative path"],
    ["../rel.db", "HARDCALL_LEDGER is a relative path"],
    ["%h/x.db", "HARDCALL_LEDGER is a relative path"],
    ['"/a/b.db"', "HARDCALL_LEDGER is a relative path"],
    ["$HOME/x.db", 'HARDCALL_LEDGER begins with "$", so the shell did not replace its variable'],
    ["${HOME}/x.db", 'HARDCALL_LEDGER begins with "$"'],
    ["~", 'HARDCALL_LEDGER begins with "~"'],
    ["~ada/x.db", 'HARDCALL_LEDGER begins with "~"'],
    [":memory:", 'HARDCALL_LEDGER is ":memory:"'],
    ["file:x.db", "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL"],
    [
      "file::memory:",
      "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL",
    ],
    [
      "FILE:/a/b.db?mode=memory",
      "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL",
    ],
    [
      "sqlite:/a/b.db",
      "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL",
    ],
    [
      "postgres://ada:pw@db/x",
      "HARDCALL_LEDGER must be the path of a file or a postgres:// URL, but it is another URL",
    ],
    ["ada:pw@db:5432/x", "HARDCALL_LEDGER looks like a URL without its beginning"],
    ["", "HARDCALL_LEDGER is blank"],
    [" ", "HARDCALL_LEDGER is blank"],
    [" /a/b.db", "HARDCALL_LEDGER begins or ends with a blank or a line break"],
    ["/a/b.db ", "HARDCALL_LEDGER begins or ends with a blank or a line break"],
    ["/a/b.db\r", "HARDCALL_LEDGER begins or ends with a blank or a line break"],
    ["/a/b.db\n", "HARDCALL_LEDGER begins or ends with a blank or a line break"],
    ["/a/b/", 'HARDCALL_LEDGER ends with "/"'],
  ])("%j is refused", (HARDCALL_LEDGER, message) => {
    expect(() => defaultLedgerPath({ HARDCALL_LEDGER })).toThrow(
      expect.objectContaining(refusal(message)) as Error,
    );
  });

  it("is never shown: it may hold a password", () => {
    for (const HARDCALL_LEDGER of ["ada:pw@db/x", "postgres:ada:pw@db/x", "file:pw", "$pw", "~pw", "pw "]) {
      expect(() => defaultLedgerPath({ HARDCALL_LEDGER })).not.toThrow("pw");
      expect(() => defaultLedgerPath({ HARDCALL_LEDGER })).toThrow("HARDCALL_LEDGER");
    }
  });
});

describe("XDG_STATE_HOME", () => {
  it("~/ is the home folder, as in the shell that the other hosts got it from", () => {
    expect(defaultLedgerPath({ XDG_STATE_HOME: "~/state" })).toBe(
      path.join(homedir(), "state/hardcall/ledger.db"),
    );
  });

  it.each(["/s\n", "/s "])("%j is refused", (XDG_STATE_HOME) => {
    expect(() => defaultLedgerPath({ XDG_STATE_HOME })).toThrow("XDG_STATE_HOME");
  });
});

describe("a path given in code, or by --ledger", () => {
  it.each([
    ["x.db", path.resolve("x.db")],
    ["./:memory:", path.resolve(":memory:")],
    ["10:00.db", path.resolve("10:00.db")],
    ["run-10:00.db", path.resolve("run-10:00.db")],
    ["~/x.db", path.join(homedir(), "x.db")],
  ])("%j is %s", (given, expected) => {
    expect(filePath(given)).toBe(expected);
  });

  it.each([
    [":memory:", 'is ":memory:"'],
    ["file:x.db", "must be the path of a file or a postgres:// URL, but it is another URL"],
    ["file:///x.db", "must be the path of a file or a postgres:// URL, but it is another URL"],
    ["sqlite:x.db", "must be the path of a file or a postgres:// URL, but it is another URL"],
    ["~ada/x.db", 'begins with "~"'],
    ["$STATE/x.db", 'begins with "$"'],
    ["", "is blank"],
    ["x.db\n", "begins or ends with a blank or a line break"],
    ["x\0.db", "begins or ends with a blank or a line break, or contains a NUL"],
    ["deep/", 'ends with "/"'],
  ])("%j is refused", (given, message) => {
    expect(() => filePath(given)).toThrow(
      expect.objectContaining(refusal(`The ledger's path ${message}`)) as Error,
    );
  });
});

it("a relative path of a definition is one ledger, also after the working folder has changed", async () => {
  const folder = tempFolder();
  const [here, there] = [path.join(folder, "here"), path.join(folder, "there")];
  for (const each of [here, there]) mkdirSync(each);
  const program = `
    import { appendFileSync } from "node:fs";
    import { dedupe, defineCall, task } from ${JSON.stringify(path.join(ROOT, "src/index.ts"))};
    const publish = () => appendFileSync(${JSON.stringify(path.join(folder, "effect"))}, "x\\n");
    const call = defineCall({ name: "a", callee: task(publish), timeout: "20s", effects: "once", key: () => "a", ledger: "l.db" });
    const gate = dedupe({ scope: "s", ledger: "l.db" });
    for (const folder of ${JSON.stringify([here, there])}) {
      if (folder !== process.cwd()) process.chdir(folder);
      await call();
      await gate.once("words", publish);
    }`;
  const argv = ["--input-type=module", "-e", program];
  const { exitCode, stderr } = await start(process.execPath, argv, { cwd: here }).finished;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(linesOf(path.join(folder, "effect"))).toHaveLength(2);
  expect(readdirSync(there)).toEqual([]);
});
