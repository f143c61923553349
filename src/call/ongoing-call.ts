import { type CallJournal, NO_JOURNAL } from "../journal/call-journal.ts";
import { newId } from "../core/new-id.ts";
import type { EffectiveLimits } from "./effective-limits.ts";
import type { Invocation } from "./invocation.ts";

/** How long a host that was told to end waits until a ledger knows the end of its calls. */
export const LAST_WITHIN_MS = 1000;

/** A call under way: its id, the time it has left, and the one signal that cancels it. */
export class OngoingCall {
  readonly callId = newId();
  /** On the clock of `performance.now()`, as `endsAt`. */
  readonly startedAt = performance.now();
  readonly endsAt: number;
  /** What asked for it, such as a job of a queue; `undefined` for the host's own code. */
  readonly requestedBy: string | undefined;
  /** With less time left than this no attempt starts. */
  readonly minAttemptMs: number;
  /** Hears of each step. */
  journal: CallJournal = NO_JOURNAL;
  /** How long it has waited for places of its resource, in milliseconds. */
  waitedMs = 0;
  readonly #cancel = new AbortController();
  readonly #host: AbortSignal;
  readonly #cancels: readonly AbortSignal[];
  readonly #onAbort = () => this.cancel(this.#cancels.find(({ aborted }) => aborted)?.reason);

  constructor(
    { time, retry }: EffectiveLimits,
    { signal, host, requestedBy }: Pick<Invocation<never>, "signal" | "host" | "requestedBy">,
  ) {
    this.requestedBy = requestedBy;
    this.endsAt = this.startedAt + time.totalMs;
    this.minAttemptMs = retry.minAttemptMs;
    this.#host = host;
    this.#cancels = signal === undefined ? [host] : [signal, host];
    for (const cancel of this.#cancels) cancel.addEventListener("abort", this.#onAbort, { once: true });
    if (this.#cancels.some(({ aborted }) => aborted)) this.#onAbort();
  }

  /** Aborts when the caller cancels, when the host receives a signal, or with `cancel`. The first reason stands. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** The host was told to end. It may die as soon as its calls have ended, and no handler of ours runs then. */
  get isHostEnding(): boolean {
    return this.#host.aborted;
  }

  remainingMs(): number {
    return this.endsAt - performance.now();
  }

  /** Stops the running attempt. */
  cancel(reason: unknown): void {
    this.#cancel.abort(reason);
  }

  /** The call has ended. A caller's AbortSignal may live as long as the host, and must not keep every call in memory. */
  detach(): void {
    for (const cancel of this.#cancels) cancel.removeEventListener("abort", this.#onAbort);
  }
}
