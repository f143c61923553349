import type { UsedLedger } from "../telemetry/trace-ledger.ts";
import type { Within } from "../ledger/store/store.ts";

/** What a call whose time is over still gets to tell the ledger how it ended: one try, and a few more. */
const LAST_WORD_MS = 100;

/**
 * The ledger as one call uses it: nothing waits for other processes longer than the call's own time lasts, or the call
 * would end late because the ledger is locked.
 */
export function inTime(ledger: UsedLedger, call: { remainingMs(): number }): UsedLedger {
  const clamp = (within: Within | undefined): Within => ({
    withinMs: Math.min(within?.withinMs ?? Infinity, Math.max(LAST_WORD_MS, call.remainingMs())),
  });
  return {
    ...ledger,
    claim: (request, within) => ledger.claim(request, clamp(within)),
    started: (claim, start, within) => ledger.started(claim, start, clamp(within)),
    heartbeat: (claim, note, within) => ledger.heartbeat(claim, note, clamp(within)),
    settle: (claim, result, within) => ledger.settle(claim, result, clamp(within)),
    settleAndClaim: (claim, result, request, within) =>
      ledger.settleAndClaim(claim, result, request, clamp(within)),
    probed: (claim, answer, options) => ledger.probed(claim, answer, { ...options, ...clamp(options) }),
  };
}
