import { setTimeout as wait } from "node:timers/promises";
import { unavailable } from "../../../src/database/errors.ts";
import { clockOf } from "../../../src/ledger/owner/boot-clock.ts";
import { currentOwner } from "../../../src/ledger/owner/owner.ts";
import type { Backend } from "../../../src/ledger/store/backend.ts";
import { createStore } from "../../../src/ledger/store/create-store.ts";
import { emptyMemory, memoryBackend, type Memory } from "../../../src/ledger/store/memory.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";

/** What the way to the ledger does. `swallows`: the ledger takes a write, and its answer is lost. `slow`: the answer takes its time. */
export type Way = "open" | "slow" | "hangs" | "fails" | "swallows";

export const SLOW_MS = 500;

/**
 * A ledger that several hosts share, as one of them sees it over a wire that can be cut. Two with the same memory are two hosts: each sees
 * of the other's owner only its lease.
 */
export class FarLedger {
  /** How far the clock of the shared ledger is ahead, in milliseconds. */
  readonly world: { aheadMs: number };
  readonly memory: Memory;
  readonly store: LedgerStore;
  way: Way = "open";
  /** When the last write was sent that the ledger has confirmed, on the clock of `performance.now()`. */
  renewedAt = Number.NaN;
  #listeners: (() => void)[] = [];

  constructor(
    host: string,
    shared: Pick<FarLedger, "memory" | "world"> = { memory: emptyMemory(), world: { aheadMs: 0 } },
  ) {
    const { memory, world } = shared;
    this.memory = memory;
    this.world = world;
    const backend = memoryBackend(memory, clockOf({ clock: () => Date.now() + world.aheadMs }));
    const far: Backend = {
      ...backend,
      transact: (target, options, body) =>
        this.#send(options.withinMs, () => backend.transact(target, options, body)),
      resources: {
        ...backend.resources,
        change: (request, withinMs, body) =>
          this.#send(withinMs, () => backend.resources.change(request, withinMs, body)),
      },
    };
    const store = createStore(far, {
      owner: { ...currentOwner(), host, id: host },
      liveness: ({ id }) => (id === host ? "alive" : "unknown"),
    });
    this.store = { ...store, spansHosts: true };
  }

  /** Resolves when the next write has been confirmed. */
  confirmed(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  async #send<T>(withinMs: number, work: () => Promise<T>): Promise<T> {
    const sentAt = performance.now();
    const { way } = this;
    const isTaken = way === "open" || way === "slow" || way === "swallows";
    const answer = isTaken ? await work() : undefined;
    if (way === "slow") await wait(SLOW_MS);
    if (way === "open" || way === "slow") {
      this.renewedAt = sentAt;
      for (const listener of this.#listeners.splice(0)) listener();
      return answer as T;
    }
    if (way !== "fails") await wait(withinMs, undefined, { ref: false });
    throw unavailable("io", "The ledger is out of reach.");
  }
}
