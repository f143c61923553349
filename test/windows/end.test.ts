/** What a command's end and its output are on Windows. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunCommandOptions } from "hardcall";
import { notUnderWine } from "./lib/platform.ts";
import { at, failure, NODE, put, run, withNode } from "./lib/start-folder.ts";

describe("exit codes", () => {
  const exits = (code: number, options = {}) => failure(NODE, ["-e", `process.exit(${code})`], options);

  test("of a crash are killed, with the name that Windows gives it", async () => {
    const { code, message } = await exits(-1_073_741_819);
    assert.equal(code, "killed");
    assert.match(message, /was ended by Windows with 0xC0000005 \(STATUS_ACCESS_VIOLATION: /);
    assert.match(message, /the event log of Windows \(Application\)\.$/);
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
