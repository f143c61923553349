import { formatDuration } from "../core/duration.ts";
import type { SeenLimits } from "./in-force.ts";
import type { ResourceLimits } from "./types.ts";
import { formatWindow } from "./windows.ts";

/** Micro USD as a person says them: `$24.10`, and the digits of a smaller amount. */
export function formatUsd(microUsd: number): string {
  const usd = microUsd / 1_000_000;
  return microUsd > 0 && microUsd < 10_000 ? `$${Number(usd.toPrecision(2))}` : `$${usd.toFixed(2)}`;
}

/** Limits in a sentence: `concurrency 3, 50 starts per 1 h, $25.00 per day (UTC)`. */
export function describeLimits({ concurrency, rate, budget, breaker }: ResourceLimits): string {
  const parts = [
    concurrency !== undefined && `concurrency ${concurrency}`,
    rate && `${rate.starts} starts per ${formatWindow(rate.window)}`,
    budget && `${formatUsd(budget.microUsd)} per ${formatWindow(budget.window)}`,
    breaker &&
      `circuit breaker after ${breaker.failures} failures for ${formatDuration(breaker.cooldownMs)} to ${formatDuration(breaker.maxCooldownMs)}`,
  ];
  return parts.filter((part) => typeof part === "string").join(", ");
}

/** Processes declare different limits for one name. */
export function describeDisagreement(
  name: string,
  declared: readonly SeenLimits[],
  inForce: ResourceLimits,
): string {
  const each = declared.map(
    ({ limits, host, pid }) => `${describeLimits(limits)} (process ${pid} on ${host})`,
  );
  return `Processes declare different limits for the resource "${name}": ${each.join("; ")}. The lowest of each holds: ${describeLimits(inForce)}. They hold until 30 s after a process that declares them was last seen. Declare the same limits in every process.`;
}
