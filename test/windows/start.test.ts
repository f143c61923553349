/** How commands start on Windows: which file, with which arguments and environment, and what is refused. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { CallError, ConfigError, runCommand, type RunCommandOptions } from "hardcall";
import { notUnderWine } from "./lib/platform.ts";

const NODE = process.execPath;
/** Blanks, an ampersand, quotes of other kinds and letters that no OEM code page has together. */
const FOLDER = path.join(mkdtempSync(path.join(tmpdir(), "start-")), "a b & (ü) 'é' 漢");
mkdirSync(FOLDER);
after(() => rmSync(path.dirname(FOLDER), { recursive: true, force: true, maxRetries: 5 }));

const at = (...names: string[]) => path.join(FOLDER, ...names);
function put(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

const SHOW = put("show.cjs", "console.log(JSON.stringify(process.argv.slice(2)));");
/** As npm writes one for a package's command, but for its look for a node.exe beside it. */
put(
  "shim.cmd",
  '@ECHO off\r\nSETLOCAL\r\nSET "_prog=node"\r\n"%_prog%" "%~dp0\\show.cjs" %*\r\nEXIT /b %errorlevel%\r\n',
);

const run = async (file: string, args: readonly string[] = [], options: Partial<RunCommandOptions> = {}) =>
  runCommand(file, args, { timeout: "60s", ...options });

const withNode = { PATH: `${path.dirname(NODE)};${process.env["PATH"]}` };

async function argsSeenBy(file: string, args: readonly string[]): Promise<unknown> {
  const { value } = await run(file, args, { env: withNode });
  return JSON.parse(value);
}

async function failure(...asked: Parameters<typeof run>): Promise<CallError> {
  const error = await run(...asked).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof CallError, `a CallError, not ${String(error)}`);
  return error;
}

const PERCENT = notUnderWine("Wine's cmd.exe reads a percent sign that stands for itself once more");
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

describe("the search", () => {
  test("finds a name on PATH with PATHEXT, in any spelling of the variables", async () => {
    put("found-here.cmd", "@echo found\r\n");
    for (const name of ["PATH", "Path", "path"]) {
      const { value } = await run("found-here", [], { env: { [name]: `C:\\none;"${FOLDER}"` } });
      assert.equal(value, "found");
    }
  });

  test("looks in the child's working folder first", async () => {
    put("local-tool.cmd", "@echo local\r\n");
    const { value } = await run("local-tool", [], { cwd: FOLDER });
    assert.equal(value, "local");
    const none = { NoDefaultCurrentDirectoryInExePath: "1" };
    const { cause } = await failure("local-tool", [], { cwd: FOLDER, env: none });
    assert.equal((cause as { kind?: string }).kind, "not_found");
  });

  test("of a command that does not exist fails before cmd.exe is asked", async () => {
    const { code, effect, message, cause } = await failure("no-such-command");
    assert.deepEqual({ code, effect }, { code: "spawn_failed", effect: "not_started" });
    assert.match(message, /the command "no-such-command" was not found on PATH \(ENOENT\)/);
    assert.equal((cause as { kind?: string }).kind, "not_found");
  });

  test("tells what Windows cannot start, and what can", async () => {
    put("script.ps1", "Write-Output hi\r\n");
    put("script.py", "print('hi')\r\n");
    assert.match(
      (await failure(at("script.ps1"))).message,
      /powershell\.exe with the arguments -NoProfile -File/,
    );
    assert.match((await failure(at("script.py"))).message, /Windows cannot start a \.py file/);
    assert.match((await failure(FOLDER)).message, /is a folder/);
  });

  test("a file that is no program is found but not executable", async () => {
    put("no-program.exe", "this is text");
    const { code, cause } = await failure(at("no-program.exe"));
    assert.equal(code, "spawn_failed");
    assert.notEqual((cause as { kind?: string }).kind, "not_found");
  });

  test("the command line exits with 127 for what is not there and with 126 for what cannot start", () => {
    const cli = path.resolve("node_modules/hardcall/dist/cli.js");
    const exit = (command: string) => {
      try {
        execFileSync(NODE, [cli, "run", "--timeout", "30s", "--", command], {
          stdio: "ignore",
          timeout: 60_000,
        });
        return 0;
      } catch (error) {
        return (error as { status?: number }).status;
      }
    };
    assert.equal(exit("no-such-command"), 127);
    assert.equal(exit(at("script.ps1")), 126);
  });
});

describe("paths", () => {
  test("a working folder with blanks, percent signs and other alphabets", async () => {
    const { value } = await run(NODE, ["-p", "process.cwd()"], { cwd: FOLDER });
    assert.equal(value, FOLDER);
    put("where.cmd", "@node -p process.cwd()\r\n");
    const batch = await run(at("where"), [], { cwd: FOLDER, env: withNode });
    assert.equal(batch.value, FOLDER);
  });

  test("a working folder that is not there", async () => {
    await assert.rejects(run(NODE, [], { cwd: at("gone") }), ConfigError);
  });

  test("a batch file does not run in a network folder, as cmd.exe would change to another", async () => {
    const { message, effect } = await failure(at("shim"), [], { cwd: `\\\\?\\${FOLDER}` });
    assert.match(message, /cannot run in a network folder/);
    assert.equal(effect, "not_started");
  });

  test("a batch file whose path holds percent signs", { skip: PERCENT }, async () => {
    const folder = at("50% %PATH% off");
    mkdirSync(folder);
    writeFileSync(path.join(folder, "tool.cmd"), "@echo found\r\n");
    assert.equal((await run(path.join(folder, "tool"))).value, "found");
  });

  const deep = at("x".repeat(120), "y".repeat(120));

  test("a batch file above 259 characters is refused", async () => {
    mkdirSync(deep, { recursive: true });
    writeFileSync(path.join(deep, "tool.cmd"), "@echo hi\r\n");
    assert.match((await failure(path.join(deep, "tool"))).message, /and cmd\.exe takes at most 259/);
  });

  const noLongPath = notUnderWine("Wine's CreateProcess takes no path above 259 characters");
  test("a program above 259 characters starts", { skip: noLongPath }, async () => {
    mkdirSync(deep, { recursive: true });
    const program = path.join(deep, "tool.exe");
    copyFileSync(process.env["ComSpec"]!, program);
    assert.equal((await run(program, ["/d", "/c", "echo started"])).value, "started");
  });
});

describe("the environment", () => {
  test("has each name once, and the last spelling wins", async () => {
    process.env["Hardcall_Test_Case"] = "outer";
    const script =
      "JSON.stringify(Object.entries(process.env).filter(([name]) => /^hardcall_test_case$/i.test(name)))";
    const seen = async (env: Record<string, string | undefined>) =>
      JSON.parse((await run(NODE, ["-p", script], { env })).value) as unknown;
    assert.deepEqual(await seen({ hardcall_test_CASE: "inner" }), [["hardcall_test_CASE", "inner"]]);
    assert.deepEqual(await seen({ HARDCALL_TEST_CASE: undefined }), []);
  });

  test("gives the child an empty stdin", async () => {
    const { value } = await run(NODE, ["-p", "require('fs').readFileSync(0).length"]);
    assert.equal(value, "0");
  });
});

describe("exit codes", () => {
  const exits = (code: number, options = {}) => failure(NODE, ["-e", `process.exit(${code})`], options);

  test("of a crash are killed, with the name that Windows gives it", async () => {
    const { code, message } = await exits(-1_073_741_819);
    assert.equal(code, "killed");
    assert.match(message, /was ended by Windows with 0xC0000005 \(STATUS_ACCESS_VIOLATION: /);
    assert.match((await exits(-1_073_741_510)).message, /0xC000013A \(STATUS_CONTROL_C_EXIT: /);
  });

  test("of a batch file are the program's, with 32 bits", async () => {
    put("exits.cmd", '@node -e "process.exit(%1)"\r\n@exit /b %errorlevel%\r\n');
    const { code, exitCode } = await failure(at("exits"), ["300"], { env: withNode });
    assert.deepEqual({ code, exitCode }, { code: "exit_nonzero", exitCode: 300 });
  });

  test("above 31 bits are written as cmd.exe shows them, and can be listed so", async () => {
    const { code, message } = await exits(-1);
    assert.equal(code, "exit_nonzero");
    assert.match(message, /exited with code 4294967295 \(0xFFFFFFFF, -1\)/);
    const { exitCode } = await run(NODE, ["-e", "console.log('ok'); process.exitCode = -1"], {
      okExitCodes: [-1],
    });
    assert.equal(exitCode, 4_294_967_295);
  });

  test("9009 of cmd.exe itself is the command's when a batch file ends with it", async () => {
    put("asks-for-more.cmd", "@no-such-command\r\n@exit /b 9009\r\n");
    assert.equal((await failure(at("asks-for-more"))).exitCode, 9009);
  });
});

describe("output", () => {
  const prints = (expression: string, options: Partial<RunCommandOptions> = {}) =>
    run(NODE, ["-e", `process.stdout.write(${expression})`], options);

  test("of CRLF alone is blank, in UTF-8 and in UTF-16", async () => {
    for (const blank of [
      "'\\r\\n'",
      "Buffer.from('\\ufeff\\r\\n', 'utf16le')",
      "Buffer.from('\\r\\n', 'utf16le')",
    ])
      await assert.rejects(prints(blank), { code: "empty_output" });
  });

  test("loses one final CRLF", async () => {
    assert.equal((await prints("'a\\r\\n\\r\\n'")).value, "a\r\n");
  });

  test("in the code page of a console is kept byte by byte, and is no UTF-8 text", async () => {
    const { value, stdoutBytes } = await prints("Buffer.from([0x81, 0x84])");
    assert.equal(stdoutBytes, 2);
    assert.equal(value, "\ufffd\ufffd");
  });

  test("of chcp 65001 is UTF-8", { skip: notUnderWine("Wine's cmd.exe has one code page") }, async () => {
    put("utf8.cmd", "@chcp 65001 >nul\r\n@echo ä漢\r\n");
    assert.equal((await run(at("utf8"))).value, "ä漢");
  });
});
