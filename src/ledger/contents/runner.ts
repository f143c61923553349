import { isHeld, isLingering } from "../operation/ownership.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { Operation } from "../operation/state.ts";
import type { ContentMoment, Reservation, Runner, CheckContentEvent } from "./contents.ts";

/**
 * Whether a reservation's run may still publish, when a run of the same owner asks for it. What both have above them, such as cron
 * or the script that tries again, tells nothing. What cannot be seen may be at work, unless the ledger knows that its call is over.
 *
 * @param call the operation whose call the reservation was made in
 */
export function mayBeAtWork(
  reserved: Pick<Reservation, "process" | "runner">,
  event: Pick<CheckContentEvent, "process" | "runner">,
  call: Operation | undefined,
  moment: ContentMoment,
): boolean {
  const word = wordOf(call, reserved.runner, event.runner, moment);
  if (word === "goes on") return true;
  const all = processesOf(reserved);
  const newcomers = processesOf(event);
  // Above a call that is over, its host may serve others.
  const counted = word === "is over" ? all.slice(0, reserved.runner?.inCall) : all;
  const shared = new Set(newcomers.map(({ id }) => id));
  const seen = counted
    .filter(({ id }) => !shared.has(id))
    .map((owner) => livenessOf(owner, newcomers[0], moment));
  if (seen.includes("alive")) return true;
  return word !== "is over" && (all.length === 0 || seen.includes("unknown"));
}

/** What the ledger knows of the call that a reservation was made in. */
function wordOf(
  call: Operation | undefined,
  { callId }: Partial<Runner> = {},
  newcomer: Runner | undefined,
  moment: ContentMoment,
): "goes on" | "is over" | undefined {
  if (call === undefined || callId === undefined) return undefined;
  // A later call of its key has the operation: the ledger gave it to that one only when this one was over.
  const isHolder = call.callId === callId;
  if (isHolder && newcomer?.callId === callId) return undefined;
  if (isHolder && isHeld(call, moment)) return "goes on";
  return isLingering(call, moment) ? undefined : "is over";
}

function processesOf({ process, runner }: Pick<Reservation, "process" | "runner">): readonly Owner[] {
  if (runner === undefined) return process === undefined ? [] : [process];
  const { world, line } = runner;
  const { bootId, pidSpace } = world;
  return line.map(([pid, pidStart]) => {
    return { ...world, pid, pidStart, id: `${bootId} ${pidSpace} ${pid} ${pidStart}` };
  });
}

/** As the moment tells it; and an earlier boot of this machine has left no process. */
export function livenessOf(owner: Owner, here: Owner | undefined, moment: ContentMoment): Liveness {
  const liveness = moment.isAlive(owner);
  if (liveness !== "unknown" || here?.host !== owner.host) return liveness;
  return isBootOfLinux(owner) && isBootOfLinux(here) && owner.bootId !== here.bootId ? "dead" : "unknown";
}

/** Elsewhere the boot's name is made of a clock, and changes when that is set. */
const isBootOfLinux = ({ bootId }: Owner) => bootId !== "" && !bootId.includes(":");
