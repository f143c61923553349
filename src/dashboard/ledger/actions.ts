import { LedgerError } from "../../database/errors.ts";
import { openStore } from "../../ledger/open.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import type { BreakerRequest, Done, ResolveRequest } from "../data.ts";
import { operateResource } from "../../resources/operator.ts";
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

/**
 * An operator opens or closes a breaker, as `hardcall resource open` and `close` do.
 *
 * @throws LedgerError; RefusedRequest `not_found`, `bad_request`
 */
export async function operateBreaker(
  ledger: string | undefined,
  name: string,
  to: "open" | "close",
  request: BreakerRequest,
): Promise<Done> {
  return await withStore(ledger, async (store) => {
    const known = await store.resources();
    if (!known.some((resource) => resource.name === name))
      throw new RefusedRequest("not_found", "The ledger knows no resource of this name.");
    const { changed, view } = await operate(store, name, { kind: to, ...request });
    if (to === "close")
      return {
        message: changed ? "Closed: calls start again." : "It was closed already; nothing was changed.",
      };
    const { until } = view.breaker;
    const end = until === undefined ? "an operator closes it" : new Date(until).toISOString();
    return { message: `Opened until ${end}: calls end with circuit_open, and those that run go on.` };
  });
}

/** What the rules do not take of an operator is the request's mistake, not the ledger's. */
async function operate(...decision: Parameters<typeof operateResource>): ReturnType<typeof operateResource> {
  try {
    return await operateResource(...decision);
  } catch (error) {
    if (error instanceof LedgerError && error.code === "invalid_config")
      throw new RefusedRequest("bad_request", error.message);
    throw error;
  }
}
