import type { Borrowed } from "../ledger/shared.ts";
import type { SettleRequest } from "../ledger/store/store.ts";
import type { Claim } from "../ledger/operation/state.ts";
import { traceLedger } from "../telemetry/trace-ledger.ts";
import { WRITE } from "./in-time.ts";
import { LEASE_MS } from "./lease.ts";

/**
 * Work that goes on after its attempt was given up. While it does the ledger is told so, so that nothing starts beside
 * it; when it ends at last, the ledger gets its result. Keeps no process alive.
 *
 * @param open borrows the ledger anew: the call's own time is over by then
 * @param late how it ended in the end; never rejects, and stays pending if it never ends
 * @returns aborts when the end is recorded
 */
export function watchLingering(
  open: (withinMs: number) => Promise<Borrowed>,
  claim: Claim,
  late: Promise<SettleRequest>,
): AbortSignal {
  const recorded = new AbortController();
  const use = async <T>(work: (ledger: ReturnType<typeof traceLedger>) => Promise<T>): Promise<T> => {
    const { store, giveBack } = await open(WRITE.withinMs);
    try {
      return await work(traceLedger(store));
    } finally {
      await giveBack();
    }
  };
  const heartbeat = setInterval(() => {
    // The next beat tries again, and without any the lease of this work runs out.
    use((ledger) => ledger.heartbeat(claim, undefined, WRITE)).catch(() => undefined);
  }, LEASE_MS / 3);
  heartbeat.unref();
  void late
    .then((result) => use((ledger) => ledger.settle(claim, result, WRITE)))
    // A ledger that was not available is told later (ledger/store/unwritten.ts); one that refused the result keeps the doubt.
    .catch(() => undefined)
    .finally(() => {
      clearInterval(heartbeat);
      recorded.abort();
    });
  return recorded.signal;
}
