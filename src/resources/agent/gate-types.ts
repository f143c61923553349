import type { MachineTime } from "../../core/machine-time.ts";
import type { ClaimRequest } from "../../ledger/operation/events.ts";
import type { StoreClaimAnswer } from "../../ledger/store/store.ts";
import type { Leave, Refused } from "../types.ts";

/** One attempt that asks for a place of a resource. */
export interface EnterRequest {
  /** The name of the call. */
  readonly name: string;
  readonly callId: string;
  readonly attempt: number;
  /** What the attempt may cost at most, in USD. */
  readonly reserveUsd?: number | undefined;
  /** Whether it waits while all places are taken. */
  readonly patient: boolean;
  /** When the wait ends at the latest, on the clock of `performance.now()`. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
  /** Is looked up in the same transaction: an attempt whose operation is known to be over, held or in doubt needs no place. */
  readonly look?: ClaimRequest | undefined;
}

export type Entered =
  | { readonly kind: "place"; readonly place: HeldPlace; readonly waitedMs: number }
  /** The look found that no place is needed, or that a probe is due first. */
  | { readonly kind: "known"; readonly answer: StoreClaimAnswer }
  | Refused
  | { readonly kind: "cancelled" };

/** The right to make one attempt. */
export interface HeldPlace {
  /** Whether it is the one attempt that finds out whether the circuit breaker may close. */
  readonly trial: boolean;
  /**
   * Tells when a renewal of the place's lease was sent that the ledger confirmed: of the last one at once, then of each. On a ledger that
   * spans hosts the attempt must be over before that lease is.
   *
   * @returns a function that ends the subscription
   */
  onRenewed(listener: (sentAt: MachineTime) => void): () => void;
  /**
   * Gives the place back; only the first call counts. It never throws. What cannot be written now is written with the next change, and the
   * connection to the ledger stays open until then.
   */
  leave(end: Omit<Leave, "ticket">): void;
  /** The attempt is over, and its work goes on in this process: the place stays taken. If it was the trial, another call may be that now. */
  linger(): void;
}

/** The way into a resource on one ledger. */
export interface Gate {
  /** @throws LedgerError `ledger_unavailable` when the ledger is out of reach: a limit that vanishes then is none */
  enter(request: EnterRequest): Promise<Entered>;
}
