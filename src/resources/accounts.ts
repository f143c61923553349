import { rememberCost } from "./costs.ts";
import type { Draft, TakenPlace } from "./document.ts";
import { addStep, stepsAfter, takeStep } from "./steps.ts";
import type { Leave, ResourceLimits } from "./types.ts";
import { longestMs, seeDay } from "./windows.ts";

/** Unknown costs are seldom; their steps may be coarser. */
const MOST_UNKNOWN_STEPS = 32;
/** A call that outlived its owner's lease tells its cost soon, or never. */
const MOST_LOST = 16;

/** Brings the windows to the present. */
export function turnWindows(draft: Draft, limits: ResourceLimits): void {
  draft.days = seeDay(
    seeDay(draft.days, limits.rate?.window, draft.clock),
    limits.budget?.window,
    draft.clock,
  );
  const start = draft.clock.t - longestOf(draft);
  draft.starts = stepsAfter(draft.starts, start);
  draft.spent = stepsAfter(draft.spent, start);
  draft.unknown = stepsAfter(draft.unknown, start);
  draft.unknownCalls = stepsAfter(draft.unknownCalls, start);
}

/** The longest window that any process declares. */
const longestOf = ({ limits }: Draft): number =>
  longestMs(
    limits.flatMap(({ limits: { rate, budget } }) => [
      ...(rate ? [rate.window] : []),
      ...(budget ? [budget.window] : []),
    ]),
  );

/** A place begins: its start counts, and it holds its reservation. */
export function takePlace(draft: Draft, place: TakenPlace): void {
  draft.places = [...draft.places, place];
  if (place.counted) draft.starts = addStep(draft.starts, place.since, 1, longestOf(draft));
}

/** Its process has found an assigned place. The attempt starts only now, so its start counts from now, not from the assignment. */
export function fetchPlace(draft: Draft, place: TakenPlace): void {
  undoPlace(draft, place);
  const { t } = draft.clock;
  takePlace(draft, { ...place, assigned: false, since: t, chain: t });
}

/** Its attempt is over without news, and its work goes on: another call may be the trial. */
export function endTrial(draft: Draft, place: TakenPlace): void {
  draft.places = draft.places.map((one) => (one === place ? { ...place, trial: false } : one));
}

/** Nothing ran: place, start and money are given back. */
export function undoPlace(draft: Draft, place: TakenPlace): void {
  draft.places = draft.places.filter((one) => one !== place);
  // A start that has left every window is forgotten: it must not take a later one with it.
  if (place.counted && place.since > draft.clock.t - longestOf(draft))
    draft.starts = takeStep(draft.starts, place.since, 1);
}

/** The owner is gone. Its attempt may have cost what it had reserved. */
export function losePlace(draft: Draft, place: TakenPlace, limits: ResourceLimits): void {
  draft.places = draft.places.filter((one) => one !== place);
  draft.lost = [...draft.lost, place].slice(-MOST_LOST);
  if (limits.budget) bookUnknown(draft, place.microUsd);
}

/** An attempt has ended. */
export function endPlace(draft: Draft, place: TakenPlace, { microUsd }: Leave, limits: ResourceLimits): void {
  draft.places = draft.places.filter((one) => one !== place);
  if (limits.budget === undefined) return;
  if (microUsd === undefined) return bookUnknown(draft, place.microUsd);
  draft.spent = addStep(draft.spent, draft.clock.t, microUsd, longestOf(draft));
  draft.costs = rememberCost(draft.costs, place.name, microUsd);
}

/** An attempt whose place was lost tells its end after all. Its reservation is booked; what it cost beyond that is added. */
export function endLostPlace(
  draft: Draft,
  place: TakenPlace,
  { microUsd }: Leave,
  limits: ResourceLimits,
): void {
  draft.lost = draft.lost.filter((one) => one !== place);
  if (limits.budget === undefined || microUsd === undefined) return;
  const beyond = Math.max(0, microUsd - place.microUsd);
  draft.spent = addStep(draft.spent, draft.clock.t, beyond, longestOf(draft));
  draft.costs = rememberCost(draft.costs, place.name, microUsd);
}

function bookUnknown(draft: Draft, microUsd: number): void {
  const { t } = draft.clock;
  const longest = longestOf(draft);
  draft.spent = addStep(draft.spent, t, microUsd, longest);
  draft.unknown = addStep(draft.unknown, t, microUsd, longest, MOST_UNKNOWN_STEPS);
  draft.unknownCalls = addStep(draft.unknownCalls, t, 1, longest, MOST_UNKNOWN_STEPS);
}
