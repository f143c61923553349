import type { Borrowed } from "../ledger/shared.ts";
import type { SettleRequest } from "../ledger/store/store.ts";
import type { Claim } from "../ledger/operation/state.ts";
import { traceLedger } from "../telemetry/trace-ledger.ts";
import { LEASE_MS } from "./lease.ts";

/** How long a heartbeat or the late result may wait for other processes. */
const WRITE_WITHIN_MS = 10_000;

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
    const { store, giveBack } = await open(WRITE_WITHIN_MS);
    try {
      return await work(traceLedger(store));
    } finally {
      await giveBack();
    }
  };
  const within = { withinMs: WRITE_WITHIN_MS };
  const heartbeat = setInterval(() => {
    // The next beat tries again, and without any the lease of this work runs out.
    use((ledger) => ledger.heartbeat(claim, undefined, within)).catch(() => undefined);
  }, LEASE_MS / 3);
  heartbeat.unref();
  void late
    .then((result) => use((ledger) => ledger.settle(claim, result, within)))
    // The ledger then counts this work as going on for as long as this process lives, and starts nothing.
    .catch(() => undefined)
    .finally(() => {
      clearInterval(heartbeat);
      recorded.abort();
    });
  return recorded.signal;
}
