import type { ClaimAnswer, ClaimRequest } from "../operation/events.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { Backend, Target, View } from "./backend.ts";
import type { LedgerStore } from "./store.ts";
import { requireText, validRequest } from "./validate.ts";
import { DEFAULT_WITHIN_MS } from "./within.ts";

/** What the rules of a resource need to know of a store. */
export interface ResourceHelp {
  readonly owner: Owner;
  readonly liveness: (owner: Owner) => Liveness;
  readonly lookAt: (view: View, request: ClaimRequest) => ClaimAnswer;
  /** Writes the results of an operation that could not be written before. */
  readonly flush: (target: Target, withinMs: number) => Promise<void>;
}

/** The methods of a store for the limits that calls share. */
export function resourceMethods(
  backend: Backend,
  { owner, liveness, lookAt, flush }: ResourceHelp,
): Pick<LedgerStore, "changeResource" | "resources" | "moment"> {
  const { removal } = backend.resources;
  return {
    async changeResource({ name, looks = [] }, body, within) {
      requireText(name, "name");
      for (const look of looks) validRequest(look);
      const withinMs = within?.withinMs ?? DEFAULT_WITHIN_MS;
      for (const look of looks) await flush(look, withinMs);
      return await backend.resources.change({ name, targets: looks }, withinMs, ({ text, rows, ...view }) =>
        body({
          text,
          looks: looks.map((look, index) => lookAt({ row: rows[index], ...view }, look)),
          now: view.now,
          owner,
          liveness: onceEach(liveness),
          removal,
        }),
      );
    },

    resources: () => backend.resources.list(),

    async moment() {
      return { now: await backend.now(), owner, liveness: onceEach(liveness), removal };
    },
  };
}

/** A document names an owner many times, and each look at a process takes its time. */
export function onceEach(liveness: (owner: Owner) => Liveness): (owner: Owner) => Liveness {
  const known = new Map<string, Liveness>();
  return (owner) => {
    const { host, bootId, pidSpace, pid, pidStart, id } = owner;
    const key = JSON.stringify([host, bootId, pidSpace, pid, pidStart, id]);
    const alive = known.get(key) ?? liveness(owner);
    known.set(key, alive);
    return alive;
  };
}
