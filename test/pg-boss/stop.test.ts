import { describe, expect, it } from "vitest";
import { defineCall, task } from "../../src/index.ts";
import { work } from "../../src/pg-boss/index.ts";
import { linesOf } from "../helpers/files.ts";
import { historyOf, ledgerPath } from "../helpers/ledger.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { publishQueue } from "./queue.ts";
import { Workers } from "./worker-process.ts";

const FAST = { pollingIntervalSeconds: 0.5 } as const;

describe("a worker process that gets SIGTERM", () => {
  it("lets the running call end, completes its job, fetches no other and dies of the signal", async () => {
    const { url, jobs, send } = await publishQueue();
    const workers = new Workers(url, { effects: "once", effect: "last" });
    const worker = await workers.start();
    const [first, second] = [await send({ slot: "monday" }), await send({ slot: "tuesday" })];
    await workers.commands(1);
    worker.child.kill("SIGTERM");
    // A second signal at once is the first, delivered twice.
    worker.child.kill("SIGTERM");
    workers.release();
    expect(await worker.finished).toMatchObject({ signal: "SIGTERM", stderr: "" });
    expect(await jobs.ended(first)).toMatchObject({ state: "completed", output: { value: "published" } });
    expect((await jobs.all("publish")).find(({ id }) => id === second)).toMatchObject({ state: "created" });
    expect(linesOf(`${workers.folder}/effects`)).toEqual(["done"]);
  });

  it("after the grace ends the child, records that in the ledger, gives the job back with all its retries and dies", async () => {
    const { url, jobs, send } = await publishQueue({ retryLimit: 2 });
    const workers = new Workers(url, { effects: "verifiable", effect: "last", stopGrace: "300ms" });
    const worker = await workers.start();
    const id = await send({ slot: "monday" });
    const commands = await workers.commands(1);
    worker.child.kill("SIGTERM");
    expect(await worker.finished).toMatchObject({ signal: "SIGTERM", stderr: "" });
    expect(await survivorsAfter(0, commands)).toEqual([]);
    expect(await jobs.all("publish")).toMatchObject([
      { id, state: "retry", retryCount: 0, retryLimit: 3, output: { code: "cancelled", effect: "unknown" } },
    ]);
    expect(await workers.attempts("monday")).toMatchObject([
      { code: "cancelled", endedAt: expect.any(Number) },
    ]);
    // The next worker asks the probe, finds nothing and does it.
    workers.release();
    await workers.start();
    expect(await jobs.ended(id)).toMatchObject({
      state: "completed",
      retryCount: 1,
      output: { outcome: "executed" },
    });
    expect(linesOf(`${workers.folder}/effects`)).toEqual(["done"]);
  });
});

it("a call that the task of a call makes may end, too, when the worker process gets SIGTERM", async () => {
  const { url, jobs, send } = await publishQueue();
  const workers = new Workers(url, { effects: "once", effect: "last", nested: true });
  const worker = await workers.start();
  const id = await send({ slot: "monday" });
  await workers.commands(1);
  worker.child.kill("SIGTERM");
  workers.release();
  expect(await worker.finished).toMatchObject({ signal: "SIGTERM", stderr: "" });
  expect(await jobs.ended(id)).toMatchObject({ state: "completed", output: { value: "published" } });
});

it("a worker process with a handler of its own that stops pg-boss ends by itself, once its call has ended", async () => {
  const { url, jobs, send } = await publishQueue();
  const workers = new Workers(url, { effects: "once", effect: "last", ownHandler: true });
  const worker = await workers.start();
  const id = await send({ slot: "monday" });
  await workers.commands(1);
  worker.child.kill("SIGTERM");
  workers.release();
  expect(await worker.finished).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await jobs.ended(id)).toMatchObject({ state: "completed" });
});

/** A call that only ends when it is told to, or by `end()`. */
function patientCall() {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const ledger = ledgerPath();
  const call = defineCall({
    name: "publish-post",
    callee: task(async (_input: object, { signal }) => {
      begun.resolve();
      signal.addEventListener("abort", () => end.reject(signal.reason));
      return await end.promise;
    }),
    timeout: "1m",
    effects: "once",
    ledger,
  });
  return { call, ledger, begun: begun.promise, end: end.resolve };
}

describe("pg-boss's own stop()", () => {
  it("waits for the running call, whose job is completed", async () => {
    const { boss, jobs, send } = await publishQueue();
    const { call, begun, end } = patientCall();
    await work(boss, "publish", call, FAST);
    const id = await send({});
    await begun;
    const stopped = boss.stop();
    end("published");
    await stopped;
    expect(await jobs.ended(id)).toMatchObject({ state: "completed" });
    expect(boss.errors).toEqual([]);
  });

  it("gives the job back after its time and aborts the signal, which ends the call; its end is in the ledger", async () => {
    const { boss, jobs, send } = await publishQueue();
    const { call, ledger, begun } = patientCall();
    const worker = await work(boss, "publish", call, FAST);
    const id = await send({});
    await begun;
    await boss.stop({ timeout: 1000 });
    expect(await jobs.until("publish", ({ state }) => state === "retry")).toMatchObject({ id });
    await worker.stop();
    expect((await historyOf(ledger, id))?.attempts).toMatchObject([
      { code: "cancelled", effect: "unknown", endedAt: expect.any(Number) },
    ]);
  });
});

it("a worker that is stopped leaves pg-boss and its other workers at work", async () => {
  const { boss, jobs, send } = await publishQueue();
  const { call, begun, end } = patientCall();
  const worker = await work(boss, "publish", call, { ...FAST, concurrency: 3 });
  expect(worker.ids).toHaveLength(3);
  const id = await send({});
  await begun;
  const stopped = worker.stop();
  end("published");
  await stopped;
  await worker.stop();
  expect(await jobs.ended(id)).toMatchObject({ state: "completed" });
  expect(boss.getWipData()).toEqual([]);
  const quick = defineCall({
    name: "quick",
    callee: task(async (_input: object) => "done"),
    timeout: "1m",
    effects: "none",
    ledger: ledgerPath(),
  });
  await work(boss, "publish", quick, FAST);
  expect(await jobs.ended(await send({}))).toMatchObject({ state: "completed", output: { value: "done" } });
});
