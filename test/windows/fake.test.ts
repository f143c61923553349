import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fakeAnthropicApi, fakeBigQuery, fakeClaude } from "hardcall/testing";
import {
  environment,
  FAKE_BIN,
  LIMIT_MS,
  pathWith,
  runProgram,
  tempFolder,
  typed,
} from "./lib/command-line.ts";
import { notUnderWine } from "./lib/platform.ts";

const OK = { FAKE_CLAUDE_MODE: "ok", FAKE_CLAUDE_TEXT: "Grüße aus Köln", PATH: pathWith(FAKE_BIN) };

describe("typed at cmd.exe, claude.cmd", () => {
  // What is typed, and the prompt that the fake must have got. In quotes cmd.exe reads nothing but the percent sign.
  const typing: readonly (readonly [typed: string, prompt: string])[] = [
    [`"two words"`, "two words"],
    [`"a & b | c > d < e"`, "a & b | c > d < e"],
    [`"a ^ b (c) wow! 'q'"`, "a ^ b (c) wow! 'q'"],
    [`"50% more"`, "50% more"],
    [String.raw`"C:\Program Files\x"`, String.raw`C:\Program Files\x`],
    [`"say \\"hi\\""`, 'say "hi"'],
    [`"%HARDCALL_WORD%"`, "from the environment"],
  ];
  for (const [line, prompt] of typing) {
    const skip =
      prompt.includes("%") &&
      notUnderWine("Wine's cmd.exe takes a percent sign out of the arguments of a batch file");
    test(`gets ${line} as it is`, { skip }, async () => {
      const log = path.join(tempFolder(), "log");
      const env = {
        ...OK,
        FAKE_CLAUDE_LOG: log,
        FAKE_CLAUDE_LOG_PROMPT: "1",
        HARDCALL_WORD: "from the environment",
      };
      const end = await typed(`claude -p ${line}`, { env });
      assert.deepEqual(end, { exitCode: 0, stdout: "Grüße aus Köln\n", stderr: "" });
      const prompts = readFileSync(log, "utf8")
        .trimEnd()
        .split("\n")
        .map((entry) => JSON.parse(entry) as { event: string; prompt?: { text: string } })
        .filter(({ event }) => event === "prompt");
      assert.deepEqual(
        prompts.map((entry) => entry.prompt?.text),
        [prompt],
      );
    });
  }

  test("is found in a folder with a name of blanks, &, ^, !, quotes and parentheses, also when its own is in quotes", async () => {
    const folder = path.join(tempFolder(), "fakes & 'more' ^wow! (x86)");
    // Not cpSync: that of Node 22.23 garbles a path with an umlaut on Windows.
    await cp(FAKE_BIN, folder, { recursive: true });
    const env = { ...OK, PATH: pathWith(folder) };
    for (const line of [
      "claude --version",
      `"claude" --version`,
      `"${path.join(folder, "claude.cmd")}" --version`,
    ]) {
      const end = await typed(line, { env, cwd: tempFolder() });
      assert.deepEqual(end, { exitCode: 0, stdout: "2.1.329 (Claude Code) [fake]\n", stderr: "" }, line);
    }
  });

  test("ends with the exit code of the fake", async () => {
    const env = { ...OK, FAKE_CLAUDE_MODE: "fail" };
    assert.equal((await typed("claude -p x", { env })).exitCode, 1);
    const nothing = await typed("claude -p x", { env: { ...env, FAKE_CLAUDE_MODE: "" } });
    assert.equal(nothing.exitCode, 1);
    assert.match(nothing.stderr, /nothing says what to do/);
  });

  const noAnd = notUnderWine("in Wine's cmd.exe && and || do not see the exit code of a batch file");
  test("ends with an exit code that && and || see", { skip: noAnd }, async () => {
    const env = { ...OK, FAKE_CLAUDE_MODE: "fail" };
    assert.equal((await typed("claude -p x && echo yes", { env })).stdout, "");
    assert.match((await typed("claude -p x || echo no", { env })).stdout, /^no/);
  });

  test("reads a prompt that is piped to it, and does not wait for NUL", async () => {
    const piped = await typed("echo A prompt| claude -p", { env: OK });
    assert.equal(piped.stdout, "Grüße aus Köln\n", piped.stderr);
    const empty = await typed("claude -p < NUL", { env: OK });
    assert.equal(empty.exitCode, 1);
    assert.match(empty.stderr, /Input must be provided/);
  });
});

describe("in PowerShell, claude.cmd", () => {
  const skip = notUnderWine("Wine's powershell.exe does nothing");
  // Before 7.3 PowerShell does not escape a quote within an argument; a prompt with quotes goes over stdin.
  test("gets an argument with blanks and metacharacters", { skip }, async () => {
    const log = path.join(tempFolder(), "log");
    const env = { ...OK, FAKE_CLAUDE_LOG: log, FAKE_CLAUDE_LOG_PROMPT: "1" };
    const script = "claude -p 'a & b | c ^ d' ; exit $LASTEXITCODE";
    const end = await runProgram("powershell.exe", ["-NoProfile", "-Command", script], { env });
    assert.equal(end.exitCode, 0, end.stderr);
    assert.match(readFileSync(log, "utf8"), /"text":"a & b \| c \^ d"/);
  });
});

/** Not by `fetch`, whose sockets Wine 8 cannot connect. */
async function statusOf(url: string): Promise<number> {
  const [response] = (await once(get(url, { agent: false }), "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

describe("the other commands", () => {
  test("claude-verify says whether a log fits", async () => {
    const log = path.join(tempFolder(), "calls.log");
    const env = { ...OK, FAKE_CLAUDE_LOG: log };
    await typed("claude -p x --model sonnet", { env });
    const verify = (checks: string) => typed(`claude-verify "${log}" ${checks}`, { env });
    assert.equal((await verify("--calls 1 --modes ok --all-used --flag model=sonnet")).exitCode, 0);
    assert.equal((await verify("--calls 2")).exitCode, 1);
    assert.equal((await verify("--nonsense")).exitCode, 2);
  });

  for (const server of ["bigquery", "anthropic-api", "responses-api", "gemini-api"]) {
    test(`${server}.cmd serves, and ends when the cmd.exe that runs it is ended`, async (t) => {
      const comSpec = process.env["ComSpec"] ?? "cmd.exe";
      const child = spawn(comSpec, ["/d", "/s", "/c", server], {
        env: environment({ PATH: pathWith(FAKE_BIN) }),
        stdio: ["ignore", "pipe", "inherit"],
        timeout: LIMIT_MS,
        killSignal: "SIGKILL",
      });
      t.after(() => child.kill("SIGKILL"));
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      assert.ok((await statusOf(`${line.toString().trim()}/nothing-is-here`)) >= 400);
      // The server holds the pipe: it closes when the server has ended.
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    });
  }

  test("a server of hardcall/testing ends with its disposal", async () => {
    for (const start of [fakeBigQuery, fakeAnthropicApi]) {
      const server = await start();
      const { url } = server;
      assert.ok((await statusOf(`${url}/nothing-is-here`)) >= 400);
      await server[Symbol.asyncDispose]();
      await assert.rejects(statusOf(url));
    }
  });
});

describe("fakeClaude()", () => {
  test("runs a sequence of modes, logs the calls and removes its folder", async () => {
    const fake = await fakeClaude({ mode: ["fail", "ok"] });
    const env = { ...fake.env };
    const codes = [];
    for (const _ of [1, 2, 3]) codes.push((await typed("claude -p x", { env })).exitCode);
    assert.deepEqual(codes, [1, 0, 0]);
    const calls = await fake.calls();
    assert.deepEqual(
      calls.map(({ mode }) => mode),
      ["fail", "ok", "ok"],
    );
    await fake[Symbol.asyncDispose]();
    assert.throws(() => readFileSync(fake.env["FAKE_CLAUDE_LOG"]!), { code: "ENOENT" });
  });

  test("plays a scenario that ends by a signal, and the log has it", async () => {
    const fake = await fakeClaude({
      scenario: { replies: [{ chunks: [{ stdout: "half a" }], signal: "SIGTERM" }] },
    });
    const child = spawn(process.execPath, [path.join(FAKE_BIN, "claude"), "-p", "x"], {
      env: environment({ ...fake.env }),
      stdio: ["ignore", "pipe", "inherit"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const [stdout, [exitCode]] = await Promise.all([text(child.stdout), once(child, "close")]);
    assert.deepEqual([stdout, exitCode], ["half a", 143]);
    const [call] = await fake.calls();
    assert.deepEqual(
      call?.signals.map(({ signal }) => signal),
      ["SIGTERM"],
    );
    assert.equal(call.exitCode, 143);
    await fake[Symbol.asyncDispose]();
  });
});
