import { moneyOf, phaseNow, startsUsed } from "./admission.ts";
import { refresh } from "./change.ts";
import { decode } from "./codec.ts";
import type { Draft, TakenPlace } from "./document.ts";
import { advance, wallTime } from "./document-clock.ts";
import { declaredNow, limitsInForce } from "./in-force.ts";
import type { BudgetLimit, RateLimit, ResourceLimits, ResourceMoment } from "./types.ts";
import type { BreakerView, BudgetView, PlaceView, RateView, ResourceView } from "./view.ts";
import { formatWindow, leavesInMs } from "./windows.ts";

const USD = 1_000_000;

/**
 * A resource at a moment, for people and programs. It changes nothing.
 *
 * @throws LedgerError `ledger_unavailable` for a document of a later hardcall
 */
export function describeResource(
  name: string,
  text: string | undefined,
  moment: ResourceMoment,
): ResourceView {
  const document = decode(name, text, moment.removal);
  const draft: Draft = { ...document, clock: advance(document.clock, moment.now) };
  const { t } = draft.clock;
  const limits = limitsInForce(draft.limits, t);
  refresh(draft, moment, limits);
  const wall = (time: number) => wallTime(time, draft.clock);
  const arrivals = draft.lines.flatMap(({ heads }) => heads.map(({ arrived }) => arrived));
  return {
    name,
    limits,
    declared: declaredNow(draft.limits, t)
      .map(({ seen, ...declared }) => ({ ...declared, seenAt: wall(seen) }))
      .toReversed(),
    places: draft.places.map((place) => placeView(draft, place)),
    waiting: {
      count: draft.lines.reduce((sum, { count }) => sum + count, 0),
      ...(arrivals.length > 0 && { oldestAt: wall(Math.min(...arrivals)) }),
    },
    ...(limits.rate && { rate: rateView(draft, limits.rate) }),
    ...(limits.budget && { budget: budgetView(draft, limits.budget) }),
    breaker: breakerView(draft, limits),
    history: draft.breaker.history
      .map(({ t: time, until, ...event }) => ({
        at: wall(time),
        ...event,
        ...(until !== undefined && { until: wall(until) }),
      }))
      .toReversed(),
  };
}

function placeView(draft: Draft, place: TakenPlace): PlaceView {
  const { ticket, callId, name, attempt, since, microUsd, basis, trial, assigned } = place;
  const { host = "", pid = 0 } = draft.owners.get(place.owner)?.owner ?? {};
  const reservedUsd = microUsd / USD;
  return {
    ticket,
    callId,
    name,
    attempt,
    since: wallTime(since, draft.clock),
    reservedUsd,
    basis,
    trial,
    assigned,
    host,
    pid,
  };
}

function rateView(draft: Draft, rate: RateLimit): RateView {
  const used = startsUsed(draft, rate);
  const { starts, days, clock } = draft;
  const roomInMs =
    used < rate.starts ? undefined : leavesInMs(rate.window, starts, used - rate.starts + 1, days, clock);
  return {
    used,
    of: rate.starts,
    per: formatWindow(rate.window),
    ...(roomInMs !== undefined && { roomAt: clock.at + roomInMs }),
  };
}

function budgetView(draft: Draft, budget: BudgetLimit): BudgetView {
  const { spent, unknown, unknownCalls, reserved } = moneyOf(draft, budget);
  const missing = spent + reserved + 1 - budget.microUsd;
  const { days, clock } = draft;
  const roomInMs = missing <= 0 ? undefined : leavesInMs(budget.window, draft.spent, missing, days, clock);
  return {
    spentUsd: spent / USD,
    reservedUsd: reserved / USD,
    unknownUsd: unknown / USD,
    unknownCalls,
    of: budget.microUsd / USD,
    per: formatWindow(budget.window),
    ...(roomInMs !== undefined && { roomAt: clock.at + roomInMs }),
  };
}

function breakerView(draft: Draft, limits: ResourceLimits): BreakerView {
  const { open, failuresInRow } = draft.breaker;
  const phase = phaseNow(draft, limits);
  if (open === undefined || phase === "closed") return { state: "closed", failuresInRow };
  const { code, since, until, by, why, callId, name } = open;
  return {
    state: phase === "open" ? "open" : "half_open",
    code,
    since: wallTime(since, draft.clock),
    ...(until !== undefined && { until: wallTime(until, draft.clock) }),
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
    ...(callId !== undefined && { callId }),
    ...(name !== undefined && { name }),
    failuresInRow,
  };
}
