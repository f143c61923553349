/** Which file starts on Windows, in which folder and with which environment, and what is refused. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { ConfigError } from "hardcall";
import { notUnderWine } from "./lib/platform.ts";
import { at, failure, FOLDER, NODE, PERCENT, put, run, withNode } from "./lib/start-folder.ts";

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
