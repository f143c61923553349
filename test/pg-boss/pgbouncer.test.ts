import { expect, it, onTestFinished } from "vitest";
import { defineCall, rejected, task } from "../../src/index.ts";
import { work } from "../../src/pg-boss/index.ts";
import { throughPgBouncer } from "../helpers/pgbouncer.ts";
import { administer, freshDatabase } from "../helpers/postgres.ts";
import { JobWatch, startBoss } from "./queue.ts";

it("queue and ledger work behind PgBouncer in transaction mode", async (context) => {
  const direct = await freshDatabase();
  const url = await throughPgBouncer(context, direct);
  const boss = await startBoss(url);
  await boss.createQueue("publish-dead");
  await boss.createQueue("publish", { deadLetter: "publish-dead" });
  const jobs = await JobWatch.open(direct);
  onTestFinished(() => jobs.close());
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
  const call = defineCall({
    name: "publish-post",
    callee: task(async ({ slot }: { readonly slot: string }) => {
      if (slot === "later") throw rejected("not now", { status: 429, retryAfterMs: 60_000 });
      begun.resolve();
      return await end.promise;
    }),
    timeout: "1m",
    effects: "once",
    key: ({ slot }) => slot,
    ledger: url,
  });
  await work(boss, "publish", call, { pollingIntervalSeconds: 0.5, concurrency: 3 });
  const first = await boss.send("publish", { slot: "monday" });
  await begun.promise;
  const second = await boss.send("publish", { slot: "monday" });
  await jobs.until("publish", ({ id, retryLimit }) => id === second && retryLimit === 3);
  const later = await boss.send("publish", { slot: "later" });
  await jobs.until("publish", ({ id, startsInSeconds }) => id === later && startsInSeconds > 30);
  end.resolve("published");
  expect(await jobs.ended(first!)).toMatchObject({ state: "completed", output: { value: "published" } });
  await administer(direct, `UPDATE pgboss.job SET start_after = now() WHERE id = '${second}'`);
  expect(await jobs.ended(second!)).toMatchObject({ state: "completed", output: { outcome: "replayed" } });
  expect(boss.errors).toEqual([]);
});
