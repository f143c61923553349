import type { Leave } from "../types.ts";

/** How long an otherwise idle process stays alive to give back its places. After that, other processes find its owner dead. */
const HOLDS_EXIT_MS = 2000;

/** The places that are to be given back, until the ledger has confirmed it. */
export class Leaves {
  readonly #leaves = new Map<string, Leave>();
  #since = 0;

  get size(): number {
    return this.#leaves.size;
  }

  /** Whether the process should stay alive until they are written. */
  get holdsExit(): boolean {
    return this.size > 0 && performance.now() - this.#since < HOLDS_EXIT_MS;
  }

  add(leave: Leave): void {
    this.#since = performance.now();
    this.#leaves.set(leave.ticket, leave);
  }

  /** Oldest first. */
  all(): Iterable<Leave> {
    return this.#leaves.values();
  }

  written(leaves: readonly Leave[]): void {
    for (const leave of leaves) {
      // Work that lingered may have ended meanwhile: its second leave has not been written.
      if (this.#leaves.get(leave.ticket) === leave) this.#leaves.delete(leave.ticket);
    }
  }

  /** The ledger is closed: nothing can be written any more. */
  drop(): void {
    this.#leaves.clear();
  }
}
