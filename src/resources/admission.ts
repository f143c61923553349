import { phaseOf, type Phase } from "./breaker.ts";
import { reservation } from "./costs.ts";
import type { Draft, WaitingHead } from "./document.ts";
import { circuitOpen, type Money, overBudget, rateUsedUp } from "./refusals.ts";
import { sumAfter } from "./steps.ts";
import type { BudgetLimit, RateLimit, Refused, Reserved, ResourceLimits } from "./types.ts";
import { leavesInMs, startOfWindow } from "./windows.ts";

export function phaseNow(draft: Draft, { breaker }: ResourceLimits): Phase {
  const hasTrial = draft.places.some(({ trial }) => trial);
  return phaseOf(draft.breaker, breaker, hasTrial, draft.clock.t);
}

/** Why no call may start now: the breaker is open, or the rate is used up. */
export function shutNow(draft: Draft, name: string, limits: ResourceLimits): Refused | undefined {
  const phase = phaseNow(draft, limits);
  const { open } = draft.breaker;
  if (open !== undefined && (phase === "open" || phase === "trial_runs"))
    return circuitOpen(name, open, phase, draft.clock);
  return limits.rate && withoutStarts(draft, name, limits.rate);
}

function withoutStarts(draft: Draft, name: string, rate: RateLimit): Refused | undefined {
  const used = startsUsed(draft, rate);
  if (used < rate.starts) return undefined;
  const { starts, days, clock } = draft;
  return rateUsedUp(name, rate, used, leavesInMs(rate.window, starts, used - rate.starts + 1, days, clock));
}

export const startsUsed = ({ starts, days, clock }: Draft, { window }: RateLimit): number =>
  sumAfter(starts, startOfWindow(window, days, clock));

/** What one more attempt of a call holds of the budget. */
export const reservedFor = (draft: Draft, head: WaitingHead, { budget }: ResourceLimits): Reserved =>
  budget === undefined ? { microUsd: 0, basis: "none" } : reservation(draft.costs, head);

export function moneyOf(
  { spent, unknown, unknownCalls, places, days, clock }: Draft,
  { window }: BudgetLimit,
): Money {
  const start = startOfWindow(window, days, clock);
  return {
    spent: sumAfter(spent, start),
    unknown: sumAfter(unknown, start),
    unknownCalls: sumAfter(unknownCalls, start),
    reserved: places.reduce((sum, { microUsd }) => sum + microUsd, 0),
  };
}

/** Why the budget does not allow one more attempt of a call. */
export function tooDear(
  draft: Draft,
  name: string,
  head: WaitingHead,
  limits: ResourceLimits,
): Refused | undefined {
  const { budget } = limits;
  if (budget === undefined) return undefined;
  const own = reservedFor(draft, head, limits);
  const money = moneyOf(draft, budget);
  const missing = missingMoney(budget, money, own);
  if (missing <= 0) return undefined;
  const { spent, days, clock } = draft;
  return overBudget(name, budget, money, own, leavesInMs(budget.window, spent, missing, days, clock));
}

/** How much has to leave the window first. A call of unknown cost needs at least some room. */
export const missingMoney = ({ microUsd }: BudgetLimit, { spent, reserved }: Money, own: Reserved): number =>
  spent + reserved + Math.max(1, own.microUsd) - microUsd;
