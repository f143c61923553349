/** What a command gets of its arguments on Windows, and what is refused. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { describe, test } from "node:test";
import { ConfigError } from "hardcall";
import { at, failure, NODE, PERCENT, put, run, SHOW, withNode } from "./lib/start-folder.ts";

async function argsSeenBy(file: string, args: readonly string[]): Promise<unknown> {
  const { value } = await run(file, args, { env: withNode });
  return JSON.parse(value);
}

const WITH_PERCENT = [
  "50%",
  "%PATH%",
  "%%",
  "%",
  "%%cd:~,%",
  "--x=%TEMP%",
  "%~1",
  "%*",
  "100% & 50%",
  '"%CD:~0,1%"&echo injected> injected.txt',
];

/** Each has a meaning for cmd.exe, for the quotes of a command line, or for both. */
const ARGUMENTS = [
  "plain",
  "",
  " ",
  "a b",
  "a&b",
  "a & b",
  "a|b",
  "a>b<c",
  "a^b",
  "^^",
  "!x!",
  'say "hi"',
  '"',
  '""',
  "(a)",
  "a)",
  "a\\",
  "a b\\",
  "a\\\\",
  'a\\"b',
  'a\\\\"',
  "a;b,c=d",
  "*?",
  "'q'",
  "`~$@#",
  "\t",
  "/?",
  "ü é 漢字 😀",
  '" & echo injected > injected.txt & "',
  "&echo injected> injected.txt",
  '"&echo injected> injected.txt',
];

describe("arguments", () => {
  test("reach a program through a batch file as they are, whatever they mean to cmd.exe", async () => {
    assert.deepEqual(await argsSeenBy(at("shim"), ARGUMENTS), ARGUMENTS);
    assert.ok(!existsSync("injected.txt") && !existsSync(at("injected.txt")));
  });

  test("with percent signs reach it too", { skip: PERCENT }, async () => {
    assert.deepEqual(await argsSeenBy(at("shim"), WITH_PERCENT), WITH_PERCENT);
    assert.ok(!existsSync("injected.txt") && !existsSync(at("injected.txt")));
  });

  test("in random order and random mixtures of what cmd.exe reads reach it too", async () => {
    const characters = Array.from("ab \\\"&|<>^!(),;=@*?'é");
    let state = 20_261_122;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    for (let round = 0; round < 3; round++) {
      const args = Array.from({ length: 40 }, () =>
        Array.from({ length: random(12) }, () => characters[random(characters.length)]).join(""),
      );
      assert.deepEqual(await argsSeenBy(at("shim.cmd"), args), args);
    }
  });

  test("reach a program itself, line breaks too", async () => {
    const args = [...ARGUMENTS, ...WITH_PERCENT, "two\r\nlines", "x".repeat(20_000)];
    assert.deepEqual(await argsSeenBy(NODE, [SHOW, ...args]), args);
  });

  test("reach a script by its first line", async () => {
    put("script.cjs", "#!/usr/bin/env node\nconsole.log(JSON.stringify(process.argv.slice(2)));");
    assert.deepEqual(await argsSeenBy(at("script.cjs"), ARGUMENTS), ARGUMENTS);
  });

  test("reach what npm installed without cmd.exe: line breaks and percent signs too", async () => {
    mkdirSync(at("installed"));
    put("installed/cli.js", "console.log(JSON.stringify(process.argv.slice(2)));");
    const lines = [
      "@ECHO off",
      "GOTO start",
      ":find_dp0",
      "SET dp0=%~dp0",
      "EXIT /b",
      ":start",
      "SETLOCAL",
      "CALL :find_dp0",
      "",
      String.raw`IF EXIST "%dp0%\node.exe" (`,
      String.raw`  SET "_prog=%dp0%\node.exe"`,
      ") ELSE (",
      '  SET "_prog=node"',
      "  SET PATHEXT=%PATHEXT:;.JS;=;%",
      ")",
      "",
      String.raw`endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\installed\cli.js" %*`,
      "",
    ];
    put("installed-tool.cmd", lines.join("\r\n"));
    const args = [...ARGUMENTS, ...WITH_PERCENT, "two\r\nlines", "x".repeat(9000)];
    assert.deepEqual(await argsSeenBy(at("installed-tool"), args), args);
  });

  test("that a batch file cannot take are refused before anything starts", async () => {
    const broken = await failure(at("shim"), ["a", "b\nc"]);
    assert.equal(broken.code, "spawn_failed");
    assert.equal(broken.effect, "not_started");
    assert.match(
      broken.message,
      /argument 2 holds a line break, and cmd\.exe, which runs the batch file "shim"/,
    );
    const long = await failure(at("shim"), ["x".repeat(8200)]);
    assert.equal(long.code, "spawn_failed");
    assert.match(long.message, /takes at most 8191/);
  });

  test("longer than Windows takes are refused before anything starts", async () => {
    await assert.rejects(run(NODE, ["x".repeat(32_767)]), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /Windows takes at most 32766; send the text over stdin/);
      return true;
    });
    await assert.rejects(run(NODE, [], { env: { LONG: "x".repeat(32_767) } }), ConfigError);
  });

  test("as long as Windows takes work", async () => {
    const length = 32_766 - NODE.length - 10;
    const { value } = await run(NODE, ["-p", "process.argv[1].length", "x".repeat(length - 30)]);
    assert.equal(value, String(length - 30));
  });
});
