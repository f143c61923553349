/** One call with a key, whose effect is a line in a file. `how`: what becomes of this host in the middle of it. */
import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { CallError, defineCall, defineResource, task } from "hardcall";

const [how = "", ledger = "", posts = "", key = "a", effects = "once"] = process.argv.slice(2);
const publish = defineCall({
  name: "publish",
  callee: task(async (slot: string) => {
    if (how === "dies before") process.kill(process.pid, "SIGKILL");
    if (how === "takes a place") {
      process.stdout.write("running\n");
      await wait(60_000);
    }
    await wait(50);
    appendFileSync(posts, `${slot}\n`);
    if (how === "dies after") process.kill(process.pid, "SIGKILL");
    return `post ${slot}`;
  }),
  timeout: "50s",
  effects: effects as "once",
  key: (slot: string) => slot,
  ledger,
  onInProgress: "wait",
  ...(how.includes("place") ? { resource: defineResource({ name: "places", concurrency: 1 }) } : {}),
});
const end = await publish.settle(key);
process.stdout.write(`${end instanceof CallError ? end.code : end.outcome}\n`);
