import { describe, expect, test } from "vitest";
import type { AttemptContext } from "../../src/core/callee.ts";
import { task } from "../../src/index.ts";

describe("a task that does not stop when it is told to", () => {
  test("is reported as still running, and its end follows", async () => {
    const { promise: work, resolve: finish } = Promise.withResolvers<string>();
    const controller = new AbortController();
    const reporting = task(() => work, { cancelGrace: 20 }).run(undefined, contextOf(controller.signal));
    controller.abort("enough");
    const { stillRunning, failure } = await reporting;
    expect(failure).toMatchObject({ effect: "unknown" });
    finish("published");
    await expect(stillRunning).resolves.toEqual({ value: "published" });
  });

  test("tells of an error that comes in the end, without an unhandled rejection", async () => {
    const { promise: work, reject: fail } = Promise.withResolvers<string>();
    const controller = new AbortController();
    const reporting = task(() => work, { cancelGrace: 20 }).run(undefined, contextOf(controller.signal));
    controller.abort("enough");
    const { stillRunning } = await reporting;
    fail(new TypeError("late"));
    await expect(stillRunning).resolves.toMatchObject({ failure: { code: "job_failed", effect: "unknown" } });
  });

  test("is not reported as still running when it stopped at the signal", async () => {
    const controller = new AbortController();
    const callee = task((_: void, { signal }) => {
      const { promise, reject } = Promise.withResolvers<string>();
      signal.addEventListener("abort", () => reject(new Error("stopped")));
      return promise;
    });
    const reporting = callee.run(undefined, contextOf(controller.signal));
    controller.abort("enough");
    expect(await reporting).not.toHaveProperty("stillRunning");
  });
});

function contextOf(signal: AbortSignal): AttemptContext {
  const ignore = () => undefined;
  return {
    name: "it",
    callId: "11111111-1111-4111-8111-111111111111",
    attempt: 1,
    key: undefined,
    externalRef: undefined,
    limitMs: 1000,
    signal,
    output: undefined,
    feedback: undefined,
    note: ignore,
    activity: ignore,
    ended: ignore,
  };
}
