import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Leader } from "./process-tree.ts";

/**
 * Tells the guardian what is running, so that it dies with this process even when this process is killed by SIGKILL.
 * There is one guardian for all calls, started with the first: a shell that waits for the end of its stdin, as it costs a
 * hundredth of the memory of a Node process, and starts Node only when there is something to end. It is told `slot token`,
 * and `slot` alone when that has ended: a variable each, as a shell takes seconds to find one of 200 tokens in a string.
 */
const FRONT = `trap '' HUP INT TERM
last=-1
while read -r slot token; do
  eval "slot$slot=\\$token"
  [ "$slot" -le "$last" ] || last=$slot
done
left=
while [ "$last" -ge 0 ]; do
  eval "token=\\$slot$last"
  [ -z "$token" ] || left="$left$last $token
"
  last=$((last - 1))
done
[ -z "$left" ] || printf %s "$left" | "$@"`;

const GUARDIAN = fileURLToPath(
  // tsup puts every entry and chunk side by side in dist.
  new URL(import.meta.url.endsWith(".ts") ? "./guardian.ts" : "./guardian.js", import.meta.url),
);

/** Windows has neither process groups nor a shell of this kind. */
export const hasGuardian = process.platform !== "win32";

/** What is running, and the slot that it has with the guardian. Slots are used again, so they do not grow in number. */
const live = new Map<string, number>();
const freeSlots: number[] = [];
let guardian: ChildProcess | undefined;
let hasShell = true;

/** From before the start: what carries the cookie is ended should this process die from now on. */
export function guardCookie(cookie: string): void {
  if (hasGuardian) add(cookie);
}

/** From the start on: the group as well. */
export function guardLeader(cookie: string, leader: Leader): void {
  if (hasGuardian) add(tokenOf(cookie, leader));
}

/** All of it has ended, or may live on. */
export function unguard(cookie: string, leader: Leader | undefined): void {
  for (const token of leader === undefined ? [cookie] : [tokenOf(cookie, leader), cookie]) {
    const slot = live.get(token);
    if (slot === undefined) continue;
    live.delete(token);
    freeSlots.push(slot);
    tell(`${slot}\n`);
  }
}

const tokenOf = (cookie: string, { pid, startTime }: Leader) =>
  startTime === undefined ? `${cookie},${pid}` : `${cookie},${pid},${startTime}`;

function add(token: string): void {
  // The slots in use and the free ones are always 0 to their sum.
  const slot = freeSlots.pop() ?? live.size;
  live.set(token, slot);
  if (guardian === undefined) start();
  else tell(`${slot} ${token}\n`);
}

function tell(line: string): void {
  if (guardian?.stdin?.writable) guardian.stdin.write(line);
}

function start(): void {
  const [file, ...args] = hasShell
    ? ["/bin/sh", "-c", FRONT, "sh", process.execPath, GUARDIAN]
    : [process.execPath, GUARDIAN];
  // Without our own cookies: an outer call that sweeps must not take the guardian for a process that was left behind.
  const { HARDCALL_CALLS: _, NODE_OPTIONS: __, ...env } = process.env;
  const child = spawn(file, args, {
    // A session of its own, or Ctrl-C in the terminal would end it together with the host.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env,
  });
  guardian = child;
  const gone = () => {
    if (guardian === child) guardian = undefined;
  };
  child.once("exit", gone);
  child.once("error", () => {
    gone();
    // An image without /bin/sh: the same program in Node, at Node's price.
    if (!hasShell) return;
    hasShell = false;
    if (live.size > 0) start();
  });
  // It has gone: the next start makes a new one, and tells it everything.
  child.stdin?.on("error", gone);
  for (const [token, slot] of live) tell(`${slot} ${token}\n`);
  // The host ends when its own work is done.
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
}
