/**
 * Schedules a post a day for each property; the workers' pg-boss sends the jobs. With `--now` one is sent at once:
 *
 *     node producer.mts --now alpine-lodge casa-azul
 */
import { connect, makeQueue } from "./queue.mts";
import { QUEUE, type Slot } from "./publish.mts";

const [first, ...rest] = process.argv.slice(2);
const isNow = first === "--now";
const properties = isNow || first === undefined ? rest : [first, ...rest];
if (properties.length === 0 || properties.some((property) => property.startsWith("-") || property === "")) {
  console.error("usage: node producer.mts [--now] PROPERTY...");
  process.exit(2);
}
const boss = await connect();
await makeQueue(boss);
for (const property of properties) {
  const slot: Slot = { property };
  // Each property has a schedule of its own. Running this again replaces it.
  await boss.schedule(QUEUE, "0 9 * * *", slot, { key: property, tz: "Europe/Vienna" });
  if (isNow) console.log(`${property}: job ${await boss.send(QUEUE, slot)}`);
}
await boss.stop();
