import type { Logger } from "../../core/logger.ts";
import type { Owner } from "../../ledger/owner/owner.ts";
import { connectionOf, type Connection } from "../../ledger/shared.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import { ResourceAgent } from "./agent.ts";
import type { ResourceLimits } from "../types.ts";

/** The agents of this process, by the store behind all handles, and by resource and declaration. */
const agents = new WeakMap<LedgerStore, Map<string, ResourceAgent>>();
/** How many agents speak for one owner of one resource. */
const counts = new Map<string, number>();

/**
 * The agent for a resource on a ledger. Two stores for one file, and two declarations with different limits, have an agent each: each
 * tells the ledger of its own line, so the ledger takes them for two owners.
 */
export function agentOf(
  resource: string,
  limits: ResourceLimits,
  handle: LedgerStore,
  log: Logger | undefined,
): { readonly agent: ResourceAgent; readonly connection: Connection } {
  const connection = connectionOf(handle);
  const ofStore = agents.get(connection.store) ?? new Map<string, ResourceAgent>();
  agents.set(connection.store, ofStore);
  const id = JSON.stringify([resource, limits]);
  const known = ofStore.get(id);
  const agent =
    known ?? new ResourceAgent({ resource, limits, connection, ownerOf: ownersFor(resource), log });
  ofStore.set(id, agent);
  return { agent, connection };
}

/** Names the owner of one agent. The number is in front: the end of an id may name the thread. */
function ownersFor(resource: string): (owner: Owner) => Owner {
  let nth: number | undefined;
  return (owner) => {
    if (nth === undefined) {
      const id = JSON.stringify([resource, owner.id]);
      nth = (counts.get(id) ?? 0) + 1;
      counts.set(id, nth);
    }
    return nth === 1 ? owner : { ...owner, id: `${nth} ${owner.id}` };
  };
}
