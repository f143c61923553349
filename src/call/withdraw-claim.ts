import type { ErrorCode } from "../core/vocabulary.ts";
import type { Claim } from "../ledger/operation/state.ts";
import type { Within } from "../ledger/store/store.ts";
import type { UsedLedger } from "../telemetry/trace-ledger.ts";

/**
 * Withdraws a claim on an attempt that the call does not make.
 *
 * @param why the code of what keeps it from that; `"released"` for a probe that was not asked
 */
export async function withdrawClaim(
  ledger: Pick<UsedLedger, "probed" | "settle">,
  claim: Claim,
  why: ErrorCode | "released",
  within: Within,
): Promise<void> {
  try {
    if (why === "released") await ledger.probed(claim, why, within);
    else await ledger.settle(claim, { state: "failed", end: { code: why, effect: "not_started" } }, within);
  } catch {
    // The claim ends with its lease.
  }
}
