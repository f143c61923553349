import { awakeMsUntil, timeOfSending, type MachineTime } from "../core/machine-time.ts";
import { leaseLossIn } from "../core/stop-cause.ts";
import type { Claim } from "../ledger/operation/state.ts";
import type { UsedLedger } from "../telemetry/trace-ledger.ts";
import { LeaseLimit, NotRenewed } from "./lease-limit.ts";
import { LEASE_MS, type Rhythm } from "./lease-room.ts";

/** What the ledger is told of a running attempt. */
export interface BeatNote {
  readonly pid?: number;
  readonly pidStart?: string;
  readonly externalRef?: string;
}

interface Heartbeat {
  timer?: NodeJS.Timeout;
}

/** The pause after a heartbeat that failed at once, where the lease must not run out. */
const AGAIN_MS = 250;

/** The claim that a call works under, and the heartbeat that keeps it. */
export class Lease {
  readonly ledger: UsedLedger;
  /** Where only the lease tells other hosts that this call is at work. */
  readonly limit: LeaseLimit | undefined;
  readonly #rhythm: Rhythm;
  readonly #onLost: (reason: unknown) => void;
  #claim: Claim | undefined;
  /** One per hold of the claim, so that a heartbeat sees that it outlasted its own. */
  #heartbeat: Heartbeat | undefined;
  /** When the last renewal was sent that the ledger confirmed. */
  #renewedAt: MachineTime = { steady: -Infinity, boot: -Infinity };

  /** @param onLost is called when another owner has taken the operation, or may have */
  constructor(ledger: UsedLedger, rhythm: Rhythm, onLost: (reason: unknown) => void) {
    this.ledger = ledger;
    this.#rhythm = rhythm;
    this.#onLost = onLost;
    if (rhythm.stopAfterMs !== undefined) this.limit = new LeaseLimit(rhythm.stopAfterMs, onLost);
  }

  get claim(): Claim {
    if (this.#claim === undefined) throw new Error("the ledger is written without a claim");
    return this.#claim;
  }

  /**
   * Keeps the claim alive from now on, with a heartbeat.
   *
   * @param sentAt when the request was sent that the ledger granted it for. @default it is the claim of before, in another state
   */
  renew(claim: Claim, sentAt = this.#renewedAt): void {
    this.stop();
    this.#claim = claim;
    this.#heartbeat = {};
    this.renewed(sentAt);
    this.#beatAfter(this.#heartbeat, this.#rhythm.everyMs);
  }

  /** The ledger has confirmed a write under the claim that began the lease anew. */
  renewed(sentAt: MachineTime): void {
    if (this.#heartbeat === undefined) return;
    // Two heartbeats may be under way, and the answer of the older one may come last.
    if (sentAt.steady > this.#renewedAt.steady) this.#renewedAt = sentAt;
    this.limit?.renewed(this.#renewedAt);
  }

  async beat(note?: BeatNote): Promise<void> {
    const beating = this.#heartbeat;
    if (this.#claim === undefined || beating === undefined) return;
    const sentAt = timeOfSending();
    try {
      await this.ledger.heartbeat(this.#claim, note, { withinMs: this.#rhythm.withinMs });
      if (beating === this.#heartbeat) this.renewed(sentAt);
    } catch (error) {
      // This heartbeat waited until its attempt had ended, so nothing is lost.
      if (beating !== this.#heartbeat) return;
      // Ledger unavailable: the next heartbeat tries again while the lease lasts. Lease lost: another owner works on it now, and two must not.
      if (leaseLossIn(error) !== undefined) this.#lose(error);
      // The call must not end as cancelled, and an outage is not why it ends: the lease that ran out meanwhile is.
      else if (-awakeMsUntil(this.#renewedAt) > LEASE_MS) this.#lose(new NotRenewed(LEASE_MS, error));
    }
  }

  #lose(error: unknown): void {
    if (this.limit === undefined) this.#onLost(error);
    else this.limit.lose(error);
  }

  stop(): void {
    clearTimeout(this.#heartbeat?.timer);
    this.#heartbeat = undefined;
    this.limit?.rest();
  }

  #beatAfter(beating: Heartbeat, ms: number): void {
    beating.timer = setTimeout(() => void this.#beatAndGoOn(beating), ms);
  }

  async #beatAndGoOn(beating: Heartbeat): Promise<void> {
    const sentAt = timeOfSending();
    await this.beat();
    if (beating !== this.#heartbeat) return;
    const isConfirmed = this.#renewedAt.steady >= sentAt.steady;
    const isUrgent = this.limit !== undefined && !isConfirmed;
    const inMs = isUrgent ? AGAIN_MS : this.#rhythm.everyMs + awakeMsUntil(sentAt);
    this.#beatAfter(beating, Math.max(AGAIN_MS, inMs));
  }
}
