import type { Moment } from "./events.ts";
import type { Effects, Operation } from "./state.ts";

/**
 * Whether somebody still holds the operation.
 *
 * Before the effect (`reserved`, or while probing) a lapsed lease is enough: the old holder's next write meets a
 * newer fence and is refused. Once started that refusal would come too late, so an owner that is seen to live
 * keeps its operation whatever the clock says: it may be suspended, or the clock may have jumped.
 */
export function isHeld(row: Operation, moment: Moment): boolean {
  const holdable = row.state === "reserved" || row.state === "started" || row.probing;
  if (!holdable) return false;
  const liveness = moment.liveness(row.owner, row);
  if (liveness === "dead") return false;
  if (liveness === "alive" && row.state === "started") return true;
  return row.leaseUntil > moment.now;
}

/** Effects for which a repeat needs proof. */
export function isStrict(effects: Effects): boolean {
  return effects === "verifiable" || effects === "once";
}

/** Whether an attempt may have had an effect that nothing has settled since. */
export function isDoubtful(row: Operation): boolean {
  return row.doubtFence > 0 || row.state === "started" || row.state === "in_doubt";
}

/**
 * What to do about a doubt. The stricter of the two declarations counts, so that a call whose `effects` were
 * loosened in the code does not run over a doubt that the stricter one left; a probe is proof for either.
 */
export function gate(row: Operation, effects: Effects): "again" | "probe" | "stop" {
  if (!isDoubtful(row)) return "again";
  if (effects === "verifiable") return "probe";
  return isStrict(effects) || isStrict(row.effects) ? "stop" : "again";
}
