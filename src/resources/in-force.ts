import type { Owner } from "../ledger/owner/owner.ts";
import { LOOK_MS, PLACE_LEASE_MS } from "./lease.ts";
import type { BreakerLimits, ResourceLimits, Window } from "./types.ts";
import { windowMs } from "./windows.ts";

/** Limits that a process declared, and when it did so last, in the document's time. */
export interface SeenLimits {
  readonly limits: ResourceLimits;
  readonly seen: number;
  readonly host: string;
  readonly pid: number;
}

/** So many different declarations are remembered. More than two at once are a mistake. */
const MOST_DECLARATIONS = 6;

/** The declarations with that of a process. The same list while its own is fresh, so that there is nothing to write. */
export function declare(
  known: readonly SeenLimits[],
  limits: ResourceLimits,
  { host, pid }: Owner,
  t: number,
): readonly SeenLimits[] {
  const id = idOf(limits);
  const same = known.find((one) => idOf(one.limits) === id);
  if (same !== undefined && t - same.seen < LOOK_MS) return known;
  const others = known.filter((one) => one !== same);
  return [...others, { limits, seen: t, host, pid }]
    .toSorted((one, other) => one.seen - other.seen)
    .slice(-MOST_DECLARATIONS);
}

const idOf = ({ concurrency, rate, budget, breaker }: ResourceLimits): string =>
  JSON.stringify([
    concurrency,
    rate && [rate.starts, rate.window],
    budget && [budget.microUsd, budget.window],
    breaker && [breaker.failures, breaker.cooldownMs, breaker.maxCooldownMs],
  ]);

/** The declarations that count now: those seen within the lease, else the newest. */
export function declaredNow(known: readonly SeenLimits[], t: number): readonly SeenLimits[] {
  const fresh = known.filter(({ seen }) => t - seen <= PLACE_LEASE_MS);
  return fresh.length > 0 ? fresh : known.slice(-1);
}

/** Of each limit the lowest that counts. A limit that only some declare holds for all. */
export function limitsInForce(known: readonly SeenLimits[], t: number): ResourceLimits {
  const all = declaredNow(known, t).map(({ limits }) => limits);
  if (all.length === 1) return all[0] as ResourceLimits;
  return {
    concurrency: lowest(
      all.map(({ concurrency }) => concurrency),
      (calls) => [calls],
    ),
    rate: lowest(
      all.map(({ rate }) => rate),
      ({ starts, window }) => perMs(starts, window),
    ),
    budget: lowest(
      all.map(({ budget }) => budget),
      ({ microUsd, window }) => perMs(microUsd, window),
    ),
    breaker: strictest(all.flatMap(({ breaker }) => breaker ?? [])),
  };
}

/** By its rate; of equal rates the one with the shorter window. */
const perMs = (amount: number, window: Window) => [amount / windowMs(window), amount];

function lowest<Limit>(
  limits: readonly (Limit | undefined)[],
  rank: (limit: Limit) => number[],
): Limit | undefined {
  const ranked = limits.flatMap((limit) => (limit === undefined ? [] : [{ limit, rank: rank(limit) }]));
  return ranked.toSorted((one, other) => compare(one.rank, other.rank))[0]?.limit;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}

/** Opens after the fewest failures, for the longest. */
function strictest(limits: readonly BreakerLimits[]): BreakerLimits | undefined {
  if (limits.length === 0) return undefined;
  return {
    failures: Math.min(...limits.map(({ failures }) => failures)),
    cooldownMs: Math.max(...limits.map(({ cooldownMs }) => cooldownMs)),
    maxCooldownMs: Math.max(...limits.map(({ maxCooldownMs }) => maxCooldownMs)),
  };
}
