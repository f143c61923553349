import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COOKIES } from "./cookie.ts";
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

/** What is running, by the slot that it has with the guardian. Slots are used again, so they do not grow in number. */
const live = new Map<number, string>();
const freeSlots: number[] = [];
/** Slots that are free and of which the guardian does not know yet: told with the next line, or when nothing else is to do. */
let untold = "";
let guardian: ChildProcess | undefined;
let hasShell = true;

/** One process and all its descendants, from before its start. */
export interface Guarded {
  /** From now on its group is known as well. */
  started(leader: Leader): void;
  /** All of it has ended, or may live on. */
  ended(): void;
}

/** From now on, should this process die, whatever carries the cookie is ended. */
export function guard(cookie: string): Guarded {
  if (!hasGuardian) return UNGUARDED;
  // The slots in use and the free ones are always 0 to their sum.
  const slot = freeSlots.pop() ?? live.size;
  set(slot, cookie);
  return {
    started: ({ pid, startTime }) =>
      set(slot, startTime === undefined ? `${cookie},${pid}` : `${cookie},${pid},${startTime}`),
    ended: () => {
      live.delete(slot);
      freeSlots.push(slot);
      if (untold === "") setImmediate(() => tell(""));
      untold += `${slot}\n`;
    },
  };
}

const UNGUARDED: Guarded = { started: () => undefined, ended: () => undefined };

function set(slot: number, token: string): void {
  live.set(slot, token);
  if (guardian === undefined) start();
  else tell(`${slot} ${token}\n`);
}

function tell(line: string): void {
  const text = untold + line;
  untold = "";
  if (text !== "" && guardian?.stdin?.writable) guardian.stdin.write(text);
}

function start(): void {
  const [file, ...args] = hasShell
    ? ["/bin/sh", "-c", FRONT, "sh", process.execPath, GUARDIAN]
    : [process.execPath, GUARDIAN];
  // Without our own cookies: an outer call that sweeps must not take the guardian for a process that was left behind.
  const { [COOKIES]: _, NODE_OPTIONS: __, ...env } = process.env;
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
  for (const [slot, token] of live) tell(`${slot} ${token}\n`);
  // The host ends when its own work is done.
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
}
