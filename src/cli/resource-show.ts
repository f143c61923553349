import { formatDuration } from "../core/duration.ts";
import { describeLimits } from "../resources/limits-words.ts";
import type {
  BreakerChange,
  BreakerView,
  BudgetView,
  Declared,
  PlaceView,
  RateView,
  ResourceView,
} from "../resources/view.ts";
import { breakerState, dollarsText } from "./resource-list.ts";
import { visible } from "./terminal/visible.ts";

/** Everything the ledger knows of a resource, for a person. */
export function resourceText(view: ResourceView, now: number): string {
  const { name, breaker, places, rate, budget, declared, history } = view;
  return [
    visible(name),
    ...describeBreaker(breaker, view.limits.breaker !== undefined, now),
    `  places   ${describePlaces(view, now)}`,
    ...places.map((place) => `    ${describePlace(place, budget !== undefined, now)}`),
    ...(rate === undefined ? [] : [`  starts   ${describeRate(rate)}`]),
    ...(budget === undefined ? [] : [`  budget   ${describeBudget(budget)}`]),
    ...(declared.length > 1 ? ["  declared differently; the lowest limits hold:"] : []),
    ...(declared.length > 1 ? declared.map((one) => `    ${describeDeclared(one, now)}`) : []),
    ...(history.length > 0 ? ["  history of the breaker, the newest first:"] : []),
    ...history.map((change) => `    ${describeChange(change)}`),
  ].join("\n");
}

function describeBreaker(breaker: BreakerView, isDeclared: boolean, now: number): string[] {
  const { state, since, until, failuresInRow } = breaker;
  if (state === "closed") {
    if (!isDeclared) return ["  breaker  none; an operator can open it: hardcall resource open"];
    const failures = failuresInRow > 0 ? `, after ${failuresInRow} failures of the service in a row` : "";
    return [`  breaker  closed${failures}`];
  }
  const lines = [
    `  breaker  ${breakerState(breaker)}${since === undefined ? "" : ` since ${time(since)} (${ago(since, now)})`}`,
  ];
  lines.push(`    opened by ${openedBy(breaker)}`);
  if (state === "half_open") lines.push("    one trial call decides whether it closes");
  else if (until !== undefined)
    lines.push(`    ${what(breaker)} ${time(until)} (in ${formatDuration(Math.max(0, until - now))})`);
  else lines.push("    until an operator closes it: hardcall resource close");
  return lines;
}

/** What comes at its end. A login or a service that failed is tried first, with one call. */
const what = ({ code }: BreakerView) =>
  code === "operator" || code === "rate_limited" ? "closes by itself at" : "lets one trial call through at";

function openedBy({ code, by, why, name, callId }: BreakerView): string {
  if (code === "operator") return `${visible(by ?? "an operator")}: ${visible(why ?? "")}`;
  return `${code ?? "unknown"}${name === undefined ? "" : ` of ${visible(name)}, call ${visible(callId ?? "unknown")}`}`;
}

function describePlaces({ places, waiting, limits: { concurrency } }: ResourceView, now: number): string {
  const taken =
    concurrency === undefined
      ? `${places.length} taken, no limit`
      : `${places.length} of ${concurrency} taken`;
  if (waiting.count === 0) return taken;
  const oldest =
    waiting.oldestAt === undefined
      ? ""
      : `, the first for ${formatDuration(Math.max(0, now - waiting.oldestAt))}`;
  return `${taken}; ${waiting.count} ${waiting.count === 1 ? "call waits" : "calls wait"}${oldest}`;
}

function describePlace(place: PlaceView, hasBudget: boolean, now: number): string {
  const { name, callId, attempt, since, reservedUsd, basis, trial, assigned, host, pid } = place;
  return [
    `${visible(name)}, call ${visible(callId)}, attempt ${attempt}`,
    `for ${formatDuration(Math.max(0, now - since))}`,
    ...(reservedUsd > 0 ? [`may cost ${dollarsText(reservedUsd)}`] : []),
    ...(hasBudget && basis === "none" ? ["nothing is reserved for it: its cost is not known"] : []),
    ...(trial ? ["the trial call"] : []),
    ...(assigned ? ["not started yet"] : []),
    `process ${pid} on ${visible(host)}`,
  ].join(", ");
}

const describeRate = ({ used, of, per, roomAt }: RateView) =>
  `${used} of ${of} per ${per}${roomAt === undefined ? "" : `; the next is possible at ${time(roomAt)}`}`;

function describeBudget(budget: BudgetView): string {
  const { spentUsd, reservedUsd, unknownUsd, unknownCalls, of, per, roomAt } = budget;
  const unknown =
    unknownCalls === 0
      ? ""
      : `; ${unknownCalls} of the attempts told no cost and ${unknownCalls === 1 ? "counts" : "count"} as ${dollarsText(unknownUsd)}`;
  const room = roomAt === undefined ? "" : `; there is room at ${time(roomAt)}`;
  return `${dollarsText(spentUsd)} spent and ${dollarsText(reservedUsd)} reserved of ${dollarsText(of)} per ${per}${unknown}${room}`;
}

const describeDeclared = ({ limits, seenAt, host, pid }: Declared, now: number) =>
  `${describeLimits(limits)}: process ${pid} on ${visible(host)}, ${ago(seenAt, now)}`;

function describeChange({ at, to, because, until, by, why, callId, name }: BreakerChange): string {
  const cause =
    because === "operator"
      ? `by ${visible(by ?? "an operator")}: ${visible(why ?? "")}`
      : because === "trial"
        ? "after a trial call"
        : because === "end"
          ? "because its time was over"
          : `by ${because}`;
  const call =
    name === undefined || callId === undefined ? "" : ` (${visible(name)}, call ${visible(callId)})`;
  return `${time(at)}  ${to === "open" ? "opened" : "closed"} ${cause}${call}${until === undefined ? "" : `, until ${time(until)}`}`;
}

const time = (at: number) => new Date(at).toISOString();
const ago = (at: number, now: number) => `${formatDuration(Math.max(0, now - at))} ago`;
