import type { MachineTime } from "../../core/machine-time.ts";
import type { HeldPlace } from "./gate-types.ts";
import type { Leave } from "../types.ts";

/** A place that a call of this process holds. */
export class GrantedPlace implements HeldPlace {
  readonly ticket: string;
  readonly trial: boolean;
  readonly #listeners = new Set<(sentAt: MachineTime) => void>();
  readonly #onLeave: (place: GrantedPlace, leave: Leave) => void;
  #renewedAt: MachineTime;
  #isLeft = false;

  constructor(
    ticket: string,
    trial: boolean,
    grantedAt: MachineTime,
    onLeave: (place: GrantedPlace, leave: Leave) => void,
  ) {
    this.ticket = ticket;
    this.trial = trial;
    this.#renewedAt = grantedAt;
    this.#onLeave = onLeave;
  }

  onRenewed(listener: (sentAt: MachineTime) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#renewedAt);
    return () => void this.#listeners.delete(listener);
  }

  /** The ledger has confirmed a renewal that was sent at this moment. */
  renewed(sentAt: MachineTime): void {
    this.#renewedAt = sentAt;
    for (const listener of this.#listeners) listener(sentAt);
  }

  leave(end: Omit<Leave, "ticket">): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#listeners.clear();
    this.#onLeave(this, { ticket: this.ticket, ...end });
  }

  linger(): void {
    // Only a trial keeps others waiting for how its attempt ends.
    if (this.#isLeft || !this.trial) return;
    this.#onLeave(this, { ticket: this.ticket, started: true, stays: true, opens: false });
  }
}
