import type { Moment } from "./events.ts";
import type { Liveness } from "../owner/owner.ts";
import { elapsedMs, type Instant, leaseLeftMs } from "../owner/instant.ts";
import type { Effects, Lingering, Operation } from "./state.ts";

/**
 * Whether an owner still holds the operation.
 *
 * Before the effect (`reserved`, or while probing) a lapsed lease is enough to take over: the ledger refuses the old owner's next write,
 * because its fence is older. After the start that refusal would come too late. So an owner that is seen to live keeps its operation even
 * with a lapsed lease: it may be suspended, or the clock may have jumped.
 */
export function isHeld(row: Operation, moment: Moment): boolean {
  const holdable = row.state === "reserved" || row.state === "started" || row.probing;
  if (!holdable) return false;
  const liveness = moment.liveness(row.owner, row);
  if (liveness === "dead") return false;
  if (liveness === "alive" && row.state === "started") return true;
  return leaseLeftMs(row, moment.now) > 0;
}

/** Whether work of an attempt that was given up is known to continue. */
export function isLingering(row: Operation, moment: Moment): boolean {
  const { lingering } = row;
  return lingering !== undefined && goesOn(lingering, row, livenessOf(lingering, row, moment), moment);
}

function livenessOf({ owner, fence }: Lingering, { name, key }: Operation, moment: Moment): Liveness {
  return moment.liveness(owner, { name, key, fence });
}

function goesOn({ lost, seen }: Lingering, row: Operation, liveness: Liveness, { now }: Moment): boolean {
  if (liveness !== "unknown") return liveness === "alive";
  // Of another boot: what ran then has ended.
  return lost !== true && (elapsedMs(seen, now) ?? Infinity) < row.leaseMs;
}

/**
 * The row after the silent loss of an owner, or of its work that continued. Its end is not known, so it counts as ended when the loss is
 * first seen, and from now if no clock of this boot has seen it.
 */
export function withLosses(was: Operation, moment: Moment): Operation {
  const row = was.state === "started" ? { ...was, lingering: workOf(was) } : was;
  const { lingering, ended } = row;
  const liveness = lingering && livenessOf(lingering, row, moment);
  const lingers = lingering !== undefined && goesOn(lingering, row, liveness ?? "unknown", moment);
  const isLost = row.state === "started" || (lingering !== undefined && lingering.lost !== true && !lingers);
  const isTimed = ended !== undefined && elapsedMs(ended, moment.now) !== undefined;
  return {
    ...row,
    doubtFence: row.state === "started" ? row.doubtFence || row.fence : row.doubtFence,
    ended: isLost || !isTimed ? moment.now : ended,
    lingering: liveness && lingering && afterLook(lingering, liveness, lingers, moment),
  };
}

/** The state of work that continued, after a check of its owner. */
function afterLook(
  was: Lingering,
  liveness: Liveness,
  lingers: boolean,
  { now }: Moment,
): Lingering | undefined {
  const { fence, owner, seen } = was;
  switch (liveness) {
    case "alive":
      // Also for a process in another container, which cannot look: it waits a lease from here.
      return stillGoing(was, now);
    case "dead":
      return undefined;
    case "unknown":
      // Suspended in another container it may wake, and for a process beside it that sees it live it is not lost at all.
      return lingers ? was : { fence, owner, seen, lost: true };
    default:
      return liveness satisfies never;
  }
}

/** Work of which its owner has just said that it goes on. One that was lost to a silence is known again. */
export function stillGoing({ fence, owner, lost }: Lingering, now: Instant): Lingering {
  return { fence, owner, seen: now, ...(lost !== undefined && { lost: "seen_alive" }) };
}

/** The work of the owner that a claim finds gone. */
function workOf({ fence, owner, leaseFrom }: Operation): Lingering {
  return { fence, owner, seen: leaseFrom };
}

/** How soon to check again whether work of unknown length has ended. */
const LOOK_AGAIN_MS = 1000;

/**
 * In how many milliseconds `absent` proves that there is no effect. While work continues or an effect may still appear, it proves nothing.
 *
 * @param lookedMs how long ago the probe began: a slow answer describes that moment, not now
 */
export function absentAfterMs(row: Operation, moment: Moment, lookedMs: number): number {
  const { effectWithinMs, ended } = row;
  if (isLingering(row, moment)) return Math.max(effectWithinMs, LOOK_AGAIN_MS);
  const elapsed = ended === undefined ? 0 : (elapsedMs(ended, moment.now) ?? 0);
  // Both are whole milliseconds of two clocks, so one may be off by one.
  const endToLook = elapsed + 1 - lookedMs;
  // A wall clock that was set back must not make the wait longer than its maximum.
  return Math.min(effectWithinMs + lookedMs, Math.max(0, effectWithinMs - endToLook));
}

/** Effects for which a retry needs proof. */
export function isStrict(effects: Effects): boolean {
  return effects === "verifiable" || effects === "once";
}

/** Whether an attempt may have had an effect that is still in doubt. */
export function isDoubtful(row: Operation): boolean {
  return row.doubtFence > 0 || row.state === "started" || row.state === "in_doubt";
}

/**
 * What to do about a doubt. The stricter of the two declarations counts: a call whose `effects` were loosened in the code must not
 * override a doubt that a stricter declaration left. A probe is proof for either.
 */
export function howToProceed(row: Operation, effects: Effects): "again" | "probe" | "stop" {
  if (!isDoubtful(row)) return "again";
  if (effects === "verifiable") return "probe";
  return isStrict(effects) || isStrict(row.effects) ? "stop" : "again";
}
