import { later, machineTime, msUntil, type MachineTime } from "../core/machine-time.ts";
import type { WorkLease } from "../core/work-lease.ts";
import type { Child } from "./child.ts";
import { GuardianLink } from "./guardian-link.ts";
import { endForks, type GuardedHelper } from "./end-helper.ts";
import type { Leader } from "./process-group.ts";
import { processTable } from "./process-table.ts";
import { ProcessTree } from "./process-tree.ts";
import { signalProcess } from "./send-signal.ts";
import type { Tree } from "./tree.ts";

/** How long this process itself has to end a tree before the guardian does; a part of what is kept free at the end of a lease. */
const GUARDIAN_LATER_MS = 300;

/** One process and all its descendants, from before its start. */
export interface Guarded {
  /** The process has started: tells the guardian its process group. Called in the turn of the event loop in which it started. */
  started(leader: Leader, child: Child): Tree;
  /** This process ends the tree now. Under a lease, the guardian makes sure that it is gone after the grace. */
  ending(graceMs: number): void;
  /**
   * The tree has ended, or may live on although this process ends.
   *
   * @param survivorsGone what could not be ended is not there any more; until then a guardian ends it when this process does
   */
  ended(mayLiveOn: boolean, survivorsGone?: Promise<void>): void;
}

const shell = new GuardianLink("shell");

/**
 * Makes sure that every process with this cookie is ended if this process dies, even of SIGKILL. One guardian does so for all calls;
 * the first call starts it.
 */
export function guard(cookie: string): Guarded {
  const slot = shell.newSlot();
  shell.set(slot, cookie);
  return {
    started(leader, child) {
      shell.set(slot, tokenOf(cookie, leader));
      return new ProcessTree(leader, cookie, keeperOf(child));
    },
    ending: () => undefined,
    ended: (mayLiveOn, survivorsGone) => {
      if (survivorsGone === undefined) shell.free(slot, mayLiveOn);
      else void survivorsGone.then(() => shell.free(slot, mayLiveOn));
    },
  };
}

/** The leases of the trees that the second guardian may end, by their cookie. */
const leases = new Map<string, WorkLease>();
/** A shell cannot wait for its stdin and for a time, so this guardian is Node. Only calls under such a lease start it. */
const clock = new GuardianLink("node", (cookie) => leases.get(cookie)?.lose());

/**
 * Like `guard`, for a call whose lease another host may take over. A process that is suspended can neither renew the lease nor end its
 * tree. The guardian runs on: it knows when the tree must be gone, and ends it then. It says so before it begins, so that this process
 * does not take the end for the tree's own when it wakes.
 *
 * What remains: if the guardian is suspended as well and the tree is not, the tree goes on. If it is killed while this process is
 * suspended, it is started again only when this process wakes.
 *
 * @param graceMs the time between SIGTERM and SIGKILL
 */
export function guardUnderLease(cookie: string, lease: WorkLease, graceMs: number): Guarded {
  for (const helper of helpers) helper.tellClock();
  const slot = clock.newSlot();
  let token = cookie;
  let own: { readonly at: MachineTime; readonly graceMs: 0 } | undefined;
  const tell = () => {
    const { at, graceMs: ms } = own ?? { at: later(lease.stopAt, GUARDIAN_LATER_MS), graceMs };
    clock.set(slot, [token, at.steady, at.boot, ms].join(" "));
  };
  const forget = lease.onRenewed(tell);
  leases.set(cookie, lease);
  tell();
  return {
    started(leader, child) {
      token = tokenOf(cookie, leader);
      tell();
      return new ProcessTree(leader, cookie, keeperOf(child));
    },
    ending(ownGraceMs) {
      // From here on a renewal gives the tree no more time.
      forget();
      own = { at: later(machineTime(), ownGraceMs + GUARDIAN_LATER_MS), graceMs: 0 };
      tell();
    },
    ended(mayLiveOn) {
      forget();
      leases.delete(cookie);
      clock.free(slot, mayLiveOn);
    },
  };
}

/** Who collects it: only a parent knows for certain that its child's pid is still the child's. */
const keeperOf = (child: Child) => (child.exitAgeMs === undefined ? "us" : "helper");

const helpers = new Set<{ tellClock(): void }>();

/**
 * Has the guardians end a helper that starts processes for this one, before they end what it has started: a helper that is stopped would
 * otherwise go on later.
 *
 * @returns a function to be called when the helper is dead: ends what it was about to start. Never rejects
 */
export function guardHelper(guarded: GuardedHelper): () => Promise<void> {
  const token = tokenOf(guarded.cookie, guarded);
  const shellSlot = shell.newSlot();
  shell.set(shellSlot, token);
  let clockSlot: number | undefined;
  const helper = {
    tellClock() {
      if (clockSlot !== undefined) return;
      clockSlot = clock.newSlot();
      clock.set(clockSlot, token);
    },
  };
  helpers.add(helper);
  if (leases.size > 0) helper.tellClock();
  const forget = () => {
    process.removeListener("exit", end);
    helpers.delete(helper);
    shell.free(shellSlot, true);
    if (clockSlot !== undefined) clock.free(clockSlot, true);
  };
  // A helper that is stopped would not end by itself. A guardian that had one on its list would start Node to look for it.
  const end = () => {
    signalProcess(guarded.pid, "SIGKILL");
    // With a call under way it does so in any case, and the helper may have been about to start a process.
    if (shell.entries === helpers.size) forget();
  };
  process.once("exit", end);
  return async () => {
    await endForks(guarded);
    forget();
  };
}

/** The time between SIGTERM and SIGKILL that is left to a tree: a process that was suspended may begin to end it too late for all of it. */
export function graceUnder(lease: WorkLease | undefined, graceMs: number): number {
  if (lease === undefined) return graceMs;
  return Math.min(graceMs, Math.max(0, msUntil(later(lease.stopAt, graceMs))));
}

function tokenOf(cookie: string, { pid, startTime }: Leader): string {
  // A start that a clock may move is no reason to leave the group alone: the guardian knows of its end at once.
  const isCertain = startTime !== undefined && processTable().isQuick;
  return isCertain ? `${cookie},${pid},${startTime}` : `${cookie},${pid}`;
}
