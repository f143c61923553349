import type { Pool } from "pg";
import { PgBoss } from "pg-boss";
import { defineCall, task } from "hardcall";
import { work } from "hardcall/pg-boss";
import { postgresLedger } from "hardcall/postgres";
import { timePerCall, type Contestant } from "./rounds.ts";

/** Jobs of a queue, fetched and completed by hand, and each as a call. The jobs are sent before the clock runs. */
export async function bossContestants(url: string, pool: Pool, connections: number) {
  const boss = new PgBoss({ connectionString: url, max: connections, supervise: false, schedule: false });
  boss.on("error", (error) => process.stderr.write(`bench: ${String(error)}\n`));
  await boss.start();
  await boss.createQueue("dead");
  for (const queue of ["plain", "calls"]) await boss.createQueue(queue, { deadLetter: "dead" });
  const send = (queue: string, jobs: number) =>
    boss.insert(
      queue,
      Array.from({ length: jobs }, (_, index) => ({ data: { index } })),
    );

  const byHand: Contestant = {
    name: "pg-boss: fetch and complete",
    async run(jobs, atOnce) {
      await send("plain", jobs);
      return await timePerCall(jobs, atOnce, async () => {
        const [job] = await boss.fetch("plain");
        await boss.complete("plain", job!.id, { index: 1 });
      });
    },
  };

  let left = 0;
  let done = () => {};
  const call = defineCall({
    name: "job",
    callee: task(async ({ index }: { index: number }) => {
      left -= 1;
      if (left === 0) done();
      return { index };
    }),
    timeout: "1m",
    effects: "once",
    ledger: postgresLedger({ pool }),
  });
  const calls: Contestant = {
    name: "hardcall: work()",
    async run(jobs, atOnce) {
      await send("calls", jobs);
      left = jobs;
      const last = Promise.withResolvers<void>();
      done = last.resolve;
      const start = performance.now();
      const worker = await work(boss, "calls", call, { concurrency: atOnce, pollingIntervalSeconds: 0.5 });
      await last.promise;
      const ms = performance.now() - start;
      await worker.stop();
      return ms / jobs;
    },
  };
  return {
    contestants: [byHand, calls] as const,
    stop: () => boss.stop({ graceful: false }),
  };
}
