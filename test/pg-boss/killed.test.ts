import { describe, expect, it } from "vitest";
import { linesOf } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { administer } from "../helpers/postgres.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { publishQueue, type TestQueue } from "./queue.ts";
import { Workers } from "./worker-process.ts";

/** The first worker is killed in the middle; the queue gives the job to a second, which ends it. */
async function killedInTheMiddle({ url, boss, send }: TestQueue, workers: Workers): Promise<string> {
  const first = await workers.start();
  const id = await send({ slot: "monday" });
  const commands = await workers.commands(1);
  first.child.kill("SIGKILL");
  await first.finished;
  expect(await survivorsAfter(5000, commands)).toEqual([]);
  await administer(url, `UPDATE pgboss.job SET started_on = now() - interval '1 day' WHERE id = '${id}'`);
  await boss.supervise("publish");
  workers.release();
  await workers.start();
  return id;
}

const LEDGERS = [
  ["a file", () => ledgerPath()],
  ["the queue's Postgres", (url: string) => url],
] as const;

describe.each(LEDGERS)(
  "with the ledger in %s, a worker killed by SIGKILL in the middle of a call",
  (_, place) => {
    it("is followed by another that finds the effect, and completes the job without a second one", async () => {
      const queue = await publishQueue();
      const workers = new Workers(queue.url, { effects: "verifiable", effect: "first" }, place(queue.url));
      const id = await killedInTheMiddle(queue, workers);
      expect(await queue.jobs.ended(id)).toMatchObject({
        state: "completed",
        retryCount: 1,
        output: { outcome: "recovered" },
      });
      expect(linesOf(`${workers.folder}/effects`)).toEqual(["done"]);
    });

    it("is followed by another that finds no effect, and brings it about once", async () => {
      const queue = await publishQueue();
      const workers = new Workers(queue.url, { effects: "verifiable", effect: "last" }, place(queue.url));
      const id = await killedInTheMiddle(queue, workers);
      expect(await queue.jobs.ended(id)).toMatchObject({
        state: "completed",
        output: { outcome: "executed", value: "published" },
      });
      expect(linesOf(`${workers.folder}/effects`)).toEqual(["done"]);
      const asked = (retry: number) => ({
        requestedBy: `job ${id} of the queue publish, retry ${retry} (pg-boss)`,
      });
      expect(await workers.attempts("monday")).toMatchObject([asked(0), asked(1)]);
    });

    it("is followed by another that cannot know, and sends the job to the dead-letter queue", async () => {
      const queue = await publishQueue({ retryLimit: 5 });
      const workers = new Workers(queue.url, { effects: "once", effect: "first" }, place(queue.url));
      const id = await killedInTheMiddle(queue, workers);
      expect(await queue.jobs.ended(id)).toMatchObject({
        state: "failed",
        retryCount: 1,
        output: { code: "in_doubt", effect: "unknown", callId: expect.any(String) },
      });
      expect(await queue.jobs.all("publish-dead")).toMatchObject([
        { sourceId: id, sourceOutput: { code: "in_doubt" } },
      ]);
      expect(linesOf(`${workers.folder}/effects`)).toEqual(["done"]);
    });
  },
);
