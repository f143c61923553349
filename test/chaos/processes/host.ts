/**
 * A process that makes calls, `host.ts <ledger>`: as many at once as it is told of on stdin, each a JSON line with an id. It
 * prints how each ended. A line with `wallClockMs` sets its wall clock. It ends by itself when stdin does.
 */
import { createInterface } from "node:readline";
import { endingOf, type Ending } from "../../call/guard/publish.ts";
import { callOf, type Order } from "../calls.ts";
import { countQueueing } from "../processor.ts";

export type HostOrder = { readonly id: number; readonly order: Order } | { readonly wallClockMs: number };

/** How a call ended, and how long it took on the host's monotonic clock. */
export interface HostAnswer extends Ending {
  readonly id: number;
  readonly callId: string;
  readonly attempts: number;
  readonly ms: number;
  /** How much of it no processor was free for the host. */
  readonly queuedMs: number;
}

/** A function has started, and has not sent its request yet. */
export type HostNews = "at work";

const [ledger = ""] = process.argv.slice(2);
const { setWallClock } = globalThis as { setWallClock?: (ms: number) => void };
console.log(JSON.stringify("ready"));
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as HostOrder;
  if ("wallClockMs" in order) setWallClock?.(order.wallClockMs);
  else void make(order.id, order.order);
}

function atWork(): void {
  console.log(JSON.stringify("at work" satisfies HostNews));
}

async function make(id: number, order: Order): Promise<void> {
  const queued = countQueueing();
  const begunAt = performance.now();
  const settled = await callOf(order, ledger, atWork).settle({ url: order.url, key: order.key });
  const ms = Math.round(performance.now() - begunAt);
  const { callId, attempts } = settled;
  const answer: HostAnswer = {
    ...endingOf(settled),
    id,
    callId,
    attempts: attempts.length,
    ms,
    queuedMs: queued(),
  };
  console.log(JSON.stringify(answer));
}
