import { awakeMsUntil, later, msUntil, type MachineTime } from "../core/machine-time.ts";
import { formatDuration } from "../core/duration.ts";
import type { LeaseLoss } from "../core/stop-cause.ts";
import type { WorkLease } from "../core/work-lease.ts";
import { LedgerError } from "../database/errors.ts";
import { LEASE_MS } from "./lease-room.ts";

const TAKEN_OVER = "another worker may take it over";

/** How often the clocks are read. A timer alone would sleep on through the time in which the machine was suspended. */
const LOOK_MS = 500;

/**
 * Ends a call before its lease can be taken over from another host. It counts from the moment at which the last confirmed renewal was
 * sent, as the ledger cannot have counted from an earlier one. A timer ends the call, and not a failed heartbeat: a heartbeat may hang.
 */
export class LeaseLimit implements WorkLease {
  readonly #stopAfterMs: number;
  readonly #onOver: (reason: unknown) => void;
  readonly #then: string;
  readonly #lost = new AbortController();
  readonly #listeners = new Set<() => void>();
  #stopAt: MachineTime = { steady: Infinity, boot: Infinity };
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param stopAfterMs the lease without the time that the work takes to stop
   * @param then what may happen when the lease is over
   */
  constructor(stopAfterMs: number, onOver: (reason: unknown) => void, then = TAKEN_OVER) {
    this.#stopAfterMs = stopAfterMs;
    this.#onOver = onOver;
    this.#then = then;
  }

  get stopAt(): MachineTime {
    return this.#stopAt;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  onRenewed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The ledger has confirmed a renewal that was sent at this moment. */
  renewed(sentAt: MachineTime): void {
    this.#stopAt = later(sentAt, this.#stopAfterMs);
    for (const listener of this.#listeners) listener();
    if (this.#timer === undefined) this.#watch();
  }

  /** The work has ended. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  isOver(): boolean {
    if (msUntil(this.#stopAt) <= 0) this.lose();
    return this.lost.aborted;
  }

  lose(reason: unknown = new NotRenewed(this.#stopAfterMs, undefined, this.#then)): void {
    if (this.lost.aborted) return;
    this.#lost.abort(reason);
    this.#onOver(reason);
  }

  #watch(): void {
    const waitMs = Math.min(LOOK_MS, Math.max(0, awakeMsUntil(this.#stopAt)));
    const timer = setTimeout(() => {
      // The confirmation may have come while the event loop was blocked, and is read in this turn.
      setImmediate(() => {
        if (this.#timer === timer && !this.isOver()) this.#watch();
      });
    }, waitMs);
    this.#timer = timer;
  }
}

/** The ledger was out of reach for too long. Its words go on after "was stopped". */
export class NotRenewed extends LedgerError implements LeaseLoss {
  override readonly code = "lease_lost";
  readonly because: string;

  /** @param cause what the last heartbeat failed of */
  constructor(afterMs: number, cause?: unknown, then = TAKEN_OVER) {
    const because =
      `because the ledger confirmed no renewal of its lease for ${formatDuration(afterMs)}: when the lease ` +
      `(${formatDuration(LEASE_MS)}) is over, ${then}`;
    super("lease_lost", `The call was stopped ${because}.`, cause === undefined ? {} : { cause });
    this.because = because;
  }
}
