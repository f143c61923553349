/**
 * `timeouts-host.ts raw|<hardcall's module> <calls> <grace ms> <timeout ms>`: so many commands time out together; raw, as soon as all have
 * started. Three of four are `sleep`;
 * the fourth is a tree of three processes that ignore SIGTERM, one of them in a session of its own in every second tree. Prints for how
 * long the last one outlived timeout and grace, for how long the event loop stood still, and what was left.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";

export interface TimeoutsCost {
  /** How long it took to start all; undefined where that is not known. */
  readonly startMs: number | undefined;
  /** From the timeout and the grace to the last settled call. Negative when nothing needed the grace. */
  readonly lateMs: number;
  /** The longest block of the event loop from shortly before the timeout. */
  readonly blockMs: number;
  /** CPU time of this process from shortly before the timeout. */
  readonly cpuMs: number;
  readonly right: number;
  readonly left: number;
}

const [subject = "raw", calls = "1", grace = "500", timeout = "0"] = process.argv.slice(2);
let timeoutMs = Number(timeout);
const graceMs = Number(grace);
/** How long each `sleep` would run: no other program sleeps for that long, so what is left can be counted. */
const SECONDS = `${1000 + process.pid}.5`;

/** How long before the timeout the event loop is watched. */
const BEFORE_MS = 50;

const DEAF = `trap '' TERM
sleep ${SECONDS} &
$1 sleep ${SECONDS} &
echo $!
exec sleep ${SECONDS}`;

function commandOf(index: number): readonly [string, readonly string[]] {
  if (index % 4 !== 0) return ["sleep", [SECONDS]];
  return ["sh", ["-c", DEAF, "sh", index % 8 === 0 ? "setsid" : ""]];
}

async function raw(index: number, start: number): Promise<boolean> {
  // ast-grep-ignore: js-subprocess-timeout, reason: ended by the two signals below
  const child = spawn(...commandOf(index), { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let other = 0;
  child.stdout.on("data", (chunk: Buffer) => (other = Number(chunk.toString())));
  child.stderr.resume();
  const signal = (name: NodeJS.Signals) => {
    for (const pid of [-child.pid!, other]) {
      try {
        if (pid !== 0) process.kill(pid, name);
      } catch {
        // Gone already.
      }
    }
  };
  await allStarted.promise;
  await wait(Math.max(1, start + timeoutMs - performance.now()));
  signal("SIGTERM");
  if (await Promise.race([closed.then(() => false), wait(graceMs, true)])) signal("SIGKILL");
  await closed;
  return child.signalCode !== null;
}

type Run = (index: number, start: number) => Promise<boolean>;

async function viaHardcall(): Promise<Run> {
  const { runCommand } = (await import(subject)) as typeof import("../../src/index.ts");
  const run: Run = async (index) => {
    const options = { timeout: timeoutMs, killGrace: graceMs };
    const error: unknown = await runCommand(...commandOf(index), options).catch((reason: unknown) => reason);
    const { code, effect } = error as { readonly code?: string; readonly effect?: string };
    return code === "timeout" && effect !== "not_started";
  };
  await runCommand("true", [], { timeout: 5000, allowEmpty: true });
  return run;
}

function countLeft(): number {
  let left = 0;
  for (const pid of readdirSync("/proc")) {
    try {
      if (/^\d/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(SECONDS)) left++;
    } catch {
      // Gone since it was listed.
    }
  }
  return left;
}

const run = subject === "raw" ? raw : await viaHardcall();
const delay = monitorEventLoopDelay({ resolution: 1 });
const allStarted = Promise.withResolvers<void>();
const start = performance.now();
const running = Array.from({ length: Number(calls) }, (_, index) => run(index, start));
let startMs: number | undefined;
if (subject === "raw") {
  startMs = performance.now() - start;
  timeoutMs = startMs + BEFORE_MS * 2;
  allStarted.resolve();
}
let cpu = process.cpuUsage();
setTimeout(
  () => {
    delay.enable();
    cpu = process.cpuUsage();
  },
  start + timeoutMs - BEFORE_MS - performance.now(),
);
const rights = await Promise.all(running);
const lateMs = performance.now() - start - timeoutMs - graceMs;
const { user, system } = process.cpuUsage(cpu);
await wait(20);
const cost: TimeoutsCost = {
  startMs,
  lateMs,
  blockMs: delay.max / 1e6,
  cpuMs: (user + system) / 1000,
  right: rights.filter(Boolean).length,
  left: countLeft(),
};
process.stdout.write(`${JSON.stringify(cost)}\n`);
process.exit(0);
