import type { AttemptRecord } from "../core/result.ts";

/** How each of several attempts failed, and what they cost together. */
export function describeAttempts(history: readonly AttemptRecord[]): string {
  if (history.length < 2) return "";
  const each = history.map(({ message, code }, index) => `${index + 1}: ${message ?? code ?? "succeeded"}`);
  const cost = totalCost(history);
  const price = cost === undefined ? "" : ` for $${cost.toFixed(4)} in all`;
  return ` It was tried ${history.length} times${price} (${each.join("; ")}).`;
}

/** US dollars, where the callee tells. */
export function totalCost(history: readonly AttemptRecord[]): number | undefined {
  const costs = history.flatMap(({ costUsd }) => costUsd ?? []);
  return costs.length === 0 ? undefined : costs.reduce((sum, cost) => sum + cost, 0);
}
