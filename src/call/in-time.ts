import type { UsedLedger } from "../telemetry/trace-ledger.ts";
import type { Within } from "../ledger/store/store.ts";

/** How long a write may wait for other processes, where the call has so much time left. */
export const WRITE = { withinMs: 10_000 } as const;

/** How long a call whose time is over may still try to write its end to the ledger. */
const LAST_WORD_MS = 100;

/**
 * The ledger as one call uses it. No write waits for other processes longer than the call's own time; a locked ledger would
 * otherwise make the call end late.
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

/** The time that is left of the call, but at most the longest wait of a write. */
export function withinLimit(call: { remainingMs(): number }): { readonly withinMs: number } {
  return { withinMs: Math.max(1, Math.min(WRITE.withinMs, call.remainingMs())) };
}
