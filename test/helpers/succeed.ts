import type { ClaimRequest } from "../../src/ledger/operation/events.ts";
import type { LedgerStore } from "../../src/ledger/store/store.ts";

/** A whole call with a key that nothing guards yet: claimed, started, and ended well. */
export async function succeed(
  store: LedgerStore,
  call: Pick<ClaimRequest, "name" | "key" | "callId">,
  end: { readonly end: { readonly exitCode?: number }; readonly value: unknown },
): Promise<void> {
  const answer = await store.claim({ ...call, fingerprint: "v1", effects: "once", leaseMs: 30_000 });
  if (answer.kind !== "proceed") throw new Error(answer.kind);
  await store.started(answer.claim);
  await store.settle(answer.claim, { state: "succeeded", ...end });
}
