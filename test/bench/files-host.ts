/** A process of its own: `files-host.ts FOLDER LEDGER mtime|name` checks one sentinel over the files of the folder. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { checkSentinels, defineSentinel } from "hardcall/sentinel";
import { peakMegabytes } from "./peak.ts";

/** What one check cost the process that made it. */
export interface FilesCost {
  readonly seconds: number;
  readonly megabytes: number;
  readonly blockMs: number;
}

const [folder, ledger, by] = process.argv.slice(2) as [string, string, "mtime" | "name"];
const posts = defineSentinel({
  name: `posts-by-${by}`,
  window: "2d",
  deadline: "5m",
  count: {
    files: "**/*.md",
    cwd: folder,
    ...(by === "name" && { dateInName: String.raw`(\d{4}-\d\d-\d\d)` }),
  },
});
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
await wait(20);
const start = performance.now();
const { sentinels } = await checkSentinels([posts], { ledger, print: () => undefined });
const seconds = (performance.now() - start) / 1000;
await wait(20);
delay.disable();
const { verdict, found } = sentinels[0]!;
if (found !== 64) throw new Error(`the sentinel is ${verdict}, and has found ${found} files`);
const cost: FilesCost = {
  seconds,
  megabytes: peakMegabytes(),
  blockMs: delay.max / 1e6,
};
process.stdout.write(JSON.stringify(cost));
