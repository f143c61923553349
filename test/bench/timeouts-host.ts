/**
 * `timeouts-host.ts raw|hardcall <count>`: so many commands that ignore SIGTERM time out together. Prints when the last one
 * was gone, counted from the first start, and for how long the event loop stood still at most, at the start and afterwards.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

const TIMEOUT_MS = 2000;
const GRACE_MS = 1000;

export interface TimeoutsCost {
  readonly ms: number;
  /** The longest block of the event loop while all were started, and afterwards. */
  readonly startBlockMs: number;
  readonly blockMs: number;
  readonly right: number;
}

const COMMAND = ["sh", ["-c", "trap '' TERM; exec sleep 60"]] as const;

async function raw(): Promise<boolean> {
  // ast-grep-ignore: js-subprocess-timeout, reason: ended by the two signals below
  const child = spawn(...COMMAND, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  await wait(TIMEOUT_MS);
  process.kill(-child.pid!, "SIGTERM");
  await wait(GRACE_MS);
  process.kill(-child.pid!, "SIGKILL");
  await closed;
  return child.signalCode === "SIGKILL";
}

async function viaHardcall(): Promise<boolean> {
  const { runCommand } = await import("hardcall");
  const error: unknown = await runCommand(...COMMAND, { timeout: TIMEOUT_MS, killGrace: GRACE_MS }).catch(
    (reason: unknown) => reason,
  );
  return (error as { code?: string }).code === "timeout";
}

const [subject, count] = process.argv.slice(2);
if (subject !== undefined) {
  const run = subject === "raw" ? raw : viaHardcall;
  if (subject !== "raw")
    await (await import("hardcall")).runCommand("true", [], { timeout: 5000 }).catch(() => undefined);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await wait(50);
  const start = performance.now();
  let startBlockMs = 0;
  setTimeout(() => {
    startBlockMs = delay.max / 1e6;
    delay.reset();
  }, TIMEOUT_MS / 2);
  const rights = await Promise.all(Array.from({ length: Number(count) }, run));
  const ms = performance.now() - start;
  await wait(20);
  const blockMs = delay.max / 1e6;
  const cost: TimeoutsCost = { ms, startBlockMs, blockMs, right: rights.filter(Boolean).length };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
  process.exit(0);
}
