/** Starts commands that outlive everything, and says "ready" when they run. `how`: what this host does about its own end. */
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { runCommand } from "hardcall";

const [how = "", file = ""] = process.argv.slice(2);
if (how === "own-handler") process.on("SIGTERM", () => undefined);
// Its group leader, one that left the session, and one that ignores SIGTERM.
const script = `echo $$ >"$0"; setsid sleep 600 & trap '' TERM; sleep 600 & sleep 600`;
const calls = [1, 2].map((number) =>
  runCommand("sh", ["-c", script, `${file}.${number}`], { timeout: "60s", killGrace: 300 }).then(
    () => "ok",
    ({ code }: { code: string }) => code,
  ),
);
while (![1, 2].every((number) => existsSync(`${file}.${number}`))) await wait(20);
await wait(100);
process.stdout.write("ready\n");
if (how === "exits") process.exit(7);
if (how === "throws") throw new Error("the host fails");
process.stdout.write(`${(await Promise.all(calls)).join(" ")}\n`);
