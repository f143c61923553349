import { setTimeout as wait } from "node:timers/promises";
import type { LedgerStore } from "../ledger/store/store.ts";

/** The wait before a call asks again for a key that is in progress elsewhere. It doubles each time. */
export const FIRST_POLL_MS = 25;
export const LONGEST_POLL_MS = 1000;

/**
 * Waits until the operation may have ended, at most `pollMs`. The caller then asks again, also where the ledger tells of an end: an owner may
 * die without one, and its lease runs out in silence.
 */
export async function untilItMayHaveEnded(
  store: Pick<LedgerStore, "ended">,
  operation: { readonly name: string; readonly key: string },
  pollMs: number,
  cancel: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const onCancel = () => over.abort();
  cancel.addEventListener("abort", onCancel, { once: true });
  const pause = (ms: number) => wait(ms, undefined, { signal }).catch(() => undefined);
  const waits: Promise<unknown>[] = [pause(pollMs)];
  if (store.ended !== undefined) {
    // A ledger that cannot tell at the moment may answer at once, and must not be asked without a pause.
    waits.push(Promise.all([store.ended(operation, { withinMs: pollMs, signal }), pause(FIRST_POLL_MS)]));
  }
  await Promise.race(waits);
  cancel.removeEventListener("abort", onCancel);
  over.abort();
}
