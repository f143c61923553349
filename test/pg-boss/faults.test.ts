import { rmSync } from "node:fs";
import { PgBoss } from "pg-boss";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineCall, task } from "../../src/index.ts";
import type { Driver } from "../../src/pg-boss/boss.ts";
import { work } from "../../src/pg-boss/index.ts";
import { putOff } from "../../src/pg-boss/put-off.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { administer, freshDatabase, ownPostgres } from "../helpers/postgres.ts";
import { tcpProxy } from "../helpers/tcp-proxy.ts";
import { JobWatch, publishQueue, startBoss } from "./queue.ts";

interface Post {
  readonly slot: string;
}

const FAST = { pollingIntervalSeconds: 0.5 } as const;

describe("a worker lives on", () => {
  it("when Postgres restarts, without an error listener of the program's; the job in hand is completed later", async () => {
    const server = await ownPostgres();
    const boss = new PgBoss({ connectionString: server.url, supervise: false, schedule: false });
    onTestFinished(() => boss.stop({ graceful: false }));
    await boss.start();
    await boss.createQueue("publish-dead");
    await boss.createQueue("publish", { deadLetter: "publish-dead" });
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const lines: string[] = [];
    const heard = Promise.withResolvers<void>();
    const logger = {
      info: () => undefined,
      warn: () => undefined,
      error: (_fields: object, message: string) => {
        lines.push(message);
        heard.resolve();
      },
    };
    const call = defineCall({
      name: "publish-post",
      callee: task(async ({ slot }: Post) => {
        begun.resolve();
        return slot === "monday" ? await end.promise : "at once";
      }),
      timeout: "1m",
      effects: "once",
      ledger: ledgerPath(),
    });
    await work(boss, "publish", call, { ...FAST, concurrency: 2, logger });
    const id = await boss.send("publish", { slot: "monday" });
    await begun.promise;
    await server.stop("immediate");
    end.resolve("published");
    await heard.promise;
    expect(lines[0]).toMatch(/^pg-boss reported an error: /);
    await server.start();
    const jobs = await JobWatch.open(server.url);
    onTestFinished(() => jobs.close());
    const next = (await boss.send("publish", { slot: "tuesday" }))!;
    expect(await jobs.ended(next)).toMatchObject({ state: "completed", output: { value: "at once" } });
    // The end of the first could not be recorded with its job; the ledger has it.
    await boss.fail("publish", id!);
    expect(await jobs.ended(id!)).toMatchObject({
      state: "completed",
      output: { outcome: "replayed", value: "published" },
    });
  });

  it("when the ledger is gone: jobs are put off, and no retry is used up", async () => {
    const { jobs, boss, send } = await publishQueue({ retryLimit: 0 });
    const ledger = ledgerPath();
    let starts = 0;
    const call = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        starts += 1;
      }),
      timeout: "1m",
      effects: "once",
      ledger,
    });
    await work(boss, "publish", call, FAST);
    expect(await jobs.ended(await send({ slot: "monday" }))).toMatchObject({ state: "completed" });
    rmSync(ledger);
    const id = await send({ slot: "tuesday" });
    expect(await jobs.until("publish", (job) => job.id === id && job.retryLimit === 1)).toMatchObject({
      state: "created",
      retryCount: 0,
    });
    expect(starts).toBe(1);
    expect(await jobs.all("publish-dead")).toEqual([]);
  });
});

it("a put-off that the queue's policy does not allow changes nothing, so pg-boss fails the job as any other", async () => {
  // Only one job of a key may be queued.
  const { jobs, boss, send } = await publishQueue({ retryLimit: 0, policy: "short" });
  const first = await send({ slot: "monday" });
  const [job] = await boss.fetch("publish", { includeMetadata: true });
  const second = await send({ slot: "monday" });
  await expect(putOff(boss as unknown as Driver, "publish", job!, 1000, {})).rejects.toMatchObject({
    code: "23505",
  });
  expect(await jobs.all("publish")).toMatchObject([
    { id: first, state: "active" },
    { id: second, state: "created" },
  ]);
});

it("a worker that is cut off while it puts a job off leaves no lock on the job, and works on afterwards", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const boss = await startBoss(proxy.url);
  await boss.createQueue("publish-dead");
  await boss.createQueue("publish", { deadLetter: "publish-dead" });
  const jobs = await JobWatch.open(url);
  onTestFinished(() => jobs.close());
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const call = defineCall({
    name: "publish-post",
    callee: task(async (_post: Post) => {
      begun.resolve();
      return await end.promise;
    }),
    timeout: "1m",
    effects: "once",
    key: ({ slot }) => slot,
    ledger: ledgerPath(),
  });
  await work(boss, "publish", call, { ...FAST, concurrency: 2 });
  const first = await boss.send("publish", { slot: "monday" });
  await begun.promise;
  const cut = Promise.withResolvers<void>();
  proxy.onData = (from, bytes) => {
    // The statement that sets the delay arrives; its answer and the COMMIT do not.
    if (from !== "client" || !bytes.includes("retry_delay_max = CASE")) return;
    proxy.freeze();
    proxy.onData = undefined;
    cut.resolve();
  };
  const second = await boss.send("publish", { slot: "monday" });
  await cut.promise;
  // As each pg-boss does that looks for dead workers. Without a limit of its own the transaction would hold the row for hours.
  await administer(url, `SELECT 1 FROM pgboss.job WHERE id = '${second}' FOR UPDATE`);
  expect((await jobs.all("publish")).find(({ id }) => id === second)).toMatchObject({ state: "active" });
  proxy.thaw();
  end.resolve("published");
  expect(await jobs.ended(first!)).toMatchObject({ state: "completed" });
  expect(await jobs.ended(second!)).toMatchObject({ state: "completed", output: { outcome: "replayed" } });
}, 120_000);

describe("concurrency", () => {
  it.each([
    [{ concurrency: 8 }, 8],
    [{ concurrency: 2, batchSize: 4 }, 8],
  ])("%j runs %i calls at once, and no more", async (options, most) => {
    const { jobs, boss, send } = await publishQueue();
    let [running, highest] = [0, 0];
    const full = Promise.withResolvers<void>();
    const call = defineCall({
      name: "publish-post",
      callee: task(async (_post: Post) => {
        running += 1;
        highest = Math.max(highest, running);
        if (running === most) full.resolve();
        await full.promise;
        running -= 1;
      }),
      timeout: "1m",
      effects: "once",
      ledger: ledgerPath(),
    });
    const ids = await Promise.all(Array.from({ length: 24 }, (_, n) => send({ slot: `s${n}` })));
    await work(boss, "publish", call, { ...FAST, ...options });
    await Promise.all(ids.map((id) => jobs.ended(id)));
    expect(highest).toBe(most);
  });
});
