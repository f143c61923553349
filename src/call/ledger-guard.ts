import type { AttemptNotes, Failure } from "../core/callee.ts";
import { cookieOf } from "../core/cookie.ts";
import { faultPoint } from "../core/fault-points.ts";
import { timeOfSending } from "../core/machine-time.ts";
import type { ErrorCode } from "../core/vocabulary.ts";
import type { WorkLease } from "../core/work-lease.ts";
import { borrowLedger, endOrphansOf } from "../ledger/open.ts";
import type { ClaimRequest } from "../ledger/operation/events.ts";
import type { Borrowed } from "../ledger/shared.ts";
import type { LedgerStore, StoreClaimAnswer, Within } from "../ledger/store/store.ts";
import { traceLedger } from "../telemetry/trace-ledger.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Admission, ClaimingGuard } from "./idempotency-guard.ts";
import { inTime, withinLimit, WRITE } from "./in-time.ts";
import type { Definition } from "./invocation.ts";
import { Lease } from "./lease.ts";
import { acrossHosts, ON_ONE_HOST } from "./lease-room.ts";
import { doneBefore, lateFailure, ledgerFailure, previousOf, refusal, resultOf } from "./ledger-answers.ts";
import { watchLingering } from "./lingering.ts";
import type { EffectLook } from "./look.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { withPrinted } from "./printed.ts";
import { cancelledProbe, probe, tooEarly } from "./probe.ts";
import { FIRST_POLL_MS, LONGEST_POLL_MS, untilItMayHaveEnded } from "./until-ended.ts";
import { withdrawClaim } from "./withdraw-claim.ts";

/** How long a call whose lease is lost may try to tell the ledger how its attempt ended. */
const LAST_WORD_MS = 1000;

/** The parts of a definition that the guard uses. */
export type GuardedDefinition = Pick<
  Definition<never, never, object>,
  "callee" | "ledger" | "store" | "onInProgress"
>;

/** The ledger as the guard of one call. */
export class LedgerGuard implements ClaimingGuard {
  readonly #definition: GuardedDefinition;
  readonly request: ClaimRequest;
  readonly #look: EffectLook;
  readonly #call: OngoingCall;
  beforeProbe: (() => void) | undefined;
  #borrowed: Borrowed | undefined;
  #opened: Lease | undefined;
  /** The answer to the claim that was made together with the end of the previous attempt. */
  #next: StoreClaimAnswer | undefined;
  /** Aborts when work of this call ends that continued after hardcall gave up its attempt. */
  #lateEnd: AbortSignal | undefined;

  constructor(definition: GuardedDefinition, request: ClaimRequest, look: EffectLook, call: OngoingCall) {
    this.#definition = definition;
    this.request = request;
    this.#look = look;
    this.#call = call;
  }

  get key(): string {
    return this.request.key;
  }

  get lease(): WorkLease | undefined {
    return this.#opened?.limit;
  }

  get hasClaimed(): boolean {
    return this.#next !== undefined;
  }

  async store(): Promise<LedgerStore> {
    this.#borrowed ??= await this.#borrow(withinLimit(this.#call).withinMs);
    return this.#borrowed.store;
  }

  async admit(_first: number, known?: StoreClaimAnswer): Promise<Admission> {
    try {
      const answer = known ?? this.#next ?? (await this.#claimAnew());
      this.#next = undefined;
      return await this.#admitAfter(answer);
    } catch (error) {
      return { kind: "refused", outcome: "failed", failure: ledgerFailure(error, "not_started") };
    }
  }

  async started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined> {
    const cookie = cookieOf({ callId: this.#call.callId, attempt });
    const sentAt = timeOfSending();
    try {
      const { ledger, claim } = this.#lease;
      const { requestedBy } = this.#call;
      await ledger.started(claim, { cookie, externalRef, requestedBy }, withinLimit(this.#call));
      this.#lease.renewed(sentAt);
      return undefined;
    } catch (error) {
      return ledgerFailure(error, "not_started");
    }
  }

  note({ pidStart, ...notes }: AttemptNotes): void {
    // Helps the next process to find what still runs if this one dies. On Linux the cookie alone finds it.
    void this.#lease.beat(pidStart === undefined ? notes : { ...notes, pidStart: String(pidStart) });
  }

  async succeeded(attempt: FinishedAttempt<unknown, object>): Promise<Failure | undefined> {
    this.#opened?.stop();
    try {
      const { ledger, claim } = this.#lease;
      return lateFailure(await ledger.settle(claim, this.#resultOf(attempt), WRITE));
    } catch (error) {
      const message = "did its work, but the ledger could not record it";
      return ledgerFailure(error, "completed", message);
    }
  }

  async failed(attempt: FinishedAttempt<unknown, object>, again: boolean): Promise<Failure | undefined> {
    const { verdict, late } = attempt;
    if (verdict.ok) return undefined;
    const { message, effect } = verdict.failure;
    const { ledger, claim } = this.#lease;
    const result = this.#resultOf(attempt);
    this.#opened?.stop();
    try {
      if (again) {
        const sentAt = timeOfSending();
        const { next } = await ledger.settleAndClaim(claim, result, this.request, WRITE);
        this.#next = next;
        if (next.kind === "proceed" || next.kind === "probe") this.#lease.renew(next.claim, sentAt);
      } else {
        await ledger.settle(claim, result, this.#lastWord);
      }
      return undefined;
    } catch (error) {
      // The ledger is out of reach, and the call says so already: its lease ends by itself.
      if (verdict.failure.code === "lease_lost" && this.lease?.lost.aborted) return undefined;
      return ledgerFailure(error, effect, `${message}, and the ledger could not record that`);
    } finally {
      if (late !== undefined) {
        const end = late.then((ended) => this.#resultOf(ended));
        this.#lateEnd = watchLingering((withinMs) => this.#borrow(withinMs), claim, end);
      }
    }
  }

  async withdraw(code: ErrorCode): Promise<void> {
    this.#opened?.stop();
    await withdrawClaim(this.#lease.ledger, this.#lease.claim, code, this.#lastWord);
  }

  async release(): Promise<void> {
    this.#opened?.stop();
    const next = this.#next;
    this.#next = undefined;
    if (next?.kind === "proceed" || next?.kind === "probe") {
      const why = next.kind === "probe" ? "released" : "cancelled";
      await withdrawClaim(this.#lease.ledger, next.claim, why, this.#lastWord);
    }
    await this.#borrowed?.giveBack();
  }

  async #claimAnew(): Promise<StoreClaimAnswer> {
    faultPoint("beforeClaim");
    const call = this.#call;
    const store = await this.store();
    const ledger = inTime(traceLedger(store), call);
    const rhythm = store.spansHosts ? acrossHosts(this.#definition.callee) : ON_ONE_HOST;
    const lease = (this.#opened ??= new Lease(ledger, rhythm, (reason) => call.cancel(reason)));
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      const sentAt = timeOfSending();
      const answer = await lease.ledger.claim(this.request, withinLimit(call));
      if (answer.kind === "proceed" || answer.kind === "probe") lease.renew(answer.claim, sentAt);
      faultPoint("afterClaim");
      if (answer.kind !== "in_progress" || this.#definition.onInProgress === "fail") return answer;
      if (call.remainingMs() <= pollMs || call.signal.aborted) return answer;
      await untilItMayHaveEnded(store, this.request, pollMs, call.signal);
    }
  }

  /** After a lost lease the ledger is asked once more, and not waited for: it gets the result later (ledger/store/unwritten.ts). */
  get #lastWord(): Within {
    return this.lease?.lost.aborted ? { withinMs: LAST_WORD_MS } : WRITE;
  }

  async #admitAfter(answer: StoreClaimAnswer): Promise<Admission> {
    switch (answer.kind) {
      case "proceed":
        await endOrphansOf(answer.lastAttempt);
        return { kind: "attempt", attempt: answer.attempt, previous: previousOf(answer.lastAttempt) };
      case "probe":
        await endOrphansOf(answer.lastAttempt);
        return await this.#admitAfterProbe(answer);
      case "replayed": {
        const prints = this.#definition.callee.restoreOutput !== undefined;
        const done = doneBefore("replayed", answer.record);
        return prints ? await withPrinted(done, answer.record, this.#borrowed?.store) : done;
      }
      case "in_doubt":
        // It must not go on while an operator finds out whether it happened.
        await endOrphansOf(answer.lastAttempt);
        return refusal(answer);
      case "in_progress":
      case "key_conflict":
        return refusal(answer);
      default:
        return answer satisfies never;
    }
  }

  async #admitAfterProbe({
    claim,
    record,
    lastAttempt,
  }: StoreClaimAnswer & { readonly kind: "probe" }): Promise<Admission> {
    this.beforeProbe?.();
    const call = this.#call;
    const previous = previousOf(lastAttempt);
    const look = () => this.#look(previous, record.attempts + 1);
    const probed = await probe(claim, { look, call, ledger: this.#lease.ledger, news: this.#lateEnd });
    switch (probed?.kind) {
      case undefined:
        return await this.#admitAfter(await this.#claimAnew());
      case "proceed":
        this.#lease.renew(probed.claim);
        return { kind: "attempt", attempt: probed.attempt, previous };
      case "recovered":
        return doneBefore("recovered", probed.record);
      case "too_early":
        this.#lease.stop();
        return call.signal.aborted ? cancelledProbe(call) : tooEarly(probed);
      case "in_doubt":
        return refusal(probed);
      default:
        return probed satisfies never;
    }
  }

  #borrow(withinMs: number): Promise<Borrowed> {
    return borrowLedger(this.#definition.ledger, withinMs);
  }

  #resultOf(attempt: FinishedAttempt<unknown, object>) {
    return resultOf(attempt, this.#definition.store, this.#definition.callee);
  }

  get #lease(): Lease {
    if (this.#opened === undefined) throw new Error("the ledger is used before the claim");
    return this.#opened;
  }
}
