import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Callee, CallError, command, defineCall, runCommand, task } from "../../src/index.ts";
import { fixture, linesIn, linesOf, tempFolder } from "../helpers/files.ts";
import { countWaits } from "../helpers/machine.ts";
import { host } from "../helpers/run.ts";

describe("cancelling", () => {
  test("before the start starts nothing, 40 times of 40, whichever callee", async () => {
    const mark = path.join(tempFolder(), "mark");
    let started = 0;
    const work = task(async () => {
      started++;
    });
    const callees: readonly Callee<void, unknown>[] = [command(fixture("leaves-a-mark.sh"), [mark]), work];
    for (const callee of callees) {
      const call = defineCall({
        name: "it",
        callee,
        timeout: "20s",
        effects: "none",
        retry: { attempts: 3 },
      });
      const ends = await Promise.all(
        Array.from({ length: 40 }, () => call.settle(undefined, { signal: AbortSignal.abort("no") })),
      );
      for (const end of ends) {
        expect(end).toMatchObject({
          code: "cancelled",
          effect: "not_started",
          cause: "no",
          retryable: false,
        });
      }
    }
    expect(linesOf(mark)).toEqual([]);
    expect(started).toBe(0);
  });

  test("during the wait between two attempts ends it at once, and starts no other", async () => {
    const mark = path.join(tempFolder(), "mark");
    const controller = new AbortController();
    const call = defineCall({
      name: "it",
      callee: command("sh", ["-c", 'echo x >>"$0"; exit 1', mark]),
      timeout: "60s",
      effects: "none",
      retry: { attempts: 50, baseDelay: "20s", maxDelay: "20s", minAttempt: 1 },
    });
    let abortedAt = 0;
    const settling = call.settle(undefined, { signal: controller.signal });
    await linesIn(mark, 1);
    // Jitter may make some waits short; the sum of them is long for certain.
    await wait(1000);
    abortedAt = performance.now();
    const waited = countWaits();
    controller.abort("enough");
    const end = await settling;
    expect(performance.now() - abortedAt).toBeLessThan(1000 + waited());
    expect(end).toMatchObject({ code: "cancelled", cause: "enough" });
    expect(linesOf(mark)).toHaveLength(end.attempts.length);
  });

  test("a success that came before the abort is kept", async () => {
    const controller = new AbortController();
    const call = defineCall({
      name: "it",
      callee: task(async () => {
        controller.abort();
        return "done";
      }),
      timeout: "20s",
      effects: "none",
    });
    expect(await call.settle(undefined, { signal: controller.signal })).toMatchObject({ value: "done" });
    const late = new AbortController();
    const result = await runCommand("echo", ["done"], {
      timeout: "20s",
      signal: late.signal,
      onOutput: () => late.abort(),
    });
    expect(result.value).toBe("done");
  });

  test("the caller's reason is the cause", async () => {
    const controller = new AbortController();
    const running = runCommand("sleep", ["60"], {
      timeout: "50s",
      killGrace: 200,
      signal: controller.signal,
    });
    await wait(200);
    const reason = new Error("not needed any more");
    controller.abort(reason);
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "cancelled", effect: "unknown", cause: reason, signal: "SIGTERM" });
  });
});

describe("a task", () => {
  test.each([
    [200, { outcome: "executed" }],
    [302, { code: "job_failed", effect: "unknown" }],
    [404, { code: "invalid_request", effect: "unknown" }],
    [429, { code: "rate_limited", effect: "unknown" }],
    [503, { code: "unavailable", effect: "unknown" }],
  ])("that hands on a response with status %i is what that says", async (status, expected) => {
    const server = createServer((_request, response) => response.writeHead(status).end("x")).listen(
      0,
      "127.0.0.1",
    );
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const call = defineCall({
      name: "publish",
      callee: task((_: void, { signal }) =>
        fetch(`http://127.0.0.1:${port}/`, { method: "POST", redirect: "manual", signal }),
      ),
      timeout: "20s",
      effects: "once",
    });
    expect(await call.settle()).toMatchObject(expected);
  });

  test("that ignores its signal is settled without, after cancelGrace", async () => {
    let release: (() => void) | undefined;
    const call = defineCall({
      name: "deaf",
      callee: task(() => new Promise<void>((resolve) => (release = resolve)), { cancelGrace: 200 }),
      timeout: 300,
      effects: "once",
    });
    const waited = countWaits();
    const end = await call.settle();
    release?.();
    expect(end).toMatchObject({ code: "timeout", effect: "unknown", retryable: false });
    expect(end.attempts[0]?.notes).toEqual([
      "the function did not stop when its signal aborted; its work may still be running",
    ]);
    expect(end.durationMs).toBeGreaterThanOrEqual(490);
    expect(end.durationMs).toBeLessThan(1500 + waited());
  });

  test("that blocks the event loop is still called by what it did", async () => {
    const call = defineCall({
      name: "busy",
      callee: task(async () => {
        const until = performance.now() + 300;
        while (performance.now() < until);
        return "done";
      }),
      timeout: 100,
      effects: "once",
    });
    expect(await call.settle()).toMatchObject({ value: "done" });
  });

  // p-retry gives up at a TypeError that is not a network error, unless its message is one of fetch's.
  test.each([
    new TypeError("Cannot read properties of undefined"),
    new TypeError("fetch failed"),
    new RangeError("x"),
    "a string",
    undefined,
    Object.assign(new Error("x"), { name: "AbortError" }),
  ])("that throws %s is tried again as often as allowed", async (thrown) => {
    let starts = 0;
    const call = defineCall({
      name: "thrower",
      callee: task(async () => {
        starts++;
        throw thrown;
      }),
      timeout: "20s",
      effects: "none",
      retry: { attempts: 3, baseDelay: 1 },
    });
    const end = await call.settle();
    expect(starts).toBe(3);
    expect(end).toMatchObject({ code: "job_failed", effect: "unknown" });
    expect(end.attempts).toHaveLength(3);
  });

  test("that throws before its first await fails the same", async () => {
    const call = defineCall({
      name: "thrower",
      callee: task(() => {
        throw new Error("at once");
      }),
      timeout: "20s",
      effects: "none",
    });
    expect(await call.settle()).toMatchObject({
      code: "job_failed",
      message: expect.stringContaining("threw Error") as string,
    });
  });

  test.each([
    [Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "unavailable"],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
      "unavailable",
    ],
    [Object.assign(new Error("x"), { code: "ECONNRESET" }), "job_failed"],
    [Object.assign(new Error("x"), { status: 429, retryAfterMs: 5 }), "rate_limited"],
    [Object.assign(new Error("x"), { status: 401 }), "auth"],
    [Object.assign(new Error("x"), { statusCode: 503 }), "unavailable"],
    [Object.assign(new Error("x"), { code: "budget_limit", effect: "rejected" }), "budget_limit"],
    [Object.assign(new Error("x"), { effect: "rejected" }), "job_failed"],
  ])("that throws %o is %s, and proves nothing of its effect", async (thrown, code) => {
    const call = defineCall({
      name: "thrower",
      callee: task(async () => {
        throw thrown;
      }),
      timeout: "20s",
      effects: "once",
    });
    expect(await call.settle()).toMatchObject({ code, effect: "unknown", cause: thrown });
  });

  test("knows its attempt and its call, and its activity counts as life", async () => {
    const seen: number[] = [];
    const call = defineCall({
      name: "lively",
      callee: task(async (_: void, { attempt, activity, callId }) => {
        expect(callId).toMatch(/^[0-9a-f-]{36}$/);
        seen.push(attempt);
        for (let i = 0; i < 6; i++) {
          await wait(100);
          activity();
        }
        return "done";
      }),
      timeout: { total: "20s", idle: 400 },
      effects: "none",
    });
    expect(await call()).toMatchObject({ value: "done" });
    expect(seen).toEqual([1]);
  });
});

describe("attempts", () => {
  test("the whole history is on the error, and the message counts", async () => {
    const call = defineCall({
      name: "it",
      callee: command("sh", ["-c", "exit $HARDCALL_ATTEMPT"]),
      timeout: "20s",
      effects: "none",
      retry: { attempts: 3, baseDelay: 1 },
    });
    const error = (await call.settle()) as CallError;
    expect(error.attempts.map(({ attempt, code, exitCode }) => ({ attempt, code, exitCode }))).toEqual([
      { attempt: 1, code: "exit_nonzero", exitCode: 1 },
      { attempt: 2, code: "exit_nonzero", exitCode: 2 },
      { attempt: 3, code: "exit_nonzero", exitCode: 3 },
    ]);
    expect(error.message).toContain(
      "exited with code 3 after 0 bytes on stdout and 0 on stderr. It was tried 3 times (1: exited with code 1 after 0 bytes on stdout and 0 on stderr; 2: ",
    );
  });

  test("none starts with less time left than it needs", async () => {
    const mark = path.join(tempFolder(), "mark");
    const call = defineCall({
      name: "it",
      callee: command("sh", ["-c", 'echo x >>"$0"; sleep 60', mark], { killGrace: 100 }),
      timeout: { total: 2000, attempt: 600 },
      effects: "none",
      retry: { attempts: 50, baseDelay: 1, minAttempt: 1000 },
    });
    const end = await call.settle();
    expect(end).toMatchObject({ code: "timeout" });
    expect(end.attempts.length).toBeLessThanOrEqual(2);
    expect(linesOf(mark)).toHaveLength(end.attempts.length);
  });

  test.each(["once", "keyed", "verifiable"] as const)("effects %s is never tried again", async (effects) => {
    const mark = path.join(tempFolder(), "mark");
    const call = defineCall({
      name: "it",
      callee: command("sh", ["-c", 'echo x >>"$0"; exit 1', mark]),
      timeout: "20s",
      effects: effects as "once",
    });
    expect(await call.settle()).toMatchObject({ code: "exit_nonzero", effect: "unknown", retryable: false });
    expect(linesOf(mark)).toHaveLength(1);
  });
});

describe("evidence", () => {
  const done = (evidence: readonly (() => unknown)[], more: object = {}) =>
    defineCall({
      name: "it",
      callee: command("echo", ["hi"]),
      timeout: "20s",
      effects: "once",
      evidence,
      ...more,
    }).settle();

  test("that is there lets the call succeed", async () => {
    expect(await done([() => true, async () => "a path"])).toMatchObject({ value: "hi" });
  });

  test.each([false, undefined, null, 0, ""])("that is %s is missing", async (found) => {
    const end = await done([() => true, async () => found]);
    expect(end).toMatchObject({ code: "evidence_missing", effect: "completed" });
    expect((end as CallError).message).toBe(
      'The call "it" reported success, but evidence 2 of 2 is missing. ' +
        "The callee reported success; check whether the artifact exists before you retry.",
    );
  });

  test("that cannot be looked for is not there", async () => {
    const end = await done([
      () => {
        throw new Error("canary");
      },
    ]);
    expect(end).toMatchObject({ code: "evidence_missing" });
    expect((end as CallError).message).toContain("looking for the evidence failed: Error.");
    expect((end as CallError).message).not.toContain("canary");
  });

  test("is not waited for without end", async () => {
    const waited = countWaits();
    const end = await done([() => new Promise(() => undefined)], { timeout: 1000 });
    expect(end).toMatchObject({ code: "evidence_missing" });
    expect(end.durationMs).toBeLessThan(4000 + waited());
  });

  test("is not looked for after a failure", async () => {
    let looked = 0;
    const call = defineCall({
      name: "it",
      callee: command("false"),
      timeout: "20s",
      effects: "once",
      evidence: [() => ++looked],
    });
    expect(await call.settle()).toMatchObject({ code: "exit_nonzero" });
    expect(looked).toBe(0);
  });
});

test("the stack of a failed call leads to the file that made it", async () => {
  const { first, last } = await host<{ first: string; last: string }>("prints-a-stack.ts");
  expect(first).toBe(
    'CallError: The call "false" exited with code 1 after 0 bytes on stdout and 0 on stderr. See stderrTail and stdoutTail for the reason.',
  );
  expect(last).toContain("prints-a-stack.ts:");
});
