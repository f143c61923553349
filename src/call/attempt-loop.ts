import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { judgingTime } from "../core/allowance.ts";
import type { Failure, PreviousAttempt } from "../core/callee.ts";
import type { CallError } from "../core/errors.ts";
import { faultPoint } from "../core/fault-points.ts";
import { giveWay } from "../core/give-way.ts";
import { ownFailure } from "../core/lazily.ts";
import type { Settled } from "../core/settled.ts";
import { leaseLossIn } from "../core/stop-cause.ts";
import type { SchemaIssue } from "../core/standard-schema.ts";
import { runAttempt, type FinishedAttempt } from "./attempt.ts";
import { CallRecord, type FailedCall } from "./call-record.ts";
import type { EffectiveLimits } from "./effective-limits.ts";
import type { Admission, IdempotencyGuard } from "./idempotency-guard.ts";
import { identify } from "./identify.ts";
import type { Definition } from "./invocation.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { judgeReplay } from "./replay.ts";
import { decideRetry, mayFollow, type RetryDecision } from "./retry.ts";
import { traceAttempt } from "./trace-call.ts";
import { lostLease } from "./verdict.ts";

/** Makes the attempts of one call, each after the guard has admitted it, and settles with the result or error of the call. */
export class AttemptLoop<Input, Value, Details extends object> {
  readonly #definition: Definition<Input, Value, Details>;
  readonly #limits: EffectiveLimits;
  readonly #input: Input;
  readonly #call: OngoingCall;
  readonly #guard: IdempotencyGuard;
  readonly #record: CallRecord<Value, Details>;
  /** What the previous attempt of a call without a key started; no ledger has it. */
  #previous: PreviousAttempt | undefined;

  constructor(
    definition: Definition<Input, Value, Details>,
    limits: EffectiveLimits,
    input: Input,
    call: OngoingCall,
    guard: IdempotencyGuard,
  ) {
    this.#definition = definition;
    this.#limits = limits;
    this.#input = input;
    this.#call = call;
    this.#guard = guard;
    this.#record = new CallRecord(definition, call, guard.key);
  }

  async settle(): Promise<Settled<Value, Details>> {
    try {
      return await pRetry((number) => this.#next(number), {
        retries: this.#limits.retry.attempts - 1,
        // `onFailedAttempt` waits instead: p-retry's own delay knows neither full jitter nor a time that the callee named.
        minTimeout: 0,
        onFailedAttempt: ({ error }) => this.#waitAfter(error),
        shouldRetry: ({ error }) => error instanceof AttemptFailed && error.retry.again,
      });
    } catch (error) {
      if (error instanceof AttemptFailed) {
        const { failure, issues, mustResolve } = error;
        return this.#record.error(failure, { issues, mustResolve });
      }
      // A fault in hardcall itself proves nothing about the effect.
      const effect = this.#record.last === undefined ? "not_started" : "unknown";
      return this.#record.error({ ...ownFailure(error), effect });
    } finally {
      await this.#guard.release();
    }
  }

  async #next(number: number): Promise<Settled<Value, Details>> {
    await giveWay();
    const admission = await this.#guard.admit(number);
    switch (admission.kind) {
      case "attempt":
        return this.#attempt(number, admission);
      case "done":
        return this.#replay(admission);
      case "refused":
        return this.#refuse(admission);
      default:
        return admission satisfies never;
    }
  }

  async #attempt(
    number: number,
    { attempt: nth, previous = this.#previous }: Admission & { readonly kind: "attempt" },
  ): Promise<Settled<Value, Details>> {
    const definition = this.#definition;
    const identity = {
      name: definition.name,
      callId: this.#call.callId,
      key: this.#guard.key,
      attempt: nth,
    };
    const found = await identify(definition, this.#input, this.#call, { ...identity, previous });
    const externalRef = found?.externalRef;
    // Durable before anything can have an effect, so that the next call finds it if this process dies right after.
    const unrecorded = await this.#guard.started(nth, externalRef);
    if (unrecorded !== undefined) return this.#record.error(unrecorded);
    faultPoint("afterStarted");
    this.#call.journal.attemptStarted();
    const attempt = await traceAttempt(identity, definition.callee, (trace) =>
      runAttempt({
        identity,
        definition,
        externalRef,
        trace,
        input: this.#input,
        feedback: this.#record.feedback(this.#limits.retry),
        limits: this.#limits.time,
        totalEndsAt: this.#call.endsAt,
        cancel: this.#call.signal,
        lease: this.#guard.lease,
        note: (notes) => this.#guard.note(notes),
      }),
    );
    faultPoint("afterEffect");
    this.#record.add(attempt);
    this.#call.journal.attemptEnded(attempt.record);
    this.#previous = externalRef === undefined ? undefined : { externalRef, effect: attempt.record.effect };
    const { verdict } = attempt;
    return verdict.ok ? this.#succeed(attempt, verdict.value) : this.#fail(attempt, verdict, number);
  }

  /** Tells the ledger first: if only the caller had the result, the next call would produce it a second time. */
  async #succeed(attempt: FinishedAttempt<Value, Details>, value: Value): Promise<Settled<Value, Details>> {
    faultPoint("beforeSucceeded");
    const unrecorded = await this.#guard.succeeded(attempt);
    if (unrecorded !== undefined) return this.#record.error(unrecorded, { value });
    faultPoint("afterSucceeded");
    const { evidence } = attempt.record;
    const facts = { outcome: "executed", ...(evidence && { evidence }) } as const;
    return this.#record.result(facts, value, attempt.report.details ?? ({} as Details));
  }

  async #fail(
    attempt: FinishedAttempt<Value, Details>,
    { failure, issues }: { readonly failure: Failure; readonly issues?: readonly SchemaIssue[] },
    number: number,
  ): Promise<never> {
    const { callee, effects, effectWithinMs } = this.#definition;
    const hasKey = this.#guard.key !== undefined;
    const retry = decideRetry({
      failure,
      effects,
      hasKey,
      effectWithinMs,
      policy: this.#limits.retry,
      attempt: number,
      remainingMs: this.#call.remainingMs(),
      random: Math.random(),
    });
    faultPoint("beforeFailed");
    const unrecorded = await this.#guard.failed(attempt, retry.again);
    faultPoint("afterFailed");
    if (unrecorded !== undefined) throw new AttemptFailed(unrecorded, { again: false }, { issues });
    const next = hasKey ? mayFollow(effects, hasKey, failure) : undefined;
    const needsProbe = next === "probe";
    // A callee with `identify` looks for what it started, and work that goes on settles its key itself.
    const mustResolve = next === "stop" && callee.identify === undefined && attempt.late === undefined;
    const retryAfterMs = Math.max(failure.retryAfterMs ?? 0, needsProbe ? effectWithinMs : 0) || undefined;
    throw new AttemptFailed({ ...failure, retryAfterMs }, retry, { issues, mustResolve });
  }

  /** If only the time did not allow another attempt, the call keeps the code of the attempt that it made. */
  #refuse({ failure, outcome, tooEarly }: Admission & { readonly kind: "refused" }): CallError {
    const last = this.#record.last?.verdict;
    if (!tooEarly || last === undefined || last.ok) return this.#record.error(failure, { outcome });
    const { retryAfterMs } = failure;
    // Its resource had no room; what the probe could not decide speaks for itself.
    const retry = outcome === "failed" ? `; its retry ${failure.message}` : "";
    const message = `${last.failure.message}${retry}`;
    return this.#record.error({ ...last.failure, message, retryAfterMs }, { issues: last.issues });
  }

  async #replay(admission: Admission & { readonly kind: "done" }): Promise<Settled<Value, Details>> {
    const { outcome, details, output, replay } = admission;
    const allowance = judgingTime(this.#call.endsAt, this.#call.signal);
    const verdict = await judgeReplay<Value>(admission, this.#definition, allowance);
    if (!verdict.ok) return this.#record.error(verdict.failure, { issues: verdict.issues, replay });
    if (output !== undefined) this.#definition.callee.restoreOutput?.(output);
    return this.#record.result({ outcome, replay }, verdict.value as Value, details as Details);
  }

  async #waitAfter(error: Error): Promise<void> {
    if (!(error instanceof AttemptFailed) || !error.retry.again) return;
    const { signal } = this.#call;
    try {
      await sleep(error.retry.delayMs, undefined, { signal });
    } catch {
      const effect = this.#record.last?.record.effect ?? "not_started";
      const message = "was cancelled between two attempts";
      const cause: unknown = signal.reason;
      const loss = leaseLossIn(cause);
      const failure =
        loss === undefined
          ? ({ code: "cancelled", message, effect, cause } as const)
          : lostLease(loss, effect, "between two attempts ");
      throw new AttemptFailed(failure, { again: false });
    }
  }
}

/** Carries a failed attempt through p-retry. Not a TypeError, which p-retry would never retry. */
class AttemptFailed extends Error {
  readonly failure: Failure;
  readonly retry: RetryDecision;
  readonly issues: readonly SchemaIssue[] | undefined;
  readonly mustResolve: boolean;

  constructor(
    failure: Failure,
    retry: RetryDecision,
    { issues, mustResolve = false }: Pick<FailedCall, "issues" | "mustResolve"> = {},
  ) {
    super(failure.message);
    this.failure = failure;
    this.retry = retry;
    this.issues = issues;
    this.mustResolve = mustResolve;
  }
}
