/** Adds a line to a file when it starts, runs a command that never ends, and prints the command's pid. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { runCommand } from "hardcall";

const [starts = "starts"] = process.argv.slice(2);
const pid = `${starts}.pid`;
appendFileSync(starts, "started\n");
const call = runCommand("sh", ["-c", 'echo $$ >"$0"; sleep 600 & wait', pid], { timeout: "60s" });
while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await wait(20);
process.stdout.write(readFileSync(pid, "utf8"));
await call;
