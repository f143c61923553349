/**
 * A worker. Start as many as you like, on as many machines:
 *
 *     DATABASE_URL=postgres://fleet@localhost:5432/fleet node worker.mts
 *
 * It stops gracefully on SIGTERM.
 */
import { work } from "hardcall/pg-boss";
import { connect, makeQueue } from "./queue.mts";
import { publishPost, QUEUE } from "./publish.mts";

const boss = await connect();
boss.on("error", (error) => console.error(`pg-boss: ${error.message}`));
await makeQueue(boss);
await work(boss, QUEUE, publishPost, {
  concurrency: 4,
  // One post for one property and day: a job that is sent twice that day, by hand and by the schedule, is one call.
  key: ({ data, createdOn }) => [data.property, createdOn.toISOString().slice(0, 10)],
});
console.log(`worker ${process.pid} works`);
