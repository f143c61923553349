import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  gone,
  handlersInPlace,
  isAlive,
  listOf,
  jsonLines,
  logRecord,
  numberOf,
  OPEN,
  readLog,
  resultOf,
  runFake,
  sessionOf,
  startFake,
  temporaryFolder,
} from "./harness.ts";

const STREAM = ["-p", "x", "--output-format", "stream-json", "--verbose"];

/** Processes a test left running on purpose. Only pids from the fake's own log get here. */
const leftovers: number[] = [];

afterEach(async () => {
  for (const pid of leftovers.splice(0)) {
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await gone(pid);
  }
});

async function helperOf(log: string): Promise<number> {
  const end = await logRecord(log, (record) => record["event"] === "end");
  const pid = numberOf(listOf(end["children"])[0]);
  leftovers.push(pid);
  return pid;
}

describe("hangs", () => {
  test("hang prints nothing in text, and the init event in stream-json", async () => {
    const text = startFake(["-p", "x"], { mode: "hang" });
    await handlersInPlace(text.pid);
    text.child.kill("SIGTERM");
    expect(await text.ended).toMatchObject({ exitCode: 143, signal: null, stdout: "", stderr: "" });
    const stream = startFake(STREAM, { mode: "hang" });
    await stream.printed("\n");
    stream.child.kill("SIGHUP");
    const run = await stream.ended;
    expect(run.exitCode).toBe(129);
    expect(run.stdout.trim().split("\n")).toHaveLength(1);
  });

  test("hang-midstream shows part of an answer to who asked for partial messages, and no result", async () => {
    const fake = startFake([...STREAM, "--include-partial-messages"], { mode: "hang-midstream" });
    await fake.printed('"text_delta"');
    fake.child.kill("SIGTERM");
    const run = await fake.ended;
    expect(run.exitCode).toBe(143);
    expect(run.stdout).not.toContain('"type":"result"');
    expect(run.stdout).not.toContain('"type":"assistant"');
  });

  test("hang-midstream says at SIGINT what had arrived, and exits 0", async () => {
    const text = startFake(["-p", "x"], { mode: "hang-midstream" });
    const stream = startFake(STREAM, { mode: "hang-midstream" });
    await Promise.all([handlersInPlace(text.pid), stream.printed('"init"')]);
    text.child.kill("SIGINT");
    stream.child.kill("SIGINT");
    expect(await text.ended).toMatchObject({ exitCode: 0, stdout: "Execution error", stderr: "" });
    const run = await stream.ended;
    expect(run.exitCode).toBe(0);
    expect(jsonLines(run.stdout).map((event) => event["type"])).toEqual([
      "system",
      "assistant",
      "user",
      "result",
    ]);
    expect(resultOf(run.stdout)).toMatchObject({
      subtype: "error_during_execution",
      terminal_reason: "aborted_streaming",
      is_error: true,
    });
  });

  test("hang-after-result prints a good result and stays alive", async () => {
    const fake = startFake(STREAM, { mode: "hang-after-result" });
    await fake.printed('"type":"result"');
    expect(isAlive(fake.pid)).toBe(true);
    fake.child.kill("SIGTERM");
    const run = await fake.ended;
    expect(run.exitCode).toBe(143);
    expect(resultOf(run.stdout)).toMatchObject({ subtype: "success", is_error: false });
  });

  test("ignore-sigterm outlives SIGTERM, SIGINT and SIGHUP, and dies of SIGKILL", async () => {
    const log = join(temporaryFolder(), "log");
    const fake = startFake(STREAM, { mode: "ignore-sigterm", env: { FAKE_CLAUDE_LOG: log } });
    await fake.printed("\n");
    fake.child.kill("SIGTERM");
    fake.child.kill("SIGINT");
    fake.child.kill("SIGHUP");
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    fake.child.kill("SIGKILL");
    expect(await fake.ended).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(readLog(log).map((record) => record["event"])).toEqual(["start", "prompt"]);
  });

  test("exit0-on-sigterm exits 0 and prints nothing more", async () => {
    const fake = startFake(["-p", "x"], { mode: "exit0-on-sigterm" });
    await handlersInPlace(fake.pid);
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 0, signal: null, stdout: "" });
  });

  test.each<[string, typeof OPEN | string]>([
    ["an open stdin", OPEN],
    ["a closed stdin", ""],
  ])("hang-stdin waits for input that never comes, with %s", async (_, stdin) => {
    const fake = startFake(STREAM, { mode: "hang-stdin", stdin });
    await handlersInPlace(fake.pid);
    // Longer than the 3 s after which other modes go on without stdin.
    await expect(Promise.race([fake.ended, quiet(stdin === OPEN ? 3500 : 500)])).resolves.toBe(
      "still running",
    );
    fake.child.kill("SIGTERM");
    expect(await fake.ended).toMatchObject({ exitCode: 143, stdout: "", stderr: "" });
  });

  test("hold-pipe exits 0 while a helper in its own session keeps the pipes open", async () => {
    const log = join(temporaryFolder(), "log");
    const fake = startFake(["-p", "x"], { mode: "hold-pipe", env: { FAKE_CLAUDE_LOG: log } });
    const exited = new Promise((resolve) => {
      fake.child.once("exit", resolve);
    });
    expect(await exited).toBe(0);
    const helper = await helperOf(log);
    expect(isAlive(helper)).toBe(true);
    expect(sessionOf(helper)).toBe(helper);
    await expect(Promise.race([fake.ended, quiet()])).resolves.toBe("still running");
    process.kill(helper, "SIGKILL");
    expect((await fake.ended).stdout).toContain("harbour");
  });

  test("orphan leaves a helper that holds no pipe", async () => {
    const log = join(temporaryFolder(), "log");
    const run = await runFake(["-p", "x"], { mode: "orphan", env: { FAKE_CLAUDE_LOG: log } });
    expect(run.exitCode).toBe(0);
    const helper = await helperOf(log);
    expect(isAlive(helper)).toBe(true);
    expect(sessionOf(helper)).toBe(helper);
  });
});

describe("the lifetime limit", () => {
  test("ends a hang, and says so", async () => {
    const run = await runFake(["-p", "x"], { mode: "hang", env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "300" } });
    expect(run).toMatchObject({ exitCode: 1, signal: null, stdout: "" });
    expect(run.stderr).toBe("fake claude: ended after FAKE_CLAUDE_MAX_LIFETIME_MS (300 ms)\n");
  });

  test("ends what ignores SIGTERM", async () => {
    const env = { FAKE_CLAUDE_MAX_LIFETIME_MS: "300" };
    expect(await runFake(["-p", "x"], { mode: "ignore-sigterm", env })).toMatchObject({ exitCode: 1 });
  });

  test("ends a flood that is not read", async () => {
    const fake = startFake(["-p", "x"], { mode: "flood", env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "500" } });
    fake.child.stdout?.pause();
    await gone(fake.pid);
    fake.child.stdout?.resume();
    expect(await fake.ended).toMatchObject({ exitCode: 1 });
  });

  test.each(["hold-pipe", "orphan"])("ends the helper of %s", async (mode) => {
    const log = join(temporaryFolder(), "log");
    const env = { FAKE_CLAUDE_LOG: log, FAKE_CLAUDE_MAX_LIFETIME_MS: "500" };
    await runFake(["-p", "x"], { mode, env });
    const helper = await helperOf(log);
    await gone(helper);
    expect(isAlive(helper)).toBe(false);
  });

  test.each(["0", "-1", "soon", "4294967296"])("refuses %s", async (value) => {
    const run = await runFake(["-p", "x"], { mode: "hang", env: { FAKE_CLAUDE_MAX_LIFETIME_MS: value } });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toBe(
      `fake claude: FAKE_CLAUDE_MAX_LIFETIME_MS must be a number of at least 1, not "${value}"\n`,
    );
  });
});

describe("deaths", () => {
  test.each([
    ["crash", "SIGABRT"],
    ["oom", "SIGKILL"],
  ])("%s dies of %s, and the log says so", async (mode, signal) => {
    const folder = temporaryFolder();
    const log = join(folder, "log");
    const run = await runFake(["-p", "x"], { mode, cwd: folder, env: { FAKE_CLAUDE_LOG: log } });
    expect(run).toMatchObject({ exitCode: null, signal, stdout: "" });
    expect(readLog(log).at(-1)).toMatchObject({ event: "end", exitCode: null, signal });
  });
});

/** Resolves after a while in which the other promise of a race had its chance. */
const quiet = (ms = 300): Promise<string> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, "still running");
  });
