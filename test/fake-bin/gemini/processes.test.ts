import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  gone,
  handlersInPlace,
  isAlive,
  jsonLines,
  listOf,
  logRecord,
  numberOf,
  OPEN,
  readLog,
  sessionOf,
  temporaryFolder,
} from "../harness.ts";
import { FAKE_GEMINI, runGemini, startGemini } from "./gemini.ts";
import { AS_OBSERVED, normalised, observed } from "./reference.ts";

const STREAM = ["-p", "x", "-o", "stream-json"];
const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Processes a test left running on purpose. Only pids from the fake's own log get here. */
const leftovers: number[] = [];

afterEach(async () => {
  for (const pid of leftovers.splice(0)) {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await gone(pid);
  }
});

/** Resolves after a while in which the other promise of a race had its chance. */
const quiet = (): Promise<string> =>
  new Promise((resolve) => {
    setTimeout(resolve, 300, "still running");
  });

describe("a signal that reaches the CLI is exit 0", () => {
  test.each(SIGNALS)("%s while the request is not answered, as observed", async (signal) => {
    const one = observed(`hang-${signal}-to-group/stream-json`);
    const fake = startGemini(one.args, { mode: "hang-request", env: AS_OBSERVED });
    await fake.printed('"role":"user"');
    fake.child.kill(signal);
    const run = await fake.ended;
    expect([run.exitCode, run.signal]).toEqual([one.exitCode, one.signal]);
    expect(normalised(run.stdout)).toBe(normalised(one.stdout));
    expect(normalised(run.stderr)).toBe(normalised(one.stderr));
  });

  test("in the middle of an answer, as text: half of it, without a newline", async () => {
    const one = observed("midhang-SIGTERM-to-group/text");
    const fake = startGemini(one.args, { mode: "hang-midstream", env: AS_OBSERVED });
    await fake.printed("mock");
    fake.child.kill("SIGTERM");
    const run = await fake.ended;
    expect([run.exitCode, run.stdout]).toEqual([one.exitCode, normalised(one.stdout)]);
  });

  test("exit0-on-sigterm, as json: not a byte", async () => {
    const fake = startGemini(["-p", "x", "-o", "json"], { mode: "exit0-on-sigterm" });
    await handlersInPlace(fake.pid);
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 0, signal: null, stdout: "" });
  });

  test("ignore-sigterm outlives all three, and dies of SIGKILL", async () => {
    const fake = startGemini(STREAM, { mode: "ignore-sigterm" });
    await fake.printed('"role":"user"');
    for (const signal of SIGNALS) fake.child.kill(signal);
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    fake.child.kill("SIGKILL");
    expect(await fake.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  });
});

describe("the fake starts itself again, unless GEMINI_CLI_NO_RELAUNCH says not to", () => {
  const relaunched = async (mode: string, relaunch = true) => {
    const log = join(temporaryFolder(), "log");
    const fake = startGemini(STREAM, { mode, relaunch, env: { FAKE_GEMINI_LOG: log } });
    await fake.printed('"role":"user"');
    const start = await logRecord(log, (record) => record["event"] === "start");
    const worker = numberOf(start["pid"]);
    leftovers.push(worker);
    expect(start["ppid"]).toBe(fake.pid);
    return { fake, worker, log };
  };

  test("the pid that was started ignores signals; the child heeds them, and its exit code is that of both", async () => {
    const { fake, worker, log } = await relaunched("hang");
    for (const signal of SIGNALS) fake.child.kill(signal);
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    process.kill(worker, "SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 0, signal: null });
    expect(readLog(log).at(-1)).toMatchObject({
      event: "end",
      exitCode: 0,
      signals: [{ signal: "SIGTERM" }],
    });
  });

  test("SIGKILL of the pid leaves the child running, with the same stdout", async () => {
    const { fake, worker } = await relaunched("hang");
    const exited = new Promise((resolve) => {
      fake.child.once("exit", (_, signal) => resolve(signal));
    });
    fake.child.kill("SIGKILL");
    expect(await exited).toBe("SIGKILL");
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    expect(isAlive(worker)).toBe(true);
    process.kill(worker, "SIGKILL");
    await fake.ended;
  });

  test("ignores-signals does so whatever the environment says", async () => {
    const { fake, worker } = await relaunched("ignores-signals", false);
    fake.child.kill("SIGTERM");
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    process.kill(worker, "SIGKILL");
    // As the real CLI: a child that a signal ended is exit code 1.
    expect(await fake.ended).toMatchObject({ exitCode: 1, signal: null });
  });

  test("exit codes and stdin pass through", async () => {
    const run = await runGemini(["-o", "json"], { mode: "auth", relaunch: true, stdin: "say hi" });
    expect([run.exitCode, run.stdout]).toEqual([145, ""]);
    expect(await runGemini([], { mode: "ok", relaunch: true })).toMatchObject({ exitCode: 42 });
  });
});

describe("hangs", () => {
  test("drip speaks on and on", async () => {
    const fake = startGemini(STREAM, { mode: "drip", env: { FAKE_GEMINI_DELAY_MS: "5" } });
    await fake.printed('"drip "');
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["hang-before-result", "harbour", false],
    ["hang-after-result", '"type":"result"', true],
  ])("%s stays", async (mode, last, hasResult) => {
    const fake = startGemini(STREAM, { mode });
    await fake.printed(last);
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    fake.child.kill("SIGTERM");
    const { stdout } = await fake.ended;
    expect(jsonLines(stdout).some(({ type }) => type === "result")).toBe(hasResult);
  });

  test.each([["open"], ["closed"]])(
    "hang-stdin waits for input that never comes: stdin %s",
    async (state) => {
      const fake = startGemini(STREAM, { mode: "hang-stdin", stdin: state === "open" ? OPEN : "" });
      await handlersInPlace(fake.pid);
      await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
      fake.child.kill("SIGTERM");
      expect(await fake.ended).toMatchObject({ exitCode: 0, stdout: "" });
    },
  );

  test.each(["hold-pipe", "orphan"])("%s leaves a helper in a session of its own", async (mode) => {
    const log = join(temporaryFolder(), "log");
    const fake = startGemini(STREAM, { mode, env: { FAKE_GEMINI_LOG: log } });
    const end = await logRecord(log, (record) => record["event"] === "end");
    const helper = numberOf(listOf(end["children"])[0]);
    leftovers.push(helper);
    expect(end["exitCode"]).toBe(0);
    expect(sessionOf(helper)).toBe(helper);
    if (mode === "hold-pipe") {
      await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
      process.kill(helper, "SIGKILL");
    }
    expect((await fake.ended).stdout).toContain("harbour");
  });

  test("the lifetime limit ends a hang, and says so", async () => {
    const run = await runGemini(STREAM, { mode: "hang", env: { FAKE_GEMINI_MAX_LIFETIME_MS: "300" } });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("fake gemini: ended after FAKE_GEMINI_MAX_LIFETIME_MS (300 ms)\n");
  });
});

describe("deaths", () => {
  test.each([
    ["crash", "SIGABRT"],
    ["oom", "SIGKILL"],
  ])("%s dies of %s", async (mode, signal) => {
    const run = await runGemini(STREAM, { mode, cwd: temporaryFolder() });
    expect(run).toMatchObject({ exitCode: null, signal });
    expect(jsonLines(run.stdout).map(({ type }) => type)).toEqual(["init", "message"]);
  });
});

describe("stdout", () => {
  test("cut-at-64k: a pipe that is not read holds 64 KiB, and the rest is lost with exit 0", () => {
    const { stdout, status } = spawnSync(
      "sh",
      ["-c", '{ "$0" -p x; echo $? >&2; } | { sleep 1; wc -c; }', FAKE_GEMINI],
      {
        env: { ...process.env, GEMINI_CLI_NO_RELAUNCH: "true", FAKE_GEMINI_MODE: "cut-at-64k" },
        encoding: "utf8",
        timeout: 20_000,
      },
    );
    expect(status).toBe(0);
    expect(Number(stdout)).toBeGreaterThanOrEqual(65_536);
    expect(Number(stdout)).toBeLessThan(6 * 1024 * 1024);
  });

  test("closed by its reader: exit 0", async () => {
    const fake = startGemini(STREAM, { mode: "slow", env: { FAKE_GEMINI_DELAY_MS: "5" } });
    await fake.printed('"init"');
    fake.child.stdout?.destroy();
    expect(await fake.ended).toMatchObject({ exitCode: 0, signal: null });
  });
});
