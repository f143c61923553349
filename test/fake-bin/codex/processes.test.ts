import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { gone, isAlive, numberOf, readLog, listOf, OPEN, sessionOf, temporaryFolder } from "../harness.ts";
import { codexHome, runExec, FAKE_CODEX, startCodex } from "./harness.ts";

const EXEC = ["exec", "--skip-git-repo-check", "--json"];
const TURN_STARTED = '"turn.started"';

describe("signals", () => {
  test.each([
    ["SIGTERM", null, "SIGTERM"],
    ["SIGHUP", null, "SIGHUP"],
    ["SIGINT", 1, null],
  ] as const)("%s in the middle of a turn", async (sent, exitCode, signal) => {
    const log = join(temporaryFolder(), "log");
    const started = startCodex([...EXEC, "x"], { mode: "hang", env: { FAKE_CODEX_LOG: log } });
    await started.printed(TURN_STARTED);
    started.child.kill(sent);
    expect(await started.ended).toMatchObject({ exitCode, signal });
    expect(readLog(log).at(-1)).toMatchObject({
      event: "end",
      exitCode,
      signal,
      signals: [{ signal: sent }],
    });
  });

  test("ignore-sigterm stays until SIGKILL", async () => {
    const log = join(temporaryFolder(), "log");
    const started = startCodex([...EXEC, "x"], { mode: "ignore-sigterm", env: { FAKE_CODEX_LOG: log } });
    await started.printed(TURN_STARTED);
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) started.child.kill(signal);
    expect(isAlive(started.pid)).toBe(true);
    started.child.kill("SIGKILL");
    expect(await started.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });

  test("exit0-on-sigterm exits 0 without turn.completed", async () => {
    const started = startCodex([...EXEC, "x"], { mode: "exit0-on-sigterm" });
    await started.printed(TURN_STARTED);
    started.child.kill("SIGTERM");
    const run = await started.ended;
    expect(run).toMatchObject({ exitCode: 0, signal: null });
    expect(run.stdout).not.toContain("turn.completed");
  });
});

describe("helpers outlive the run, in sessions of their own", () => {
  const childOf = (log: string) => numberOf(listOf(readLog(log).at(-1)?.["children"])[0]);

  test("orphan: the pipes close; hold-pipe: they stay open", async () => {
    const log = join(temporaryFolder(), "log");
    const env = { FAKE_CODEX_LOG: log };
    expect(await runExec(["--json", "x"], { mode: "orphan", env })).toMatchObject({ exitCode: 0 });
    const orphan = childOf(log);
    expect([isAlive(orphan), sessionOf(orphan)]).toEqual([true, orphan]);
    process.kill(orphan, "SIGKILL");
    await gone(orphan);

    const started = startCodex([...EXEC, "x"], { mode: "hold-pipe", env });
    await new Promise((resolve) => {
      started.child.once("exit", resolve);
    });
    const holder = childOf(log);
    expect(isAlive(holder)).toBe(true);
    process.kill(holder, "SIGKILL");
    expect(await started.ended).toMatchObject({ exitCode: 0 });
  });
});

describe("what keeps it", () => {
  test("a stdin that stays open: it waits, and says nothing on stdout", async () => {
    const started = startCodex([...EXEC, "x"], { mode: "ok", stdin: OPEN });
    await new Promise((resolve) => {
      started.child.stderr?.once("data", resolve);
    });
    started.child.kill("SIGKILL");
    expect(await started.ended).toMatchObject({
      stdout: "",
      stderr: "Reading additional input from stdin...\n",
    });
  });

  test("hang-after-result prints turn.completed and stays", async () => {
    const started = startCodex([...EXEC, "x"], { mode: "hang-after-result" });
    await started.printed('"turn.completed"');
    expect(isAlive(started.pid)).toBe(true);
    started.child.kill("SIGTERM");
    expect(await started.ended).toMatchObject({ signal: "SIGTERM" });
  });

  test("its limit of life, which it says", async () => {
    const env = { FAKE_CODEX_MAX_LIFETIME_MS: "300" };
    const run = await runExec(["--json", "x"], { mode: "hang", env });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("fake codex: ended after FAKE_CODEX_MAX_LIFETIME_MS (300 ms)\n");
  });
});

test("a stdout that cannot be written makes it panic", () => {
  const full = openSync("/dev/full", "w");
  try {
    const { status, stderr } = spawnSync(FAKE_CODEX, [...EXEC, "x"], {
      env: { PATH: process.env["PATH"], HOME: codexHome(), FAKE_CODEX_MODE: "ok" },
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
      timeout: 20_000,
    });
    expect(status).toBe(101);
    expect(stderr).toContain("failed printing to stdout: No space left on device (os error 28)\n");
  } finally {
    closeSync(full);
  }
});
