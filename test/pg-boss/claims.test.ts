import { describe, expect, it } from "vitest";
import { defineCall, task } from "../../src/index.ts";
import { work } from "../../src/pg-boss/index.ts";
import { administer } from "../helpers/postgres.ts";
import { historyOf, ledgerPath } from "../helpers/ledger.ts";
import { publishQueue, startBoss } from "./queue.ts";

interface Post {
  readonly slot: string;
}

const FAST = { pollingIntervalSeconds: 0.5 } as const;

/** A call that goes on until the test says so. */
function slowCall(ledger: string) {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const starts: string[] = [];
  const call = defineCall({
    name: "publish-post",
    callee: task(async ({ slot }: Post, { signal }) => {
      starts.push(slot);
      begun.resolve();
      signal.addEventListener("abort", () => end.reject(signal.reason));
      return await end.promise;
    }),
    timeout: "1m",
    effects: "once",
    key: ({ slot }) => slot,
    ledger,
  });
  return { call, begun: begun.promise, end: end.resolve, starts };
}

/** pg-boss gives the job to another worker, as if its time were over. */
const expire = (url: string, id: string) =>
  administer(url, `UPDATE pgboss.job SET started_on = now() - interval '1 day' WHERE id = '${id}'`);

/** The job comes back now. */
const hurry = (url: string, id: string) =>
  administer(url, `UPDATE pgboss.job SET start_after = now() WHERE id = '${id}' AND state < 'active'`);

describe("a job whose call is in progress elsewhere", () => {
  it.each([0, 2])("is put off and keeps its retries, of which it has %i", async (retryLimit) => {
    const { url, boss, jobs, send } = await publishQueue({ retryLimit });
    const { call, begun, end, starts } = slowCall(ledgerPath());
    await work(boss, "publish", call, { ...FAST, concurrency: 2 });
    const first = await send({ slot: "monday" });
    await begun;
    const second = await send({ slot: "monday" });
    for (const times of [1, 2]) {
      const waiting = await jobs.until(
        "publish",
        ({ id, retryLimit: limit, state, startsInSeconds }) =>
          id === second && limit === retryLimit + times && state !== "active" && startsInSeconds > 0,
      );
      expect(waiting.retryLimit - waiting.retryCount).toBe(retryLimit + 1);
      await hurry(url, second);
    }
    end("published");
    expect(await jobs.ended(first)).toMatchObject({ state: "completed", output: { outcome: "executed" } });
    await hurry(url, second);
    expect(await jobs.ended(second)).toMatchObject({
      state: "completed",
      output: { outcome: "replayed", value: "published" },
    });
    expect(starts).toEqual(["monday"]);
    expect(await jobs.all("publish-dead")).toEqual([]);
    expect(boss.errors).toEqual([]);
  });
});

describe("a job that the queue gave to another worker while its call runs", () => {
  it("does not run twice; the first worker's late end does not touch the claim of the second", async () => {
    const { url, boss, jobs, send } = await publishQueue({ retryLimit: 3 });
    const other = await startBoss(url);
    const ledger = ledgerPath();
    const { call, begun, end, starts } = slowCall(ledger);
    const first = await work(boss, "publish", call, FAST);
    const id = await send({ slot: "monday" });
    await begun;
    // The first worker fetches nothing more: the other one gets the job.
    const stopping = first.stop();
    await expire(url, id);
    await other.supervise("publish");
    await work(other, "publish", call, FAST);
    const putOff = await jobs.until("publish", (job) => job.id === id && job.retryLimit === 4);
    expect(putOff).toMatchObject({ output: { code: "in_progress" } });
    // Claimed by a third, which has not got far when the first ends: its claim must stay.
    await other.offWork("publish");
    await hurry(url, id);
    const [claimed] = await other.fetch("publish");
    expect(claimed?.id).toBe(id);
    end("published");
    await stopping;
    expect((await jobs.all("publish"))[0]).toMatchObject({ id, state: "active" });
    await other.fail("publish", { id, retryCount: claimed!.retryCount });
    await work(other, "publish", call, FAST);
    expect(await jobs.ended(id)).toMatchObject({ output: { outcome: "replayed", value: "published" } });
    expect(starts).toEqual(["monday"]);
    expect((await historyOf(ledger, "monday"))?.attempts).toHaveLength(1);
    expect([...boss.errors, ...other.errors]).toEqual([]);
  });

  it("is not brought back when an operator has cancelled it meanwhile", async () => {
    const { boss, jobs, send } = await publishQueue({ retryLimit: 0 });
    const { call, begun } = slowCall(ledgerPath());
    const worker = await work(boss, "publish", call, { ...FAST, stopGrace: "1ms" });
    const id = await send({ slot: "monday" });
    await begun;
    await boss.cancel("publish", id);
    // Its call is cancelled, and a job of a cancelled call goes back to the queue.
    await worker.stop();
    expect((await jobs.all("publish"))[0]).toMatchObject({ id, state: "cancelled" });
  });
});

describe("a job that came back from the dead-letter queue", () => {
  it("has another id and the same key, so what was done is not done again", async () => {
    const { boss, jobs, send } = await publishQueue();
    const ledger = ledgerPath();
    let starts = 0;
    const call = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        starts += 1;
        throw new Error("the connection was reset");
      }),
      timeout: "10s",
      effects: "once",
      ledger,
    });
    await work(boss, "publish", call, FAST);
    const id = await send({ slot: "monday" });
    await jobs.ended(id);
    expect(await boss.redrive("publish-dead")).toBe(1);
    const again = await jobs.until("publish", (job) => job.id !== id && job.state === "failed");
    expect(again.output).toMatchObject({ code: "in_doubt" });
    expect(starts).toBe(1);
    expect((await historyOf(ledger, id))?.attempts).toHaveLength(1);
  });
});

it("the key is what the option makes of the job", async () => {
  const { boss, jobs, send } = await publishQueue();
  const call = defineCall({
    name: "publish-post",
    callee: task(async ({ slot }: Post, { key }) => `${slot} as ${key}`),
    timeout: "10s",
    effects: "once",
    key: ({ slot }) => slot,
    ledger: ledgerPath(),
  });
  const key = ({ singletonKey, data }: { singletonKey: string | null; data: Post }) => {
    if (data.slot === "bad") throw new Error("no key");
    return data.slot === "none" ? (undefined as unknown as string) : `of ${singletonKey}`;
  };
  await work(boss, "publish", call, { ...FAST, key });
  expect(await jobs.ended(await send({ slot: "a" }, { singletonKey: "x" }))).toMatchObject({
    output: { value: "a as of x" },
  });
  for (const slot of ["bad", "none"]) {
    expect(await jobs.ended(await send({ slot }))).toMatchObject({
      state: "failed",
      output: { code: "invalid_config", effect: "not_started" },
    });
  }
});
