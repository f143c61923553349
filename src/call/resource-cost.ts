import { isObject } from "../core/options.ts";
import type { Resource } from "../resources/options.ts";
import type { FinishedAttempt } from "./attempt.ts";

const MICRO = 1e6;
const TIB = 2 ** 40;

type Prices = Pick<Resource, "name" | "cost" | "usdPerTiB">;

/**
 * What an attempt cost, in millionths of a US dollar: by the resource's `cost`, else as its callee reported it, else the bytes that a job is
 * billed for at their price. `undefined`: unknown. Never throws: the attempt has done its work, and its figure alone is lost.
 */
export function microUsdOf(
  resource: Prices,
  attempt: Pick<FinishedAttempt<unknown, object>, "record" | "report" | "verdict">,
): number | undefined {
  const usd = usdOf(resource, attempt);
  return isAmount(usd) ? Math.round(usd * MICRO) : undefined;
}

/** Above it, a figure is a fault of what told it, and Infinity could not be written down. */
const MOST_USD = 1e9;

const isAmount = (usd: unknown): usd is number => typeof usd === "number" && usd >= 0 && usd <= MOST_USD;

/** The most that one attempt may cost, in US dollars, if that is known before it starts. */
export function reserveUsdOf(
  { cost }: Prices,
  callee: { readonly maxCostUsd?: number | undefined },
): number | undefined {
  return typeof cost === "number" ? cost : callee.maxCostUsd;
}

function usdOf(
  { name, cost, usdPerTiB }: Prices,
  { record, report, verdict }: Pick<FinishedAttempt<unknown, object>, "record" | "report" | "verdict">,
): number | undefined {
  if (typeof cost === "number") return cost;
  const { code, costUsd, durationMs } = record;
  const { bytesBilled, usage } = (report.details ?? {}) as Readonly<Record<string, unknown>>;
  const bytes = typeof bytesBilled === "number" ? bytesBilled : undefined;
  if (cost !== undefined) {
    const value = verdict.ok ? verdict.value : undefined;
    try {
      const tokens = isObject(usage) ? usage : undefined;
      const usd: unknown = cost({ value, code, costUsd, usage: tokens, bytesBilled: bytes, durationMs });
      if (usd === undefined || typeof usd === "number") return usd;
      // A promise that is rejected would end the host.
      if (usd instanceof Promise) usd.catch(() => undefined);
      warn(name, "returned no number of USD");
    } catch {
      warn(name, "threw");
    }
    return undefined;
  }
  if (costUsd !== undefined) return costUsd;
  return bytes === undefined || usdPerTiB === undefined ? undefined : (bytes / TIB) * usdPerTiB;
}

function warn(name: string, what: string): void {
  process.emitWarning(
    `The cost function of the resource "${name}" ${what}, so the cost of an attempt counts as unknown.`,
    "HardcallWarning",
  );
}
