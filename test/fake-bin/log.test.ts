import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readLog, runFake, startFake, temporaryFolder } from "./harness.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the log", () => {
  test("has a start, a prompt and an end of the same invocation", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "log");
    const args = ["-p", "--model=sonnet", "--allowedTools", "Read", "Bash"];
    const run = await runFake(args, {
      mode: "ok",
      stdin: "say hi",
      cwd: folder,
      env: { FAKE_CLAUDE_LOG: log },
    });
    const [start, prompt, end] = readLog(log);
    const asked = {
      argv: ["-p", "--model=sonnet", "--allowedTools", "Read", "Bash"],
      flags: { print: true, model: "sonnet", "allowed-tools": ["Read", "Bash"] },
      cwd: folder,
      pid: run.pid,
      ppid: process.pid,
      mode: "ok",
      step: 0,
    };
    const stdin = { bytes: 6, sha256: sha256("say hi"), head: "say hi" };
    expect(start).toMatchObject({ event: "start", ...asked });
    expect(prompt).toMatchObject({ event: "prompt", stdin, prompt: { bytes: 6, sha256: sha256("say hi") } });
    expect(end).toMatchObject({ event: "end", ...asked, stdin, signals: [], exitCode: 0, signal: null });
    expect(end?.["durationMs"]).toBeTypeOf("number");
    expect(new Set([start, prompt, end].map((record) => record?.["invocation"])).size).toBe(1);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test("holds no key, no token and no prompt", async () => {
    const log = join(temporaryFolder(), "log");
    const long = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A=";
    const args = [
      "-p",
      "PROMPT-BODY-7",
      "--system-prompt",
      "SYSTEM-BODY-7",
      "--append-system-prompt=APPENDED-BODY-7",
      "--settings",
      '{"apiKeyHelper":"SETTINGS-BODY-7"}',
      "--mcp-config",
      '{"mcpServers":{"x":{"headers":{"Authorization":"MCP-BODY-7"}}}}',
      "--agents",
      '{"a":{"prompt":"AGENT-BODY-7"}}',
      "--model",
      "sk-ant-api03-MODELKEY7",
    ];
    await runFake(args, {
      mode: "ok",
      stdin: `key sk-ant-STDINKEY7 Bearer BEARER7TOKEN ${long} password=PASSWORD7`,
      env: { FAKE_CLAUDE_LOG: log, ANTHROPIC_API_KEY: "sk-ant-ENVKEY7", MY_SECRET: "ENVSECRET7" },
    });
    const text = readFileSync(log, "utf8");
    for (const canary of ["BODY-7", "KEY7", "BEARER7", "PASSWORD7", "ENVSECRET7", long]) {
      expect(text).not.toContain(canary);
    }
    expect(text).toContain("key [redacted] Bearer [redacted]");
    expect(text).toContain(sha256("SYSTEM-BODY-7"));
  });

  test("holds no prompt that a variadic flag took", async () => {
    const log = join(temporaryFolder(), "log");
    const args = ["-p", "--allowedTools", "Read", "Bash(git *)", "write a long post about CANARY-8 today"];
    await runFake([...args, "--resume", "and one about CANARY-8 tomorrow"], {
      mode: "ok",
      env: { FAKE_CLAUDE_LOG: log },
    });
    const text = readFileSync(log, "utf8");
    expect(text).not.toContain("CANARY-8");
    expect(text).toContain('"allowed-tools":["Read","Bash(git *)",{"bytes":38,');
  });

  test("FAKE_CLAUDE_LOG_PROMPT=1 adds the prompt, scrubbed", async () => {
    const log = join(temporaryFolder(), "log");
    const env = { FAKE_CLAUDE_LOG: log, FAKE_CLAUDE_LOG_PROMPT: "1" };
    await runFake(["-p", "write it with ghp_abcdefghijklmnop"], { mode: "ok", env });
    expect(readLog(log)[1]?.["prompt"]).toMatchObject({ text: "write it with [redacted]" });
  });

  test("keeps the start of an invocation that is killed", async () => {
    const log = join(temporaryFolder(), "log");
    const fake = startFake(["-p", "x", "--output-format", "stream-json", "--verbose"], {
      mode: "hang",
      env: { FAKE_CLAUDE_LOG: log },
    });
    await fake.printed("\n");
    fake.child.kill("SIGKILL");
    await fake.ended;
    expect(readLog(log).map((record) => record["event"])).toEqual(["start", "prompt"]);
  });

  test("has the signals, with their times", async () => {
    const log = join(temporaryFolder(), "log");
    const fake = startFake(["-p", "x", "--output-format", "stream-json", "--verbose"], {
      mode: "hang",
      env: { FAKE_CLAUDE_LOG: log },
    });
    await fake.printed("\n");
    fake.child.kill("SIGTERM");
    await fake.ended;
    const end = readLog(log).at(-1);
    expect(end).toMatchObject({
      exitCode: 143,
      signals: [{ signal: "SIGTERM", atMs: expect.any(Number) }],
    });
  });

  test("has a refused command line, and why", async () => {
    const log = join(temporaryFolder(), "log");
    await runFake(["-p", "x", "--nosuch=CANARY"], { mode: "ok", env: { FAKE_CLAUDE_LOG: log } });
    const end = readLog(log).at(-1);
    expect(end).toMatchObject({ argv: ["-p", expect.any(String), "--nosuch=<…>"], exitCode: 1 });
    expect(end?.["refused"]).toBe("error: unknown option '--nosuch=<…>'");
    expect(readFileSync(log, "utf8")).not.toContain("CANARY");
  });

  test("of 20 invocations at once has 60 whole lines", async () => {
    const log = join(temporaryFolder(), "log");
    const runs = Array.from({ length: 20 }, () =>
      runFake(["-p", "x"], { mode: "ok", env: { FAKE_CLAUDE_LOG: log } }),
    );
    await Promise.all(runs);
    const events = readLog(log).map((record) => record["event"]);
    for (const event of ["start", "prompt", "end"])
      expect(events.filter((one) => one === event)).toHaveLength(20);
  });
});
