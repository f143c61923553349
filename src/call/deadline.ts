import { HostSignal } from "../process/host-signals.ts";
import type { StopCause } from "../core/stop-cause.ts";
import { formatDuration } from "../core/duration.ts";

/** The time limits of a call in milliseconds. */
export interface TimeLimits {
  readonly totalMs: number;
  readonly attemptMs: number | undefined;
  readonly idleMs: number | undefined;
}

/** So often within the idle limit it is seen whether time has passed in which nothing could be heard. */
const IDLE_SLICES = 8;

/**
 * The clock of one attempt. `signal` aborts when the total, attempt or idle limit is over or the caller cancels;
 * `cause` then says which came first. Reads the monotonic clock, so a change of the wall clock moves nothing.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #callerSignal: AbortSignal | undefined;
  readonly #onCallerAbort = () => this.#stop({ code: "cancelled", reason: this.#callerSignal?.reason });
  #cause: StopCause | undefined;
  #ended = false;
  #lastActivity = performance.now();

  constructor(limits: TimeLimits, totalEndsAt: number, callerSignal: AbortSignal | undefined) {
    this.#callerSignal = callerSignal;
    const { totalMs, attemptMs, idleMs } = limits;
    const now = performance.now();
    const attemptEndsAt = attemptMs === undefined ? Infinity : now + attemptMs;
    if (attemptMs !== undefined && attemptEndsAt < totalEndsAt) {
      this.#at(attemptEndsAt, { code: "timeout", limit: "attempt", limitMs: attemptMs });
    } else {
      this.#at(totalEndsAt, { code: "timeout", limit: "total", limitMs: totalMs });
    }
    if (idleMs !== undefined) this.#watchIdle(idleMs);
    if (callerSignal?.aborted) this.#onCallerAbort();
    else callerSignal?.addEventListener("abort", this.#onCallerAbort, { once: true });
  }

  /** Aborts, with the `StopCause` as its reason, when the callee must stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): StopCause | undefined {
    return this.#cause;
  }

  /** The callee showed life: the idle limit starts anew. */
  activity(): void {
    this.#lastActivity = performance.now();
  }

  /** The callee has ended by itself: whatever limit runs out from now on is no longer the cause. */
  ended(): void {
    this.#ended = true;
    this.dispose();
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#callerSignal?.removeEventListener("abort", this.#onCallerAbort);
  }

  #at(endsAt: number, cause: StopCause): void {
    this.#later(endsAt - performance.now(), () => this.#stopUnlessJustEnded(cause));
  }

  /**
   * Counts as idle only the time in which this process could have heard of a sign of life. While it is suspended or its event
   * loop blocked, what a healthy callee prints lies unread, or the callee is suspended as well.
   */
  #watchIdle(idleMs: number): void {
    const now = performance.now();
    const waitMs = Math.min(this.#lastActivity + idleMs - now, idleMs / IDLE_SLICES);
    this.#later(waitMs, () => {
      const woken = performance.now();
      const lateMs = Math.max(0, woken - (now + waitMs));
      this.#lastActivity = Math.min(woken, this.#lastActivity + lateMs);
      // What lies unread is read in this turn of the event loop, before the callee is called idle.
      setImmediate(() => {
        if (this.#ended || this.#cause !== undefined) return;
        // A block in between kept it from being read.
        const read = performance.now();
        this.#lastActivity = Math.min(read, this.#lastActivity + (read - woken));
        if (read - this.#lastActivity < idleMs) this.#watchIdle(idleMs);
        else this.#stop({ code: "idle_timeout", limitMs: idleMs });
      });
    });
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        run();
      },
      Math.max(0, ms),
    );
    this.#timers.add(timer);
  }

  /**
   * A blocked event loop runs its timers before the exit it should have seen earlier, so let what already happened
   * be heard first: one turn of the loop.
   */
  #stopUnlessJustEnded(cause: StopCause): void {
    setImmediate(() => this.#stop(cause));
  }

  #stop(cause: StopCause): void {
    if (this.#ended || this.#cause !== undefined) return;
    this.#cause = cause;
    this.dispose();
    this.#controller.abort(cause);
  }
}

/** What a stop cause is called in a message: "timed out after 5 min (limit of one attempt)". */
export function describeStop(cause: StopCause): string {
  switch (cause.code) {
    case "timeout": {
      const scope = cause.limit === "total" ? "limit of the whole call" : "limit of one attempt";
      return `timed out after ${formatDuration(cause.limitMs)} (${scope})`;
    }
    case "idle_timeout":
      return `showed no sign of life for ${formatDuration(cause.limitMs)} (idle limit)`;
    case "cancelled":
      return cause.reason instanceof HostSignal
        ? `was cancelled when the process received ${cause.reason.signal}`
        : "was cancelled";
    default:
      throw new Error(`Unexpected cause: ${JSON.stringify(cause satisfies never)}`);
  }
}
