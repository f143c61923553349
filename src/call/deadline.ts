import { HostSignal } from "../process/host-signals.ts";
import type { StopCause } from "../core/stop-cause.ts";
import { formatDuration } from "../core/duration.ts";
import { giveWayToStop } from "../core/give-way.ts";

/** The time limits of a call in milliseconds. */
export interface TimeLimits {
  readonly totalMs: number;
  readonly attemptMs: number | undefined;
  readonly idleMs: number | undefined;
}

/** How many times within the idle limit the clock checks for time in which this process could hear nothing. */
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

  /** The callee showed a sign of life: the idle limit starts again. */
  activity(): void {
    this.#lastActivity = performance.now();
  }

  /** The callee has ended by itself: a limit that passes later is not the cause of its end. */
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
   * Counts as idle only the time in which this process could see a sign of life. While this process is suspended or its event loop
   * is blocked, it cannot read what a healthy callee prints.
   */
  #watchIdle(idleMs: number): void {
    const now = performance.now();
    const waitMs = Math.min(this.#lastActivity + idleMs - now, idleMs / IDLE_SLICES);
    this.#later(waitMs, () => {
      const woken = performance.now();
      const lateMs = Math.max(0, woken - (now + waitMs));
      this.#lastActivity = Math.min(woken, this.#lastActivity + lateMs);
      // This turn of the event loop reads what the callee has printed, before the callee counts as idle.
      setImmediate(() => {
        if (this.#ended || this.#cause !== undefined) return;
        // A block in between delayed the reading.
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
   * After a block, the event loop runs its timers before it reports an exit that came earlier. One turn of the loop lets it report
   * the exit first. The limits of 1000 calls may pass in one turn, and to stop all of them takes many.
   */
  #stopUnlessJustEnded(cause: StopCause): void {
    setImmediate(() => {
      void giveWayToStop().then(() => this.#stop(cause));
    });
  }

  #stop(cause: StopCause): void {
    if (this.#ended || this.#cause !== undefined) return;
    this.#cause = cause;
    this.dispose();
    this.#controller.abort(cause);
  }
}

/** A stop cause in a message: "timed out after 5 min (limit of one attempt)". */
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
