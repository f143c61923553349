import { openStore } from "../../ledger/open.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import type { Done, ResolveRequest } from "../data.ts";
import { RefusedRequest } from "../refused-request.ts";

/** Opens a ledger for one write of an operator. @throws LedgerError */
async function withStore<T>(
  ledger: string | undefined,
  work: (store: LedgerStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(ledger, { mustExist: true });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/**
 * An operator says whether a call took effect, as `hardcall ledger resolve` does.
 *
 * @throws LedgerError; RefusedRequest `not_found`, `conflict` for a call that is not in doubt any more
 */
export async function resolveCall(
  ledger: string | undefined,
  callId: string,
  { as, by, why, force }: ResolveRequest,
): Promise<Done> {
  const verdict = { as, by, why, force };
  return await withStore(ledger, async (store) => {
    const [found] = (await store.show({ callIdOrKey: callId })).filter(
      ({ record }) => record.callId === callId,
    );
    if (found === undefined)
      throw new RefusedRequest(
        "conflict",
        "Another call has claimed this key since, or it was pruned. Nothing was resolved. Reload and look again.",
      );
    const answer = await store.resolve(found.record, verdict);
    if (answer?.kind === "resolved") {
      const over = answer.overrode === undefined ? "" : `; it was ${answer.overrode}`;
      return { message: `Resolved as ${as}: the call is now ${answer.record.state}${over}.` };
    }
    throw new RefusedRequest("conflict", `Nothing was resolved: the call is ${stateOf(answer)}.`, {
      needsForce: true,
    });
  });
}

function stateOf(answer: Awaited<ReturnType<LedgerStore["resolve"]>>): string {
  if (answer?.kind === "in_progress")
    return `in progress (process ${answer.owner.pid} on ${answer.owner.host}). Wait until it ends, or overrule it if you know that it has ended`;
  return `${answer?.record.state ?? "gone"}, not in doubt`;
}

/** Not yet. */
export function operateBreaker(): Promise<Done> {
  return Promise.reject(new RefusedRequest("not_found", "The ledger knows no resource of this name."));
}
