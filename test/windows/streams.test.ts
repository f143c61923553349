import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import {
  CLI,
  cmd,
  FAKE_BIN,
  LIMIT_MS,
  tempFolder,
  hardcall,
  node,
  pathWith,
  run,
  typed,
} from "./lib/command-line.ts";
import { runWithoutStreams } from "./lib/without-streams.ts";

describe("stdout", () => {
  test("has the bytes of the command, CRLF and all, on a pipe and in a file", async () => {
    const code = "process.stdout.write(Buffer.from([0, 13, 10, 255, 65, 10]))";
    const file = path.join(tempFolder(), "out");
    const fd = openSync(file, "w");
    try {
      const args = [CLI, ...run([], node(code))];
      const { status } = spawnSync(process.execPath, args, {
        stdio: ["ignore", fd, "inherit"],
        timeout: 60_000,
      });
      assert.equal(status, 0);
    } finally {
      closeSync(fd);
    }
    assert.deepEqual([...readFileSync(file)], [0, 13, 10, 255, 65, 10]);
  });

  test("takes 5 MB through a pipe", async () => {
    const end = await hardcall(run([], node("process.stdout.write('x'.repeat(5e6))")));
    assert.equal(end.stdout.length, 5_000_000);
    assert.equal(end.exitCode, 0);
  });

  test("may be NUL", async () => {
    const quoted = `"${process.execPath}" "${CLI}"`;
    const end = await typed(`${quoted} run --timeout 60s -- "${process.execPath}" -p 1 > NUL`);
    assert.deepEqual(end, { exitCode: 0, stdout: "", stderr: "" });
  });

  test("whose reader has gone is no fault", async (t) => {
    const child = spawn(process.execPath, [CLI, ...run([], node("console.log('x'.repeat(1e6))"))], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    t.after(() => child.kill("SIGKILL"));
    child.stdout.destroy();
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, "close")]);
    assert.equal(stderr, "");
    assert.equal(exitCode, 0);
  });
});

describe("stdin", () => {
  const UPPER = node("process.stdin.on('data', (d) => process.stdout.write(String(d).toUpperCase()))");

  test("is handed on as it is with --stdin", async () => {
    const end = await hardcall(run(["--stdin"], UPPER), { stdin: "grüße\r\n" });
    assert.deepEqual(end, { exitCode: 0, stdout: "GRÜSSE\r\n", stderr: "" });
  });

  test("is read whole before a call with a key", async () => {
    const ledger = path.join(tempFolder(), "ledger.db");
    const args = run(["--stdin", "--key", "k", "--ledger", ledger], UPPER);
    const end = await hardcall(args, { stdin: "a".repeat(300_000) });
    assert.equal(end.stdout, "A".repeat(300_000), end.stderr);
    assert.equal((await hardcall(args, { stdin: "other" })).exitCode, 73);
  });

  test("has the prompt for claude, with or without the mark that PowerShell writes first", async () => {
    const log = path.join(tempFolder(), "log");
    const env = {
      PATH: pathWith(FAKE_BIN),
      FAKE_CLAUDE_MODE: "ok",
      FAKE_CLAUDE_LOG: log,
      FAKE_CLAUDE_LOG_PROMPT: "1",
    };
    const end = await hardcall(["claude", "--timeout", "60s"], { env, stdin: "\uFEFFWrite about Köln\r\n" });
    assert.equal(end.exitCode, 0, end.stderr);
    assert.match(readFileSync(log, "utf8"), /"text":"Write about Köln/);
  });

  test("in UTF-16 is refused with what to do", async () => {
    const stdin = Buffer.from("\uFEFFWrite", "utf16le");
    const end = await hardcall(["claude", "--timeout", "60s"], { stdin });
    assert.equal(end.exitCode, 2);
    assert.match(end.stderr, /stdin is UTF-16/);
  });
});

describe("a program", () => {
  test("without standard handles, such as a service, makes its calls; its stdin is empty", async () => {
    const file = path.join(tempFolder(), "outcome.json");
    const count = [process.execPath, "-p", "require('fs').readFileSync(0).length"];
    const args = run(["--stdin", "--outcome-file", file], count);
    assert.equal(await runWithoutStreams(process.execPath, [CLI, ...args]), 0);
    const { value } = JSON.parse(readFileSync(file, "utf8")) as { value: string };
    assert.equal(value, "0");
  });

  // The suite's own stdout is a file of Linux, and under Wine Node has no descriptor for such a handle (EBADF).
  const OURS = 1;
  const hosted = (args: readonly string[], stdin: "ignore" | number, stdout: "pipe" | number) =>
    spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", CLI, ...args], {
      stdio: [stdin, stdout, "pipe"],
      encoding: "utf8",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });

  test("that cannot look at its stdout writes to it all the same", () => {
    const { status, stderr } = hosted(run([], cmd("echo written")), "ignore", OURS);
    assert.deepEqual([status, stderr], [0, ""]);
  });

  test("that cannot read its stdin says so, and starts nothing", () => {
    const ledger = path.join(tempFolder(), "ledger.db");
    const args = run(["--stdin", "--key", "k", "--ledger", ledger], cmd("echo 1"));
    const { status, stdout, stderr } = hosted(args, OURS, "pipe");
    assert.match(stderr, /stdin could not be read/);
    assert.deepEqual([status, stdout], [2, ""]);
  });
});

describe("files", () => {
  const OK = cmd("echo 1");

  test("an outcome file takes the place of an older one that another process reads", async () => {
    const file = path.join(tempFolder(), "outcome.json");
    writeFileSync(file, "old");
    const reader = openSync(file, "r");
    try {
      const end = await hardcall(run(["--outcome-file", file], OK));
      assert.equal(end.exitCode, 0, end.stderr);
      assert.equal((JSON.parse(readFileSync(file, "utf8")) as { outcome: string }).outcome, "executed");
    } finally {
      closeSync(reader);
    }
  });

  test("an outcome file may be NUL", async () => {
    const end = await hardcall(run(["--outcome-file", "NUL"], OK));
    assert.deepEqual(end, { exitCode: 0, stdout: "1\r\n", stderr: "" });
  });

  test("an outcome file in a folder that is not there is refused before the start", async () => {
    const file = path.join(tempFolder(), "missing", "outcome.json");
    const end = await hardcall(run(["--outcome-file", file], OK));
    assert.equal(end.exitCode, 2);
    assert.match(end.stderr, /--outcome-file cannot be written/);
  });

  test("a schema may begin with the mark that Windows PowerShell writes", async () => {
    const schema = path.join(tempFolder(), "schema.json");
    writeFileSync(schema, '\uFEFF{ "type": "number" }\r\n');
    assert.equal((await hardcall(run(["--schema", schema], OK))).exitCode, 0);
    assert.equal((await hardcall(run(["--schema", schema], cmd("echo {}")))).exitCode, 65);
  });

  test("evidence may be named with backslashes", async () => {
    const file = path.join(tempFolder(), "post.md");
    const write = node(`require("node:fs").writeFileSync(${JSON.stringify(file)}, "x"); console.log(1)`);
    const end = await hardcall(run(["--evidence-file", file], write));
    assert.equal(end.exitCode, 0, end.stderr);
  });
});
