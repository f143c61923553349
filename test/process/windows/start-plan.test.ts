import { describe, expect, test } from "vitest";
import type { FirstLine } from "../../../src/process/start/first-line.ts";
import type { StartPlan } from "../../../src/process/start/start-plan.ts";
import { SpawnError } from "../../../src/process/start/spawn-error.ts";
import { explainOnWindows } from "../../../src/process/windows/explain-start.ts";
import { shellInvocation } from "../../../src/process/start/shell.ts";
import { planOnWindows } from "../../../src/process/windows/start-plan.ts";

const CMD = String.raw`C:\Windows\System32\cmd.exe`;
const PLAIN: FirstLine = { options: "", isCrlf: false };

interface Machine {
  readonly files?: Readonly<Record<string, FirstLine>>;
  readonly cwd?: string;
  readonly leftovers?: "end" | "leave";
  readonly batchText?: string;
}

function plan(file: string, args: readonly string[] = [], machine: Machine = {}): StartPlan | SpawnError {
  const { files = {}, cwd = String.raw`C:\work`, leftovers = "end", batchText = "" } = machine;
  const env = { Path: String.raw`C:\bin` };
  return planOnWindows(
    { file, args, cwd, env, leftovers },
    {
      isFile: (name) => name in files,
      isFolder: (name) => name === cwd,
      firstLine: (name) => files[name]!,
      batchText: () => batchText,
    },
  );
}

const refusal = (...asked: Parameters<typeof plan>): Pick<SpawnError, "kind" | "code" | "message"> => {
  const planned = plan(...asked);
  expect(planned).toBeInstanceOf(SpawnError);
  const { kind, code, message } = planned as SpawnError;
  return { kind, code, message };
};

const EXE = { [String.raw`C:\bin\tool.exe`]: PLAIN };
const BATCH = { [String.raw`C:\bin\tool.cmd`]: PLAIN };

describe("a start on Windows", () => {
  test("of a program is the file that was found, with the arguments as they are", () => {
    expect(plan("tool", ["a b", "%x%", "line\nline"], { files: EXE })).toEqual({
      file: String.raw`C:\bin\tool.exe`,
      args: ["a b", "%x%", "line\nline"],
      env: { Path: String.raw`C:\bin` },
      detached: false,
    });
  });

  test("of a batch file is cmd.exe with a quoted line", () => {
    const planned = plan("tool", ["50%"], { files: BATCH }) as StartPlan;
    expect(planned.file).toBe(CMD);
    expect(planned.args).toEqual([
      "/d",
      "/e:on",
      "/v:off",
      "/s",
      "/c",
      String.raw`""C:\bin\tool.cmd" "50%%cd:~,%""`,
    ]);
    expect(planned.env).toEqual({ Path: String.raw`C:\bin` });
    expect(planned.windowsVerbatimArguments).toBe(true);
  });

  test("of a script for cmd.exe is the script as it is typed", () => {
    const { file, args } = shellInvocation('node "my look.js" %HARDCALL_KEY% && exit 1', {
      platform: "win32",
      env: { ComSpec: CMD },
    });
    expect(plan(file, args, { files: { [CMD]: PLAIN } })).toEqual({
      file: CMD,
      args: ["/d", "/s", "/c", '"node "my look.js" %HARDCALL_KEY% && exit 1"'],
      env: { Path: String.raw`C:\bin` },
      detached: false,
      windowsVerbatimArguments: true,
    });
  });

  test("of cmd.exe with other arguments is that of any program", () => {
    expect(plan(CMD, ["/c", "dir"], { files: { [CMD]: PLAIN } })).toMatchObject({ args: ["/c", "dir"] });
  });

  test("of a script for cmd.exe is refused where cmd.exe would run a part of it", () => {
    const files = { [CMD]: PLAIN };
    expect(refusal(CMD, ["/d", "/s", "/c", "a\nb"], { files }).message).toBe(
      "cmd.exe takes a script of one line; write a batch file and name that",
    );
    expect(refusal(CMD, ["/d", "/s", "/c", "x".repeat(8192)], { files })).toMatchObject({
      kind: "too_large",
      message:
        "the script has 8192 characters and cmd.exe takes at most 8191; write a batch file and name that",
    });
  });

  test("is detached only when a daemon may live on", () => {
    expect(plan("tool", [], { files: EXE, leftovers: "leave" })).toMatchObject({ detached: true });
    expect(plan("tool", [], { files: BATCH, leftovers: "leave" })).toMatchObject({ detached: true });
  });

  test("of a path above 259 characters has the prefix for long paths", () => {
    const long = `C:\\${"x".repeat(260)}.exe`;
    expect(plan(long, [], { files: { [long]: PLAIN } })).toMatchObject({ file: `\\\\?\\${long}` });
  });

  test.each([
    ["#!/usr/bin/env node", { interpreter: "/usr/bin/env", options: "node" }, []],
    ["#!/usr/bin/env -S node --test", { interpreter: "/usr/bin/env", options: "-S node --test" }, ["--test"]],
    ["#!/usr/local/bin/node --test", { interpreter: "/usr/local/bin/node", options: "--test" }, ["--test"]],
    [String.raw`#!C:\bin\node.exe`, { interpreter: String.raw`C:\bin\node.exe`, options: "" }, []],
  ])("of a script with %s is its interpreter", (_, line, options) => {
    const script = String.raw`C:\work\run.mjs`;
    const files = { [script]: { ...line, isCrlf: true }, [String.raw`C:\bin\node.exe`]: PLAIN };
    expect(plan("./run.mjs", ["a"], { files })).toMatchObject({
      file: String.raw`C:\bin\node.exe`,
      args: [...options, script, "a"],
    });
  });
});

describe("a command that npm installed starts without the batch file that npm wrote", () => {
  const head =
    "@ECHO off\r\nGOTO start\r\n:find_dp0\r\nSET dp0=%~dp0\r\nEXIT /b\r\n:start\r\nSETLOCAL\r\nCALL :find_dp0\r\n";
  const look = String.raw`IF EXIST "%dp0%\node.exe" (¶  SET "_prog=%dp0%\node.exe"¶) ELSE (¶  SET "_prog=node"¶`;
  const end = String.raw`  SET PATHEXT=%PATHEXT:;.JS;=;%¶)¶¶endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\..\tool\cli.js" %*¶`;
  const script = head + `¶${look}${end}`.replaceAll("¶", "\r\n");
  const program = `${head}"%dp0%\\..\\tool\\tool.exe"   %*\r\n`;
  const target = { [String.raw`C:\tool\cli.js`]: PLAIN, [String.raw`C:\tool\tool.exe`]: PLAIN };
  const node = String.raw`C:\bin\node.exe`;

  test("a program, also with a line break", () => {
    const machine = { files: { ...BATCH, ...target }, batchText: program };
    expect(plan("tool", ["a\nb"], machine)).toMatchObject({
      file: String.raw`C:\tool\tool.exe`,
      args: ["a\nb"],
    });
  });

  test("a script with Node", () => {
    const machine = { files: { ...BATCH, ...target, [node]: PLAIN }, batchText: script };
    expect(plan("tool", ["a\nb"], machine)).toMatchObject({
      file: node,
      args: [String.raw`C:\tool\cli.js`, "a\nb"],
    });
  });

  test("what it names is not there: cmd.exe runs the batch file, and tells", () => {
    expect(plan("tool", [], { files: BATCH, batchText: program })).toMatchObject({ file: CMD });
    expect(plan("tool", [], { files: { ...BATCH, ...target }, batchText: script })).toMatchObject({
      file: CMD,
    });
  });
});

describe("what cannot start on Windows is refused before a process exists", () => {
  const script = String.raw`C:\work\run.sh`;
  const server = String.raw`\\server\share`;
  const deep = `C:\\${"x".repeat(260)}.cmd`;
  const cases: readonly (readonly [string, Parameters<typeof plan>, string, string])[] = [
    [
      "a name that is not on PATH",
      ["no-such"],
      "not_found",
      'the command "no-such" was not found on PATH (ENOENT)',
    ],
    [
      "a command of cmd.exe",
      ["Echo", ["12 rooms"]],
      "not_found",
      'the command "Echo" was not found on PATH (ENOENT): it is part of cmd.exe; run cmd with the arguments /c Echo',
    ],
    ["a path that is not there", ["./no-such"], "not_found", 'the command "no-such" was not found (ENOENT)'],
    ["a folder", [String.raw`C:\work`], "not_executable", 'the command "work" is a folder (EACCES)'],
    [
      "a PowerShell script",
      ["tool", [], { files: { [String.raw`C:\bin\tool.ps1`]: PLAIN } }],
      "not_executable",
      'the command "tool" was found, but Windows cannot start a .ps1 file; run powershell.exe with the arguments -NoProfile -File and its path',
    ],
    [
      "a file that another program reads",
      ["tool.py", [], { files: { [String.raw`C:\bin\tool.py`]: PLAIN } }],
      "not_executable",
      'the command "tool.py" was found, but Windows cannot start a .py file; run the program that reads it, with its path as the first argument',
    ],
    [
      "a script without a first line",
      ["./run", [], { files: { [String.raw`C:\work\run`]: PLAIN } }],
      "not_executable",
      'the command "run" was found, but Windows cannot start a file without an extension and without a #! line; run the program that reads it, with its path as the first argument',
    ],
    [
      "an interpreter that is not there",
      ["./run.sh", [], { files: { [script]: { interpreter: "/bin/sh", options: "", isCrlf: false } } }],
      "not_executable",
      'the interpreter "sh" that the first line of "run.sh" names was not found',
    ],
    [
      "a line break for a batch file",
      ["tool", ["a", "b\nc"], { files: BATCH }],
      "other",
      'argument 2 holds a line break, and cmd.exe, which runs the batch file "tool", ends a command there; send the text over stdin, or run the program behind the batch file itself',
    ],
    [
      "a batch file in a network folder",
      [String.raw`C:\bin\tool`, [], { files: BATCH, cwd: server }],
      "other",
      'the batch file "tool" cannot run in a network folder: cmd.exe would run it in the Windows folder; give the network folder a drive letter',
    ],
    [
      "a batch file with a long path",
      [deep, [], { files: { [deep]: PLAIN } }],
      "other",
      `the path of the batch file "${"x".repeat(260)}.cmd" has 267 characters and cmd.exe takes at most 259`,
    ],
    [
      "a line that is too long for cmd.exe",
      ["tool", ["x".repeat(8200)], { files: BATCH }],
      "too_large",
      'the command line has 8220 characters and cmd.exe, which runs "tool", takes at most 8191; send the text over stdin, or run the program behind the batch file itself',
    ],
    [
      "a line that is too long for Windows",
      ["tool", ["x".repeat(32_767)], { files: EXE }],
      "too_large",
      "the command line has 32783 characters and Windows takes at most 32766; send the text over stdin",
    ],
  ];

  test.each(cases)("%s", (_, asked, kind, message) => {
    expect(refusal(...asked)).toMatchObject({ kind, message });
  });

  test("a working folder that is not there", () => {
    const planned = planOnWindows(
      { file: "tool", args: [], cwd: String.raw`C:\gone`, env: {}, leftovers: "end" },
      { isFile: () => true, isFolder: () => false, firstLine: () => PLAIN, batchText: () => "" },
    );
    expect(planned).toMatchObject({ kind: "other", message: "its working folder does not exist" });
  });
});

describe("what Windows refuses to start", () => {
  const explain = (code: string, file = String.raw`C:\bin\tool.exe`, cwd = String.raw`C:\work`) =>
    explainOnWindows(
      { file, args: [], env: {}, detached: false },
      { file: "tool", args: [], env: {}, cwd, leftovers: "end" },
      Object.assign(new Error(code), { code }),
    );

  test.each([
    [
      "EFTYPE",
      "not_executable",
      'the command "tool" was found but is not a program of a kind that this Windows runs (EFTYPE)',
    ],
    [
      "EACCES",
      "not_executable",
      'Windows refused to start the command "tool" (EACCES): it may need an administrator, or a policy or a virus scanner forbids it',
    ],
    ["ENAMETOOLONG", "too_large", "its command line or a path is too long (ENAMETOOLONG)"],
    ["EMFILE", "no_resources", "the system has no process, memory or descriptor left (EMFILE)"],
    ["ENOENT", "other", 'the command "tool" was found but could not be started (ENOENT)'],
  ])("%s", (code, kind, message) => {
    expect(explain(code)).toMatchObject({ kind, code, message });
  });

  test("a working folder or a path that is too long", () => {
    expect(explain("ENOENT", undefined, `C:\\${"x".repeat(260)}`).message).toBe(
      "its working folder has 263 characters and Windows takes at most 258 (ENOENT)",
    );
    expect(explain("ENOENT", `C:\\${"x".repeat(260)}`).message).toBe(
      'the path of the command "tool" has 263 characters, and Windows could not start it (ENOENT)',
    );
  });
});
