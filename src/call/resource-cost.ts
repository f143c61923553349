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
  return usd !== undefined && Number.isFinite(usd) && usd >= 0 ? Math.round(usd * MICRO) : undefined;
}

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
  const { bytesBilled } = (report.details ?? {}) as { readonly bytesBilled?: unknown };
  const bytes = typeof bytesBilled === "number" ? bytesBilled : undefined;
  if (cost !== undefined) {
    const value = verdict.ok ? verdict.value : undefined;
    try {
      return cost({ value, code, costUsd, bytesBilled: bytes, durationMs });
    } catch {
      process.emitWarning(
        `The cost function of the resource "${name}" threw, so the cost of an attempt counts as unknown.`,
        "HardcallWarning",
      );
      return undefined;
    }
  }
  if (costUsd !== undefined) return costUsd;
  return bytes === undefined || usdPerTiB === undefined ? undefined : (bytes / TIB) * usdPerTiB;
}
