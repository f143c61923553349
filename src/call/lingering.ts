import type { Borrowed } from "../ledger/shared.ts";
import type { SettleRequest } from "../ledger/store/store.ts";
import type { Claim } from "../ledger/operation/state.ts";
import { traceLedger } from "../telemetry/trace-ledger.ts";
import { WRITE } from "./in-time.ts";
import { LEASE_MS } from "./lease-room.ts";

/**
 * Watches work that continues after hardcall gave up its attempt. Heartbeats tell the ledger that it continues, so that no other attempt
 * starts beside it; when it ends, the ledger gets its result. This keeps no process alive.
 *
 * @param open borrows the ledger again, because the call's own time is over
 * @param late resolves with the result of the work; never rejects, and stays pending if the work never ends
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
    // The next heartbeat tries again. Without any, the lease of this work runs out.
    use((ledger) => ledger.heartbeat(claim, undefined, WRITE)).catch(() => undefined);
  }, LEASE_MS / 3);
  heartbeat.unref();
  void late
    .then((result) => use((ledger) => ledger.settle(claim, result, WRITE)))
    // An unavailable ledger gets the result later (ledger/store/unwritten.ts). If it refuses the result, the operation stays in doubt.
    .catch(() => undefined)
    .finally(() => {
      clearInterval(heartbeat);
      recorded.abort();
    });
  return recorded.signal;
}
