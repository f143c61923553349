import { formatUsd } from "../resources/limits-words.ts";
import type { BreakerView, BudgetView, RateView, ResourceView } from "../resources/view.ts";
import { table } from "./table.ts";

const HEAD = ["RESOURCE", "PLACES", "WAITING", "STARTS", "BUDGET", "BREAKER"];

/** One line for each resource. The first column is its name: the completions of shells read it. */
export function resourceTable(views: readonly ResourceView[]): string {
  return table(
    HEAD,
    views.map((view) => [
      view.name,
      placesOf(view),
      String(view.waiting.count),
      view.rate === undefined ? "" : startsOf(view.rate),
      view.budget === undefined ? "" : moneyOf(view.budget),
      breakerOf(view),
    ]),
  );
}

const placesOf = ({ places, limits: { concurrency } }: ResourceView) =>
  concurrency === undefined ? String(places.length) : `${places.length} of ${concurrency}`;

const startsOf = ({ used, of, per }: RateView) => `${used} of ${of} per ${per}`;

const moneyOf = ({ spentUsd, reservedUsd, of, per }: BudgetView) =>
  `${dollarsText(spentUsd + reservedUsd)} of ${dollarsText(of)} per ${per}`;

function breakerOf({ breaker, limits }: ResourceView): string {
  if (breaker.state !== "closed") return `${breakerState(breaker)} (${breaker.code ?? "unknown"})`;
  return limits.breaker === undefined ? "" : "closed";
}

/** The breaker's state in words. */
export const breakerState = ({ state }: BreakerView): string => (state === "half_open" ? "half-open" : state);

/** US dollars as messages have them. */
export const dollarsText = (usd: number): string => formatUsd(Math.round(usd * 1_000_000));
