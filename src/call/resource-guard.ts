import type { AttemptNotes, Failure } from "../core/callee.ts";
import type { ErrorCode } from "../core/vocabulary.ts";
import type { WorkLease } from "../core/work-lease.ts";
import type { StoreClaimAnswer } from "../ledger/store/store.ts";
import { placesGivenBack } from "../resources/agent/told.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Admission, ClaimingGuard, IdempotencyGuard } from "./idempotency-guard.ts";
import { ledgerFailure } from "./ledger-answers.ts";
import { LAST_WITHIN_MS, type OngoingCall } from "./ongoing-call.ts";
import { bothLeases } from "./place-lease.ts";
import type { Room } from "./room.ts";
import { FIRST_POLL_MS, LONGEST_POLL_MS, untilItMayHaveEnded } from "./until-ended.ts";

/**
 * The guard of a call with a resource. First a look at the key, which needs no place: a replay, a conflict, a call in progress, a probe
 * that is due. Then a place, then the claim, which looks again. A place belongs to one attempt: between attempts the call has none, and may
 * hold its key.
 */
export class ResourceGuard implements IdempotencyGuard {
  readonly #inner: ClaimingGuard;
  readonly #room: Room;
  readonly #call: OngoingCall;
  readonly #onInProgress: "fail" | "wait";

  constructor(inner: ClaimingGuard, room: Room, call: OngoingCall, onInProgress: "fail" | "wait") {
    this.#inner = inner;
    this.#room = room;
    this.#call = call;
    this.#onInProgress = onInProgress;
    // A probe may wait for minutes until `absent` counts. Another call can use the place meanwhile.
    inner.beforeProbe = () => room.leaveUnused();
  }

  get key(): string | undefined {
    return this.#inner.key;
  }

  get lease(): WorkLease | undefined {
    return bothLeases(this.#inner.lease, this.#room.lease);
  }

  async admit(first: number): Promise<Admission> {
    try {
      for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
        const admission = await this.#admitOnce(first);
        if (admission.kind === "attempt") return admission;
        this.#room.leaveUnused();
        const isElsewhere = admission.kind === "refused" && admission.outcome === "in_progress";
        if (!isElsewhere || !(await this.#waited(pollMs))) return admission;
      }
    } catch (error) {
      return { kind: "refused", outcome: "failed", failure: ledgerFailure(error, "not_started") };
    }
  }

  async started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined> {
    const failure = await this.#inner.started(attempt, externalRef);
    if (failure !== undefined) this.#room.leaveUnused();
    return failure;
  }

  note(notes: AttemptNotes): void {
    this.#inner.note(notes);
  }

  succeeded(attempt: FinishedAttempt<unknown, object>): Promise<Failure | undefined> {
    this.#room.leave(attempt);
    return this.#inner.succeeded(attempt);
  }

  failed(attempt: FinishedAttempt<unknown, object>, again: boolean): Promise<Failure | undefined> {
    // The ledger that could not renew the place is asked once more, and not waited for, as after the loss of the claim.
    if (this.#room.lease?.lost.aborted) this.#inner.lease?.lose();
    this.#room.leave(attempt);
    return this.#inner.failed(attempt, again);
  }

  async release(): Promise<void> {
    // A fault of hardcall itself may end a call between its place and its attempt.
    this.#room.leaveUnused();
    await this.#inner.release();
    if (this.#call.isHostEnding) await placesGivenBack(LAST_WITHIN_MS);
  }

  async #admitOnce(first: number): Promise<Admission> {
    const inner = this.#inner;
    let known: StoreClaimAnswer | undefined;
    if (!inner.hasClaimed) {
      const entered = await this.#room.enter(await inner.store(), first, inner.request);
      if (entered.kind === "refused") return refusedFor(entered.failure);
      if (entered.kind === "known" && needsNoClaim(entered.answer)) known = entered.answer;
    }
    const admission = await inner.admit(first, known);
    if (admission.kind !== "attempt" || this.#room.isIn) return admission;
    // It holds its key, after an attempt or a probe, and has no place yet.
    const refusal = await this.#enterHolding(first);
    if (refusal === undefined) return admission;
    await inner.withdraw(refusal.code);
    return refusedFor(refusal);
  }

  async #enterHolding(first: number): Promise<Failure | undefined> {
    try {
      const entered = await this.#room.enter(await this.#inner.store(), first, undefined);
      return entered.kind === "refused" ? entered.failure : undefined;
    } catch (error) {
      return ledgerFailure(error, "not_started");
    }
  }

  /** The call waits for the one that is in progress elsewhere, without a place. */
  async #waited(pollMs: number): Promise<boolean> {
    const { request } = this.#inner;
    const call = this.#call;
    if (this.#onInProgress === "fail" || request === undefined) return false;
    if (call.remainingMs() <= pollMs || call.signal.aborted) return false;
    await untilItMayHaveEnded(await this.#inner.store(), request, pollMs, call.signal);
    return true;
  }
}

/** The ledger would answer a claim with the same, and change nothing. */
const needsNoClaim = ({ kind }: StoreClaimAnswer): boolean =>
  kind === "replayed" || kind === "in_progress" || kind === "key_conflict";

const NO_ROOM: readonly ErrorCode[] = ["busy", "over_budget", "circuit_open"];

/** A retry that gets no place leaves the call the code of the attempt that it made. */
const refusedFor = (failure: Failure): Admission => ({
  kind: "refused",
  outcome: "failed",
  failure,
  tooEarly: NO_ROOM.includes(failure.code),
});
