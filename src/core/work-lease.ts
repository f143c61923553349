import type { MachineTime } from "./machine-time.ts";

/**
 * The lease of a call on a ledger that several hosts share, as the work of the call sees it. Only the lease tells another host that this
 * call is at work, so the work must be over before the lease is.
 */
export interface WorkLease {
  /** When the work must begin to stop. Each renewal that the ledger confirms moves it. */
  readonly stopAt: MachineTime;
  /** Aborts when the work must stop because of the lease. The call is cancelled with it. */
  readonly lost: AbortSignal;
  /** @returns a function that ends the subscription */
  onRenewed(listener: () => void): () => void;
  /** Whether the work must stop. A process that was suspended learns it here before any of its timers has fired. */
  isOver(): boolean;
  /** The guardian has begun to stop the work, as this process did not. */
  lose(): void;
}
