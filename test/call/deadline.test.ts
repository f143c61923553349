import { once } from "node:events";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { Deadline, describeStop, type TimeLimits } from "../../src/call/deadline.ts";
import { CallError, runCommand } from "../../src/index.ts";
import { linesIn, PidFile, tempFolder } from "../helpers/files.ts";
import { startHardcall } from "../helpers/run.ts";

const NONE: TimeLimits = { totalMs: 60_000, attemptMs: undefined, idleMs: undefined };

function begin(limits: Partial<TimeLimits>, signal?: AbortSignal): Deadline {
  const all = { ...NONE, ...limits };
  return new Deadline(all, performance.now() + all.totalMs, signal);
}

test.each([
  [{ totalMs: 30 }, { code: "timeout", limit: "total", limitMs: 30 }],
  [{ attemptMs: 30 }, { code: "timeout", limit: "attempt", limitMs: 30 }],
  [
    { totalMs: 30, attemptMs: 60_000 },
    { code: "timeout", limit: "total", limitMs: 30 },
  ],
  [{ idleMs: 30 }, { code: "idle_timeout", limitMs: 30 }],
] as const)("%j stops with its own cause", async (limits, cause) => {
  const deadline = begin(limits);
  await once(deadline.signal, "abort");
  expect(deadline.cause).toEqual(cause);
  expect(deadline.signal.reason).toEqual(cause);
});

test("the first cause stands, later ones change nothing", async () => {
  const caller = new AbortController();
  const deadline = begin({ totalMs: 20 }, caller.signal);
  await once(deadline.signal, "abort");
  caller.abort("too late");
  expect(deadline.cause).toMatchObject({ code: "timeout" });

  const other = new AbortController();
  const cancelled = begin({ totalMs: 20 }, other.signal);
  other.abort("first");
  await wait(60);
  expect(cancelled.cause).toEqual({ code: "cancelled", reason: "first" });
});

test("a signal that was aborted before is the cause at once", () => {
  const deadline = begin({}, AbortSignal.abort("why"));
  expect(deadline.signal.aborted).toBe(true);
  expect(deadline.cause).toEqual({ code: "cancelled", reason: "why" });
});

test("a sign of life starts the idle limit anew", async () => {
  const deadline = begin({ idleMs: 400 });
  const startedAt = performance.now();
  for (let i = 0; i < 6; i++) {
    await wait(100);
    deadline.activity();
  }
  expect(deadline.cause).toBeUndefined();
  await once(deadline.signal, "abort");
  expect(deadline.cause).toMatchObject({ code: "idle_timeout" });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
});

test("after the end, and after dispose, no limit is the cause any more", async () => {
  const caller = new AbortController();
  const ended = begin({ totalMs: 20, idleMs: 20 }, caller.signal);
  ended.ended();
  await wait(60);
  caller.abort();
  expect(ended.cause).toBeUndefined();
  expect(ended.signal.aborted).toBe(false);
});

test("an end that is heard in the same turn as a late timer comes first", async () => {
  const deadline = begin({ totalMs: 10 });
  const heard = Promise.withResolvers<void>();
  setTimeout(() => {
    deadline.ended();
    heard.resolve();
  }, 20);
  // Both timers are late now, so they run in one pass: the deadline's first, then the end, as an exit is heard after a
  // blocked event loop.
  const until = performance.now() + 60;
  while (performance.now() < until);
  await heard.promise;
  await wait(20);
  expect(deadline.cause).toBeUndefined();
});

test("a command that ended before its timeout has succeeded, although the host was blocked past it", async () => {
  await runCommand("echo", ["so that everything is loaded"], { timeout: "20s" });
  const running = runCommand("sh", ["-c", "sleep 0.3; echo done"], { timeout: 4000 });
  await wait(100);
  // Timers come next after this phase of the loop, before what happened meanwhile.
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 4400;
  while (performance.now() < until);
  expect((await running).value).toBe("done");
});

test("a command that had not ended by then has timed out", async () => {
  const running = runCommand("sleep", ["60"], { timeout: 300, killGrace: 300 }).catch(
    (error: unknown) => error,
  );
  await wait(100);
  const until = performance.now() + 600;
  while (performance.now() < until);
  expect(await running).toBeInstanceOf(CallError);
  expect(await running).toMatchObject({ code: "timeout", signal: "SIGTERM" });
});

test("a command that printed while the host was blocked was not idle", async () => {
  const script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i; sleep 0.1; done";
  const running = runCommand("sh", ["-c", script], { timeout: { total: "20s", idle: 600 } });
  await wait(300);
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 800;
  while (performance.now() < until);
  expect((await running).value).toMatch(/12$/);
});

test("nor is it where the block comes between a look at the clock and the reading", async () => {
  const caller = new AbortController();
  const deadlines: Deadline[] = [];
  onTestFinished(() => deadlines.forEach((deadline) => deadline.dispose()));
  const limits = { totalMs: 20_000, attemptMs: undefined, idleMs: 600 };
  // Some of them have just looked at any moment.
  while (deadlines.length < 100) {
    deadlines.push(new Deadline(limits, performance.now() + 20_000, caller.signal));
    await wait(1);
  }
  const ticking = setInterval(() => deadlines.forEach((deadline) => deadline.activity()), 100);
  onTestFinished(() => clearInterval(ticking));
  const block = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  await wait(300);
  await new Promise((resolve) => setImmediate(resolve));
  // First in its turn: the looks that become due in these 20 ms are read after the block.
  setTimeout(() => setImmediate(() => block(700)), 1);
  block(20);
  await wait(200);
  expect(deadlines.filter(({ cause }) => cause !== undefined)).toEqual([]);
});

describe("a host that is suspended for longer than the limits", () => {
  /** A command that prints something every 0.1 s, and the same into a file; ends by itself after so many lines. */
  const startTicking = async (lines: number, limits: readonly string[]) => {
    const folder = tempFolder();
    const [seen, pids] = [path.join(folder, "seen"), new PidFile()];
    const script = `echo $$ >"$PIDS"; i=0; while [ $i -lt ${lines} ]; do i=$((i + 1)); echo $i; echo $i >>"${seen}"; sleep 0.1; done`;
    const { child, finished } = startHardcall(["run", ...limits, "--", "sh", "-c", script], {
      env: { PIDS: pids.path },
    });
    onTestFinished(() => void child.kill("SIGCONT"));
    const [pid] = await pids.reported(1);
    await linesIn(seen, 3);
    return { child, finished, pid: pid!, seen };
  };

  test("does not call a command idle that went on printing", async () => {
    const { child, finished, seen } = await startTicking(40, ["--timeout", "50s", "--idle-timeout", "1s"]);
    child.kill("SIGSTOP");
    await linesIn(seen, 20);
    child.kill("SIGCONT");
    expect(await finished).toMatchObject({ exitCode: 0 });
  });

  test("nor one that was suspended together with it", async () => {
    const { child, finished, pid } = await startTicking(20, ["--timeout", "50s", "--idle-timeout", "1s"]);
    process.kill(-pid, "SIGSTOP");
    child.kill("SIGSTOP");
    await wait(2500);
    child.kill("SIGCONT");
    // The host runs first, with nothing to read.
    await wait(100);
    process.kill(-pid, "SIGCONT");
    expect(await finished).toMatchObject({ exitCode: 0 });
  });

  test("hears of an end in time before it calls it late", async () => {
    const { child, finished, seen } = await startTicking(10, ["--timeout", "3s"]);
    child.kill("SIGSTOP");
    await linesIn(seen, 10);
    await wait(3000);
    child.kill("SIGCONT");
    expect(await finished).toMatchObject({ exitCode: 0 });
  });
});

test("a cause is told in words", () => {
  expect(describeStop({ code: "timeout", limit: "attempt", limitMs: 300_000 })).toBe(
    "timed out after 5 min (limit of one attempt)",
  );
  expect(describeStop({ code: "idle_timeout", limitMs: 90_000 })).toBe(
    "showed no sign of life for 1 min 30 s (idle limit)",
  );
  expect(describeStop({ code: "cancelled", reason: "x" })).toBe("was cancelled");
});
