import type { Reserved } from "./types.ts";

/** What the last attempts of each call cost: in steps of 100 micro USD, rounded up, the newest last; the call that ended last is last. */
export type CostHistory = readonly (readonly [name: string, costs: readonly number[]])[];

const STEP_MICRO_USD = 100;
const REMEMBERED = 50;
const MOST_NAMES = 16;
const PERCENTILE = 0.95;

export function rememberCost(history: CostHistory, name: string, microUsd: number): CostHistory {
  const known = history.find(([of]) => of === name)?.[1] ?? [];
  const costs = [...known, Math.ceil(microUsd / STEP_MICRO_USD)].slice(-REMEMBERED);
  const others = history.filter(([of]) => of !== name);
  return [...others, [name, costs] as const].slice(-MOST_NAMES);
}

/** What an attempt holds of the budget while it runs. */
export function reservation(
  history: CostHistory,
  { name, reserve }: { readonly name: string; readonly reserve: number | undefined },
): Reserved {
  if (reserve !== undefined) return { microUsd: reserve, basis: "max_budget" };
  const costs = history.find(([of]) => of === name)?.[1] ?? [];
  if (costs.length === 0) return { microUsd: 0, basis: "none" };
  const sorted = costs.toSorted((one, other) => one - other);
  const rank = Math.ceil(PERCENTILE * sorted.length);
  return { microUsd: (sorted[rank - 1] ?? 0) * STEP_MICRO_USD, basis: "last_50" };
}
