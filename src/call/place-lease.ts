import { msUntil } from "../core/machine-time.ts";
import type { WorkLease } from "../core/work-lease.ts";
import type { HeldPlace } from "../resources/agent/gate-types.ts";
import { LeaseLimit } from "./lease-limit.ts";

/**
 * The lease of a place in a ledger that several hosts share. When it is over, the ledger gives the place to another call, so the attempt must
 * stop before that.
 */
export class PlaceLease {
  readonly limit: LeaseLimit;
  #unsubscribe: (() => void) | undefined;

  /**
   * @param stopAfterMs the lease without the time that the work takes to stop
   * @param onLost is called once, when the attempt must stop
   */
  constructor(stopAfterMs: number, onLost: (reason: unknown) => void) {
    this.limit = new LeaseLimit(stopAfterMs, onLost, "another call may get its place");
  }

  hold(place: Pick<HeldPlace, "onRenewed">): void {
    this.#unsubscribe = place.onRenewed((sentAt) => this.limit.renewed(sentAt));
  }

  /** The place was given back. */
  rest(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.limit.rest();
  }
}

/** The lease of work that needs both: it must stop when the first of them is lost. */
export function bothLeases(one: WorkLease | undefined, other: WorkLease | undefined): WorkLease | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    get stopAt() {
      return msUntil(one.stopAt) < msUntil(other.stopAt) ? one.stopAt : other.stopAt;
    },
    lost: AbortSignal.any([one.lost, other.lost]),
    onRenewed(listener) {
      const ends = [one.onRenewed(listener), other.onRenewed(listener)];
      return () => ends.forEach((end) => end());
    },
    isOver: () => one.isOver() || other.isOver(),
    lose() {
      one.lose();
      other.lose();
    },
  };
}
