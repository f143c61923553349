/** A process (or a worker thread) that makes one call with a ledger, as a test file orders it, and says how it goes in lines of JSON. */
import { once } from "node:events";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { defineCall, defineResource, task } from "hardcall";

export interface LedgerOrder {
  readonly ledger: string;
  readonly key: string;
  readonly effects?: "none" | "once";
  /** What the callee does: returns at once, ends its process, or never returns. @default "return" */
  readonly does?: "return" | "die" | "hang";
  /** The process waits for a line on stdin before it makes the call. */
  readonly waits?: boolean;
  /** The name of a resource that has one place. */
  readonly resource?: string;
  readonly onInProgress?: "wait";
}

/** What the process says: that the call may begin, that the callee has begun, and how the call ended. */
export type LedgerLine = "ready" | "began" | { readonly outcome: string; readonly code?: string };

const order = (isMainThread ? JSON.parse(process.argv[2] ?? "") : workerData) as LedgerOrder;
const { ledger, key, effects = "none", does = "return", resource, onInProgress } = order;

function say(line: LedgerLine): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  if (parentPort !== null) parentPort.postMessage(line);
  else console.log(JSON.stringify(line));
}

const options = {
  name: "windows-ledger",
  callee: task(async () => {
    if (does === "die") process.kill(process.pid, "SIGKILL");
    say("began");
    if (does === "hang") await new Promise(() => setInterval(() => undefined, 60_000));
    return "done";
  }),
  timeout: "100s",
  effects,
  key: () => key,
  ledger,
  ...(onInProgress !== undefined && { onInProgress }),
  ...(resource !== undefined && {
    resource: defineResource({ name: resource, concurrency: 1 }),
    onBusy: "fail",
  }),
};
const call = defineCall(options as Parameters<typeof defineCall<void, string, object>>[0]);
say("ready");
if (order.waits) await once(process.stdin, "data");
const settled = await call.settle();
say({ outcome: settled.outcome, ...("code" in settled && { code: settled.code }) });
process.stdin.destroy();
