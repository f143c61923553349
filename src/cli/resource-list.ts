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
  `${usd(spentUsd + reservedUsd)} of ${usd(of)} per ${per}`;

function breakerOf({ breaker, limits }: ResourceView): string {
  if (breaker.state !== "closed") return `${stateOf(breaker)} (${breaker.code ?? "unknown"})`;
  return limits.breaker === undefined ? "" : "closed";
}

/** The breaker's state in words. */
export const stateOf = ({ state }: BreakerView): string => (state === "half_open" ? "half-open" : state);

/** US dollars, to the cent; to the hundredth of a cent below one. */
export const usd = (amount: number): string => `$${amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2)}`;
