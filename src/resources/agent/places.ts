import type { MachineTime } from "../../core/machine-time.ts";
import { Leaves } from "./leaves.ts";
import { GrantedPlace } from "./place.ts";
import type { HeldPlace } from "./gate-types.ts";
import type { Leave } from "../types.ts";

/** The places that calls of this process hold, and those that are to be given back. */
export class Places {
  readonly leaves = new Leaves();
  readonly #held = new Set<GrantedPlace>();
  readonly #onLeave: () => void;

  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#held.size;
  }

  grant(ticket: string, trial: boolean, grantedAt: MachineTime): HeldPlace {
    const place = new GrantedPlace(ticket, trial, grantedAt, (left, leave) => {
      if (leave.stays !== true) this.#held.delete(left);
      this.#leave(leave);
    });
    this.#held.add(place);
    return place;
  }

  /** Gives back the place that a call may have been granted and does not want. */
  leaveUnused(ticket: string): void {
    this.#leave({ ticket, started: false, opens: false });
  }

  renewed(sentAt: MachineTime): void {
    for (const place of this.#held) place.renewed(sentAt);
  }

  #leave(leave: Leave): void {
    this.leaves.add(leave);
    this.#onLeave();
  }
}
