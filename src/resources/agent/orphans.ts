import { cookieOf } from "../../core/cookie.ts";
import { endWhatIsLeftOf } from "../../ledger/open.ts";
import type { Liveness, Owner } from "../../ledger/owner/owner.ts";
import type { LedgerAttempt } from "../../ledger/operation/state.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import { decode } from "../codec.ts";
import type { TakenPlace } from "../document.ts";
import type { ResourceMoment } from "../types.ts";

type Leftover = Pick<LedgerAttempt, "cookie" | "pid" | "pidStart">;

/** It mostly ends within this time. A call does not wait longer for the place of an owner that left something running. */
const SOON_MS = 1000;

/**
 * What a killed process of this machine started may outlive it for a moment. If its place were free before, one more than the limit would
 * run. So its owner counts as dead only once nothing of its attempts runs.
 */
export class Orphans {
  readonly #resource: string;
  readonly #store: LedgerStore;
  readonly #onEnded: () => void;
  readonly #ended = new Set<string>();
  /** By owner: when it was begun to end what is left of it. */
  readonly #ending = new Map<string, number>();

  constructor(resource: string, store: LedgerStore, onEnded: () => void) {
    this.#resource = resource;
    this.#store = store;
    this.#onEnded = onEnded;
  }

  /** Whether the places of a dead owner may be free in a moment: a refusal would be premature. */
  get mayFreeSoon(): boolean {
    const now = performance.now();
    return [...this.#ending.values()].some((begunAt) => now - begunAt < SOON_MS);
  }

  /** Liveness as a change of the document is to see it. */
  livenessIn(text: string | undefined, liveness: ResourceMoment["liveness"]): (owner: Owner) => Liveness {
    return (owner) => {
      const seen = liveness(owner);
      if (seen !== "dead" || this.#ended.has(owner.id)) return seen;
      const places = decode(this.#resource, text).places.filter(
        (place) => place.owner === owner.id && !place.assigned,
      );
      if (places.length === 0) return seen;
      if (!this.#ending.has(owner.id)) void this.#end(owner, places);
      return "alive";
    };
  }

  async #end(owner: Owner, places: readonly TakenPlace[]): Promise<void> {
    this.#ending.set(owner.id, performance.now());
    try {
      const recorded = await this.#recordedOf(owner);
      const own = places.map((place): Leftover => ({ cookie: cookieOf(place) }));
      // All at once: they are looked for together, in one reading of the process table.
      await Promise.all([...own, ...recorded].map(endWhatIsLeftOf));
    } finally {
      // What cannot be ended must not hold a place for ever.
      this.#ended.add(owner.id);
      this.#ending.delete(owner.id);
      this.#onEnded();
    }
  }

  /** The attempts with a key are numbered by their operation, and the ledger has their cookies. */
  async #recordedOf({ host, bootId, id }: Owner): Promise<readonly Leftover[]> {
    try {
      const open = await this.#store.unfinished({ host, bootId });
      return open.map(({ attempt }) => attempt).filter(({ owner }) => id.endsWith(owner.id));
    } catch {
      return []; // The ledger is out of reach. The guardian of the process ends them.
    }
  }
}
