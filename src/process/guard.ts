import type { ChildProcess } from "node:child_process";
import type { Leader } from "./process-group.ts";
import { spawnGuardian } from "./spawn-guardian.ts";

/** Windows has neither process groups nor a shell of this kind. */
export const hasGuardian = process.platform !== "win32";

/** The running trees by their slot at the guardian. Slots are reused, so their number does not grow. */
const live = new Map<number, string>();
const freeSlots: number[] = [];
/** Freed slots that the guardian does not know yet: sent with the next line, or when the event loop is idle. */
let untold = "";
let guardian: ChildProcess | undefined;
let hasShell = true;
let startedAt = -Infinity;
let restart: NodeJS.Timeout | undefined;

/** The pause before the next guardian after one that could not start or was killed at once: half of the guaranteed 2 s. */
const RESTART_MS = 1000;

/** One process and all its descendants, from before its start. */
export interface Guarded {
  /** The process has started: tells the guardian its process group. */
  started(leader: Leader): void;
  /** The tree has ended, or may live on although this process ends. */
  ended(mayLiveOn: boolean): void;
}

/**
 * Makes sure that every process with this cookie is ended if this process dies, even of SIGKILL. One guardian does so for all calls;
 * the first call starts it.
 */
export function guard(cookie: string): Guarded {
  if (!hasGuardian) return UNGUARDED;
  // The slots in use and the free ones are always 0 to their sum.
  const slot = freeSlots.pop() ?? live.size;
  set(slot, cookie);
  return {
    started: ({ pid, startTime }) =>
      set(slot, startTime === undefined ? `${cookie},${pid}` : `${cookie},${pid},${startTime}`),
    ended: (mayLiveOn) => {
      live.delete(slot);
      freeSlots.push(slot);
      if (untold === "" && !mayLiveOn) setImmediate(() => tell(""));
      untold += `${slot}\n`;
      if (mayLiveOn) tell("");
    },
  };
}

const UNGUARDED: Guarded = { started: () => undefined, ended: () => undefined };

function set(slot: number, token: string): void {
  live.set(slot, token);
  if (guardian === undefined && restart === undefined) start();
  else tell(`${slot} ${token}\n`);
}

function tell(line: string): void {
  const text = untold + line;
  untold = "";
  if (text !== "" && guardian?.stdin?.writable) guardian.stdin.write(text);
}

function start(): void {
  startedAt = performance.now();
  const child = spawnGuardian(hasShell);
  if (child === undefined) return startLater();
  guardian = child;
  const gone = () => {
    if (guardian !== child) return;
    guardian = undefined;
    startLater();
  };
  child.once("exit", gone);
  child.once("error", (error: NodeJS.ErrnoException) => {
    // An image without /bin/sh: the same program in Node, at Node's price. For want of a process or a descriptor
    // (EAGAIN, EMFILE) the shell is tried again.
    if (hasShell && (error.code === "ENOENT" || error.code === "EACCES")) {
      hasShell = false;
      startedAt = -Infinity;
    }
    gone();
  });
  child.stdin?.on("error", gone);
  for (const [slot, token] of live) tell(`${slot} ${token}\n`);
  // The guardian must not keep the host alive.
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();
}

/** It was killed, or could not start: what is running gets another, at once if the last one has lived for a while. */
function startLater(): void {
  if (live.size === 0) return;
  const sinceStart = performance.now() - startedAt;
  restart = setTimeout(
    () => {
      restart = undefined;
      if (live.size > 0) start();
    },
    sinceStart > RESTART_MS ? 0 : RESTART_MS,
  );
  restart.unref();
}
