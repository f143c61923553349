import { formatEnd } from "../core/advice.ts";
import { formatDuration } from "../core/duration.ts";
import { optionName } from "../core/wording.ts";
import type { Opening, Phase } from "./breaker.ts";
import { type DocumentClock, wallTime } from "./document-clock.ts";
import { formatUsd } from "./limits-words.ts";
import { MOST_PLACES } from "./lease.ts";
import type { BudgetLimit, RateLimit, Refused, Reserved, ResourceLimits } from "./types.ts";
import { formatWindow } from "./windows.ts";

/** No place is free, and the call does not wait for one. */
export function noPlace(name: string, { concurrency }: ResourceLimits, waiting: number): Refused {
  const taken =
    concurrency === undefined
      ? `${MOST_PLACES} calls use the resource "${name}", and no more can at once`
      : `${concurrency === 1 ? "the only place" : `all ${concurrency} places`} of the resource "${name}" ${concurrency === 1 ? "is" : "are"} taken`;
  const others = waiting === 0 ? "" : ` (${waiting} ${waiting === 1 ? "call waits" : "calls wait"})`;
  return {
    kind: "refused",
    code: "busy",
    message: `was not started: ${taken}${others}`,
    advice: `Retry later, or let it wait for a place: ${optionName("onBusy")} "wait".`,
  };
}

/** The window has had its starts. */
export function rateUsedUp(
  name: string,
  rate: RateLimit,
  used: number,
  retryAfterMs: number | undefined,
): Refused {
  const window = formatWindow(rate.window);
  return {
    kind: "refused",
    code: "busy",
    retryAfterMs,
    message: `was not started: the resource "${name}" has had ${used} ${used === 1 ? "start" : "starts"}, and its rate is ${rate.starts} per ${window}`,
  };
}

/** What the window of a budget holds, in micro USD. */
export interface Money {
  readonly spent: number;
  /** The part of `spent` that is not known. */
  readonly unknown: number;
  readonly unknownCalls: number;
  readonly reserved: number;
}

export function overBudget(
  name: string,
  { microUsd, window }: BudgetLimit,
  { spent, unknown, unknownCalls, reserved }: Money,
  own: Reserved,
  retryAfterMs: number | undefined,
): Refused {
  const budget = `budget of ${formatUsd(microUsd)} per ${formatWindow(window)}`;
  if (own.microUsd > microUsd) {
    const lower = own.basis === "max_budget" ? `, or lower ${optionName("maxBudgetUsd")}` : "";
    return {
      kind: "refused",
      code: "over_budget",
      message: `was not started: it may cost ${formatUsd(own.microUsd)}${BASIS[own.basis]}, which is more than the ${budget} of the resource "${name}"`,
      advice: `No retry can help. Raise the budget of the resource${lower}.`,
    };
  }
  const guess =
    unknownCalls === 0
      ? ""
      : ` (${formatUsd(unknown)} of it is assumed for ${unknownCalls} ${unknownCalls === 1 ? "attempt that" : "attempts that"} told no cost)`;
  const running = reserved === 0 ? "" : `, running calls may cost ${formatUsd(reserved)}`;
  const needs =
    own.basis === "none"
      ? "what this call may cost is not known"
      : `this call may cost ${formatUsd(own.microUsd)}${BASIS[own.basis]}`;
  const advice =
    retryAfterMs === undefined
      ? { advice: "Retry when a running call has ended, or raise the budget of the resource." }
      : {};
  return {
    kind: "refused",
    code: "over_budget",
    retryAfterMs,
    message: `was not started: the resource "${name}" has spent ${formatUsd(spent)}${guess} of its ${budget}${running}, and ${needs}`,
    ...advice,
  };
}

const BASIS: Readonly<Record<Reserved["basis"], string>> = {
  max_budget: " (as declared)",
  last_50: " (95% of the last calls of this name cost no more)",
  none: "",
};

export function circuitOpen(name: string, open: Opening, phase: Phase, clock: DocumentClock): Refused {
  const retryAfterMs =
    phase === "open" && open.until !== undefined ? Math.ceil(open.until - clock.t) : undefined;
  const ago = formatDuration(Math.max(0, clock.t - open.since));
  const { code, callId, name: call, by, why } = open;
  const cause =
    code === "operator"
      ? `${JSON.stringify(by ?? "")} opened it ${ago} ago (${JSON.stringify(why ?? "")})`
      : `the call "${call}" failed with ${code} ${ago} ago (call ${callId})`;
  return {
    kind: "refused",
    code: "circuit_open",
    retryAfterMs,
    message: `was not started: the circuit breaker of the resource "${name}" is open since ${cause}`,
    advice: circuitAdvice(name, open, retryAfterMs, clock),
    circuit: {
      code,
      since: wallTime(open.since, clock),
      ...(open.until !== undefined && { until: wallTime(open.until, clock) }),
      ...(callId !== undefined && { callId }),
      ...(call !== undefined && { name: call }),
    },
  };
}

function circuitAdvice(
  name: string,
  open: Opening,
  retryAfterMs: number | undefined,
  { at }: DocumentClock,
): string {
  const close = `hardcall resource close ${name} --by NAME --why TEXT`;
  const end = retryAfterMs === undefined ? undefined : formatEnd(retryAfterMs, at);
  if (open.kind === "operator")
    return end === undefined
      ? `It stays open until an operator closes it: ${close}.`
      : `Retry ${end}, or close it: ${close}.`;
  if (open.kind === "end") return `The limit ends ${end}; retry then.`;
  const remove = REMOVE[open.code] ?? "";
  if (end === undefined)
    return `${remove}A trial call is running; retry when it has ended, or close the breaker: ${close}.`;
  return `${remove}Retry ${end}: then one trial call is let through. Or close the breaker: ${close}.`;
}

const REMOVE: Readonly<Partial<Record<Opening["code"], string>>> = {
  auth: "Check the key or log in. ",
  billing: "Top up or raise the spending limit. ",
};
