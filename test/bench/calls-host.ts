/**
 * A process with so much memory that makes calls of `/bin/true`: `calls-host.ts <subject> <MiB>`. For each
 * {@link CallsAsked} on stdin it prints a {@link CallsCost}, a line each, when it has printed that it is ready.
 */
import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import { spreadOf } from "./stats.ts";
import { SUBJECTS, type SubjectName } from "./subjects.ts";

export interface CallsAsked {
  readonly calls: number;
  readonly atOnce: number;
  /** Say how long the event loop stood still. */
  readonly watched: boolean;
}

export interface CallsCost {
  /** Milliseconds per call. */
  readonly ms: number;
  /** The longest block of the event loop: the median of what each batch of calls had. */
  readonly blockMs: number;
}

const COMMAND = "/bin/true";
const MIB = 2 ** 20;

const [subject, mib] = process.argv.slice(2) as [SubjectName, string];
const run = await SUBJECTS[subject]();
// Written to: memory that was never written is not resident. Kept: it is looked at again below.
const ballast = Buffer.alloc(Math.max(0, Number(mib) * MIB - process.memoryUsage.rss()), 1);
for (let call = 0; call < 5; call++) await run(COMMAND, []);
await Promise.all(Array.from({ length: 16 }, () => run(COMMAND, [])));
console.log(JSON.stringify("ready"));

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await measure(JSON.parse(line) as CallsAsked)));
}
process.exit(ballast.at(-1) === 0 ? 1 : 0);

async function measure({ calls, atOnce, watched }: CallsAsked): Promise<CallsCost> {
  const batch = () => Promise.all(Array.from({ length: atOnce }, () => run(COMMAND, [])));
  const blocks: number[] = [];
  const start = performance.now();
  for (let made = 0; made < calls; made += atOnce) {
    if (watched) blocks.push(await longestBlock(batch));
    else await batch();
  }
  return { ms: (performance.now() - start) / calls, blockMs: spreadOf(blocks).median };
}

/** A turn of the event loop after the other, and the longest of them. Exact, but it occupies a processor: time calls without it. */
async function longestBlock(start: () => Promise<unknown>): Promise<number> {
  await turn();
  let longest = 0;
  let last = performance.now();
  const work = { over: false };
  const done = start().finally(() => (work.over = true));
  while (!work.over) {
    await turn();
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  await done;
  return longest;
}
