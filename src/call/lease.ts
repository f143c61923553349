import { LedgerError } from "../database/errors.ts";
import type { Claim } from "../ledger/operation/state.ts";
import type { UsedLedger } from "../telemetry/trace-ledger.ts";

/** How long a claim holds without a heartbeat. On the same machine, hardcall notices a dead owner at once. */
export const LEASE_MS = 30_000;

/** What the ledger is told of a running attempt. */
export interface BeatNote {
  readonly pid?: number;
  readonly pidStart?: string;
  readonly externalRef?: string;
}

/** The claim that a call works under, and the heartbeat that keeps it. */
export class Lease {
  readonly ledger: UsedLedger;
  readonly #onLost: (reason: unknown) => void;
  #claim: Claim | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  /** When the ledger last confirmed the claim, on a clock that cannot be set. */
  #heldAt = 0;

  /** @param onLost is called when another owner has taken the operation, or may have */
  constructor(ledger: UsedLedger, onLost: (reason: unknown) => void) {
    this.ledger = ledger;
    this.#onLost = onLost;
  }

  get claim(): Claim {
    if (this.#claim === undefined) throw new Error("the ledger is written without a claim");
    return this.#claim;
  }

  /** Keeps the claim alive from now on, with a heartbeat. */
  renew(claim: Claim): void {
    this.stop();
    this.#claim = claim;
    this.#heldAt = performance.now();
    this.#heartbeat = setInterval(() => void this.beat(), LEASE_MS / 3);
  }

  async beat(note?: BeatNote): Promise<void> {
    const beating = this.#heartbeat;
    if (this.#claim === undefined || beating === undefined) return;
    try {
      await this.ledger.heartbeat(this.#claim, note, { withinMs: LEASE_MS / 3 });
      this.#heldAt = performance.now();
    } catch (error) {
      // This heartbeat waited until its attempt had ended, so nothing is lost.
      if (beating !== this.#heartbeat) return;
      // Ledger unavailable: the next heartbeat tries again while the lease lasts. Lease lost: another owner works on it now, and two must not.
      const lost = error instanceof LedgerError && error.code === "lease_lost";
      if (lost || performance.now() - this.#heldAt > LEASE_MS) this.#onLost(error);
    }
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
