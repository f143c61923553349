import { describe, expect, it } from "vitest";
import { defineCall, rejected, task } from "../../src/index.ts";
import { work } from "../../src/pg-boss/index.ts";
import { historyOf, ledgerPath } from "../helpers/ledger.ts";
import { hardcall } from "../helpers/run.ts";
import { publishQueue } from "./queue.ts";

interface Post {
  readonly slot: string;
}

const FAST = { pollingIntervalSeconds: 0.5 } as const;

describe("a job whose call", () => {
  it("has a result is completed with it; what asked for the call is in the ledger, with the job's id as its key", async () => {
    const { boss, jobs, send } = await publishQueue();
    const ledger = ledgerPath();
    const lines: object[] = [];
    const publish = defineCall({
      name: "publish-post",
      callee: task(async ({ slot }: Post, { key, attempt }) => ({
        url: `https://example.test/${slot}`,
        key,
        attempt,
      })),
      timeout: "10s",
      effects: "once",
      ledger,
      logger: { info: (fields) => lines.push(fields), warn: () => undefined, error: () => undefined },
    });
    await work(boss, "publish", publish, FAST);
    const id = await send({ slot: "monday" });
    expect(await jobs.ended(id)).toMatchObject({
      state: "completed",
      output: {
        outcome: "executed",
        valueKept: "value",
        value: { url: "https://example.test/monday", key: id, attempt: 1 },
        callId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    const requestedBy = `job ${id} of the queue publish, retry 0 (pg-boss)`;
    expect((await historyOf(ledger, id))?.attempts).toMatchObject([{ requestedBy }]);
    expect(lines).toMatchObject([{ call: "publish-post", outcome: "executed", requestedBy }]);
    const { stdout } = await hardcall(["ledger", "show", id, "--ledger", ledger]);
    expect(stdout.toString()).toContain(`\n    requested by ${requestedBy}\n`);
  });

  it("finds its key done is completed with the earlier result, and does nothing", async () => {
    const { boss, jobs, send } = await publishQueue();
    const starts: string[] = [];
    const publish = defineCall({
      name: "publish-post",
      callee: task(async ({ slot }: Post) => {
        starts.push(slot);
        return starts.length;
      }),
      timeout: "10s",
      effects: "once",
      key: ({ slot }) => slot,
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    const [first, second] = [await send({ slot: "monday" }), await send({ slot: "monday" })];
    expect(await jobs.ended(first)).toMatchObject({ output: { outcome: "executed", value: 1 } });
    expect(await jobs.ended(second)).toMatchObject({
      state: "completed",
      output: { outcome: "replayed", value: 1, ofCallId: expect.any(String) },
    });
    expect(starts).toEqual(["monday"]);
  });

  it("may be retried after a time fails with that delay, and uses up a retry", async () => {
    const { boss, jobs, send } = await publishQueue({ retryLimit: 3 });
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        throw rejected("too many", { status: 429, retryAfterMs: 90_000 });
      }),
      timeout: "10s",
      effects: "once",
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    const id = await send({ slot: "monday" });
    const job = await jobs.until(
      "publish",
      ({ state, startsInSeconds }) => state === "retry" && startsInSeconds > 10,
    );
    expect(job).toMatchObject({
      id,
      retryCount: 0,
      retryLimit: 3,
      output: { code: "rate_limited", effect: "rejected", retryAfterMs: 90_000 },
    });
    expect(job.startsInSeconds).toBeGreaterThan(60);
    expect(job.startsInSeconds).toBeLessThanOrEqual(90);
  });

  it("may be retried goes to the dead-letter queue after its last retry", async () => {
    const { boss, jobs, send } = await publishQueue({ retryLimit: 1 });
    let starts = 0;
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        starts += 1;
        throw rejected("not now", { status: 503, retryAfterMs: 1 });
      }),
      timeout: "10s",
      effects: "once",
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    const id = await send({ slot: "monday" });
    const dead = await jobs.until("publish-dead", () => true);
    expect(dead).toMatchObject({
      sourceId: id,
      data: { slot: "monday" },
      sourceOutput: { code: "unavailable" },
    });
    expect(starts).toBe(2);
  });

  it("is in doubt goes to the dead-letter queue at once with code, effect and call id, and no retry starts", async () => {
    const { boss, jobs, send } = await publishQueue({ retryLimit: 5 });
    let starts = 0;
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        starts += 1;
        throw new Error("the connection was reset");
      }),
      timeout: "10s",
      effects: "once",
      key: ({ slot }) => slot,
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    // The first meets the unknown end, the second what the ledger then knows of the key.
    const [first, second] = [await send({ slot: "monday" }), await send({ slot: "monday" })];
    const failed = { state: "failed", retryCount: 0 };
    expect(await jobs.ended(first)).toMatchObject({
      ...failed,
      output: { code: "job_failed", effect: "unknown" },
    });
    expect(await jobs.ended(second)).toMatchObject({
      ...failed,
      output: { code: "in_doubt", effect: "unknown" },
    });
    const dead = await jobs.all("publish-dead");
    expect(dead).toMatchObject([
      { sourceId: first, state: "created", sourceOutput: { callId: expect.any(String), code: "job_failed" } },
      {
        sourceId: second,
        sourceOutput: { callId: expect.any(String), outcome: "in_doubt", code: "in_doubt" },
      },
    ]);
    expect(starts).toBe(1);
  });

  it.each([
    ["a permanent error", { slot: "auth" }, "auth"],
    ["an input that cannot be", { slot: "" }, "invalid_config"],
  ])("ends with %s goes to the dead-letter queue at once, and the worker works on", async (_, data, code) => {
    const { boss, jobs, send } = await publishQueue();
    const publish = defineCall({
      name: "publish-post",
      callee: task(async ({ slot }: Post) => {
        if (slot === "auth") throw rejected("no", { status: 401 });
        return slot;
      }),
      timeout: "10s",
      effects: "once",
      key: ({ slot }) => slot,
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    const id = await send(data);
    expect(await jobs.ended(id)).toMatchObject({ state: "failed", retryCount: 0, output: { code } });
    expect(await jobs.all("publish-dead")).toMatchObject([{ sourceId: id, data }]);
    expect(await jobs.ended(await send({ slot: "monday" }))).toMatchObject({ state: "completed" });
  });
});

describe("the output of a job", () => {
  it.each([
    ["is too large for a job", "x".repeat(70_000), "too_large"],
    ["jsonb cannot hold", "a\0b", "not_json"],
    ["is half a character", "\ud800", "not_json"],
    ["JSON would change", new Date(0), "not_json"],
    ["JSON refuses", { views: 12n }, "not_json"],
  ])("leaves out a value that %s", async (_, value, valueKept) => {
    const { boss, jobs, send } = await publishQueue();
    const publish = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => value),
      timeout: "10s",
      effects: "once",
      ledger: ledgerPath(),
    });
    await work(boss, "publish", publish, FAST);
    const { state, output } = await jobs.ended(await send({ slot: "monday" }));
    expect(state).toBe("completed");
    expect(output).toMatchObject({ outcome: "executed", valueKept });
    expect(output).not.toHaveProperty("value");
  });

  it("has a text with an escaped escape, and nothing but the hash policy where the definition keeps only a hash", async () => {
    const { boss, jobs, send } = await publishQueue();
    const options = {
      callee: task(async (_post: Post) => "C:\\u0000 is a path, 😀"),
      timeout: "10s",
      effects: "once",
      ledger: ledgerPath(),
    } as const;
    await boss.createQueue("hashed", { deadLetter: "publish-dead" });
    await work(boss, "publish", defineCall({ ...options, name: "whole" }), FAST);
    await work(boss, "hashed", defineCall({ ...options, name: "hashed", store: "hash" }), FAST);
    await boss.send("hashed", { slot: "a" });
    expect((await jobs.ended(await send({ slot: "a" }))).output).toMatchObject({
      value: "C:\\u0000 is a path, 😀",
    });
    const { output } = await jobs.until("hashed", ({ state }) => state === "completed");
    expect(output).toEqual({ outcome: "executed", callId: expect.any(String), valueKept: "hash" });
  });
});
