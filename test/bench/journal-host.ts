/** Makes calls with or without a journal, and prints what they cost: `<journal: yes|no> <calls> <at once> <ledger>`. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { defineCall, task } from "hardcall";
import { timePerCall } from "./rounds.ts";

const [journal, calls = "", atOnce = "", ledger = ""] = process.argv.slice(2);

export interface JournalFigures {
  /** Wall-clock milliseconds per call. */
  readonly perCall: number;
  /** Milliseconds of CPU per call, what was written afterwards included. */
  readonly cpu: number;
  /** The longest time that the event loop was not free, in milliseconds. */
  readonly block: number;
}

const call = defineCall({
  name: "bench",
  callee: task(async (index: number) => {
    await wait(0);
    return index;
  }),
  timeout: "5m",
  effects: "none",
  journal: journal === "yes",
  ledger,
});
// Loads what a call needs, and opens the ledger.
await call(0);
await wait(3000);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const cpu = process.cpuUsage();
let index = 0;
const perCall = await timePerCall(Number(calls), Number(atOnce), () => call(++index));
// The last rows are written within a tenth of a second.
await wait(500);
delay.disable();
const { user, system } = process.cpuUsage(cpu);
const figures: JournalFigures = {
  perCall,
  cpu: (user + system) / 1000 / Number(calls),
  block: delay.max / 1e6,
};
process.stdout.write(JSON.stringify(figures));
process.exit(0);
