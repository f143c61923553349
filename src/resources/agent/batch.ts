import type { StoreClaimAnswer } from "../../ledger/store/store.ts";
import type { Instant } from "../../ledger/owner/instant.ts";
import { change } from "../change.ts";
import type { CallLine, Waiter } from "./line.ts";
import type { Changed, Leave, ResourceLimits, ResourceMoment, Waiting } from "../types.ts";

/** A line in the document names at most so many. */
const MOST_HEADS = 64;
/** So many get their first answer with one change: each look reads a row, and the event loop must stay free. */
const MOST_DUE = 32;
/** A process that gives back more at once tells the rest with the next change. */
const MOST_LEAVES = 256;

/** What a process has to say to the ledger with one change. */
export interface Saying {
  /** The resource. */
  readonly name: string;
  readonly limits: ResourceLimits;
  readonly leaves: readonly Leave[];
  /** How many wait. */
  readonly count: number;
  /** The oldest of them. */
  readonly oldest: readonly Waiter[];
  /** Those that get their first answer; they may wait behind the oldest. */
  readonly due: readonly Waiter[];
  /** Those of them that are looked up first. */
  readonly looking: readonly Waiter[];
  /** When the last one arrived that has been named. */
  readonly lastArrival: Instant | undefined;
}

export interface Said {
  readonly changed: Changed;
  /** Those whose look found that they need no place. */
  readonly found: ReadonlyMap<Waiter, StoreClaimAnswer>;
  readonly arrivals: ReadonlyMap<Waiter, Instant>;
}

export function sayingOf(
  declared: Pick<Saying, "name" | "limits">,
  line: CallLine,
  leaves: Iterable<Leave>,
  lastArrival: Instant | undefined,
): Saying {
  const due = line.due(MOST_DUE);
  return {
    ...declared,
    leaves: [...leaves].slice(0, MOST_LEAVES),
    count: line.size,
    oldest: line.oldest(MOST_HEADS, new Set(due)),
    due,
    looking: due.filter(({ look }) => look !== undefined),
    lastArrival,
  };
}

/** All that a change names. */
export const namesOf = ({ oldest, due }: Saying): ReadonlySet<Waiter> => new Set([...oldest, ...due]);

/**
 * Decides a change of the resource's document. Pure, apart from the clock that says how long a waiter has waited.
 *
 * @param looks the answers to those of `looking`
 */
export function say(
  text: string | undefined,
  saying: Saying,
  looks: readonly StoreClaimAnswer[],
  moment: ResourceMoment,
): Said {
  const found = new Map<Waiter, StoreClaimAnswer>();
  saying.looking.forEach((waiter, nth) => {
    const answer = looks[nth];
    if (answer !== undefined && answer.kind !== "proceed") found.set(waiter, answer);
  });
  const wants = (waiter: Waiter) => !found.has(waiter);
  const oldest = saying.oldest.filter(wants);
  const behind = saying.due.filter((waiter) => wants(waiter) && !saying.oldest.includes(waiter));
  const arrivals = arrivalsOf([...oldest, ...behind], saying.lastArrival, moment.now);
  const changeWith = (heads: readonly Waiter[]) =>
    change(
      saying.name,
      text,
      {
        limits: saying.limits,
        leaves: saying.leaves,
        line: {
          count: saying.count - found.size,
          heads: heads.map((waiter) => waitingOf(waiter, arrivals.get(waiter) ?? moment.now)),
        },
      },
      moment,
    );
  const first = changeWith([...oldest.slice(0, MOST_HEADS - behind.length), ...behind]);
  // They are named for a refusal that is due at once. A place is not theirs while an older one was not named.
  const overtakes = behind.some(({ ticket }) => first.answers.get(ticket)?.kind === "granted");
  return { changed: overtakes ? changeWith(oldest) : first, found, arrivals };
}

function waitingOf({ ticket, request }: Waiter, arrivedAt: Instant): Waiting {
  const { name, callId, attempt, reserveUsd, patient } = request;
  // Never less than was said.
  const reserveMicroUsd = reserveUsd === undefined ? undefined : Math.ceil(reserveUsd * 1e6);
  return { ticket, name, callId, attempt, arrivedAt, reserveMicroUsd, patient };
}

/** When each arrived, by the ledger's clock. It never goes back within a process, so its order of arrival holds. */
function arrivalsOf(
  waiters: readonly Waiter[],
  last: Instant | undefined,
  now: Instant,
): ReadonlyMap<Waiter, Instant> {
  const arrivals = new Map<Waiter, Instant>();
  let latest = last;
  for (const waiter of waiters) {
    const arrivedAt = waiter.arrivedAt ?? notBefore(latest, ago(now, performance.now() - waiter.enteredAt));
    arrivals.set(waiter, arrivedAt);
    latest = arrivedAt;
  }
  return arrivals;
}

/** Without a boot the clock may be a test's, which real time says nothing of. */
const ago = (now: Instant, ms: number): Instant =>
  now.boot === "" ? now : { ...now, at: now.at - Math.floor(ms), ticks: now.ticks - Math.floor(ms) };

function notBefore(last: Instant | undefined, instant: Instant): Instant {
  if (last === undefined || last.boot !== instant.boot) return instant;
  return instant.boot === ""
    ? { ...instant, at: Math.max(last.at, instant.at) }
    : { ...instant, ticks: Math.max(last.ticks, instant.ticks) };
}
