import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import type { Failure, Feedback, PreviousAttempt, Report } from "../core/callee.ts";
import { ADVICE } from "../core/advice.ts";
import { judgingTime } from "../core/allowance.ts";
import { runAttempt, type Attempt, type AttemptOptions } from "./attempt.ts";
import { CallError, ConfigError, SHA256_OF_NOTHING } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import { lazily, ownFailure } from "../core/lazily.ts";
import { faultPoint } from "../core/fault-points.ts";
import { OPEN_GATE, type Gate, type Passage } from "./gate.ts";
import { giveWay } from "../core/give-way.ts";
import { tellAttempts, totalCost } from "./history.ts";
import type { Definition, Invocation } from "./invocation.ts";
import { judgeReplay } from "./replay.ts";
import { makeResult, type AttemptRecord, type CallFacts, type Replay } from "../core/result.ts";
import { type Settled } from "../core/settled.ts";
import { decideRetry, isRetryable, mayFollow, type RetryDecision } from "./retry.ts";
import type { AttemptTrace } from "../telemetry/channels.ts";
import { traceAttempt, traceCall } from "./trace-call.ts";
import { issuePath, type SchemaIssue } from "../core/standard-schema.ts";
import type { Terms } from "./terms.ts";
import type { Effect } from "../core/vocabulary.ts";

/** The way of every call: attempts until one holds the contract, or none may follow. Rejects only for a fault of ours. */
export async function runCall<Input, Value, Details extends object>(
  definition: Definition<Input, Value, Details>,
  terms: Terms,
  invocation: Invocation<Input>,
): Promise<Settled<Value, Details>> {
  const { key } = invocation;
  const call = new RunningCall(definition, terms, invocation);
  try {
    const problems = await problemsOf(definition, terms, invocation, call);
    if (problems.length > 0) return new ConfigError(definition.name, problems);
    return await traceCall(definition, { callId: call.callId, key }, async () => {
      if (call.signal.aborted || key === undefined) return await call.settle(OPEN_GATE);
      // The ledger is loaded for calls with a key only.
      const { openGate } = await loadGate();
      return await call.settle(await openGate(definition, { ...invocation, key }, call));
    });
  } finally {
    call.letGo();
  }
}

const loadGate = lazily(() => import("./ledger-gate.ts"));

/** What keeps the call from starting. One that was cancelled meanwhile is not judged: it starts nothing. */
async function problemsOf<Input>(
  { callee, output }: Pick<Definition<Input, never, object>, "callee" | "output">,
  { retry: { attempts } }: Terms,
  { input, key }: Invocation<Input>,
  call: { readonly signal: AbortSignal; remainingMs(): number },
): Promise<readonly string[]> {
  const { signal } = call;
  if (callee.gather !== undefined && !signal.aborted) {
    const problems = await callee.gather({ key, attempts, remainingMs: call.remainingMs(), signal });
    if (problems.length > 0) return problems;
    if (signal.aborted) return [];
  }
  try {
    return callee.check?.(input, { output }) ?? [];
  } catch (error) {
    // An input whose getter throws is as wrong as one that does not fit.
    return [`its input cannot be read: it threw ${errorName(error)}`];
  }
}

export class RunningCall<Input, Value, Details extends object> {
  readonly callId = randomUUID();
  readonly letGo: () => void;
  readonly #startedAt = performance.now();
  readonly #totalEndsAt: number;
  readonly #history: AttemptRecord[] = [];
  readonly #definition: Definition<Input, Value, Details>;
  readonly #terms: Terms;
  readonly #input: Input;
  /** The caller's cancel and the host's SIGINT or SIGTERM, whichever comes first. */
  readonly #cancel = new AbortController();
  #gate = OPEN_GATE;
  #last: Attempt<Value, Details> | undefined;
  /** For a call without a key, which no ledger remembers this for. */
  #previous: PreviousAttempt | undefined;
  #decision: RetryDecision = { again: false };

  constructor(
    definition: Definition<Input, Value, Details>,
    terms: Terms,
    { input, signal, host }: Invocation<Input>,
  ) {
    this.#definition = definition;
    this.#terms = terms;
    this.#input = input;
    this.#totalEndsAt = this.#startedAt + terms.limits.totalMs;
    const cancels = signal === undefined ? [host] : [signal, host];
    const onAbort = () => this.#cancel.abort(cancels.find(({ aborted }) => aborted)?.reason);
    for (const cancel of cancels) cancel.addEventListener("abort", onAbort, { once: true });
    if (cancels.some(({ aborted }) => aborted)) onAbort();
    this.letGo = () => {
      for (const cancel of cancels) cancel.removeEventListener("abort", onAbort);
    };
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  remainingMs(): number {
    return this.#totalEndsAt - performance.now();
  }

  /** Stops the running attempt, as whatever it still does is not ours to do any more. */
  cancel(reason: unknown): void {
    this.#cancel.abort(reason);
  }

  async settle(gate: Gate): Promise<Settled<Value, Details>> {
    this.#gate = gate;
    try {
      return await pRetry((number) => this.#next(number), {
        retries: this.#terms.retry.attempts - 1,
        // The wait is ours, in onFailedAttempt: p-retry's own knows neither full jitter nor a time it was told to wait.
        minTimeout: 0,
        onFailedAttempt: () => this.#waitForNext(),
        shouldRetry: () => this.#decision.again,
      });
    } catch (error) {
      if (error instanceof AttemptFailed) return this.#fail(error.failure, "failed", error.issues);
      // A fault of our own must not look like an attempt that failed in a known way.
      return this.#fail({
        ...ownFailure(error),
        effect: this.#last === undefined ? "not_started" : "unknown",
      });
    } finally {
      await gate.release();
    }
  }

  async #next(number: number): Promise<Settled<Value, Details>> {
    await giveWay();
    const passage = await this.#gate.enter(number);
    switch (passage.kind) {
      case "attempt":
        return this.#attempt(number, passage);
      case "done":
        return this.#done(passage);
      case "stopped":
        return this.#stopped(passage);
      default:
        return passage satisfies never;
    }
  }

  async #attempt(
    number: number,
    passage: Passage & { readonly kind: "attempt" },
  ): Promise<Settled<Value, Details>> {
    const externalRef = await this.#identify(passage);
    const cannotStart = await this.#gate.started(passage.attempt, externalRef);
    if (cannotStart !== undefined) return this.#fail(cannotStart);
    faultPoint("afterStarted");
    const { name, callee } = this.#definition;
    const which = { name, callee, callId: this.callId, attempt: passage.attempt, externalRef };
    const attempt = await traceAttempt(which, (trace) => this.#run(which, trace));
    faultPoint("afterEffect");
    this.#last = attempt;
    this.#history.push(attempt.record);
    this.#previous = externalRef === undefined ? undefined : { externalRef, effect: attempt.record.effect };
    const { verdict } = attempt;
    return verdict.ok ? this.#succeed(attempt, verdict.value) : this.#failAttempt(attempt, verdict, number);
  }

  #run(
    which: Pick<
      AttemptOptions<Input, Value, Details>,
      "name" | "callee" | "callId" | "attempt" | "externalRef"
    >,
    trace: AttemptTrace | undefined,
  ): Promise<Attempt<Value, Details>> {
    const { output, evidence } = this.#definition;
    return runAttempt<Input, Value, Details>({
      ...which,
      output,
      evidence,
      trace,
      input: this.#input,
      key: this.#gate.key,
      feedback: this.#feedback(),
      limits: this.#terms.limits,
      totalEndsAt: this.#totalEndsAt,
      cancel: this.#cancel.signal,
      note: (notes) => this.#gate.note(notes),
    });
  }

  async #identify({
    attempt,
    previous,
  }: Passage & { readonly kind: "attempt" }): Promise<string | undefined> {
    const { name, callee, effects } = this.#definition;
    const identity = await callee.identify?.(this.#input, {
      name,
      callId: this.callId,
      attempt,
      key: this.#gate.key,
      effects,
      previous: previous ?? this.#previous,
      remainingMs: this.remainingMs(),
      signal: this.#cancel.signal,
    });
    return identity?.externalRef;
  }

  /** The ledger is told first: a result that its caller has and the ledger has not would be produced once more. */
  async #succeed(attempt: Attempt<Value, Details>, value: Value): Promise<Settled<Value, Details>> {
    faultPoint("beforeSucceeded");
    const unrecorded = await this.#gate.succeeded(attempt);
    if (unrecorded !== undefined) return this.#fail(unrecorded, "failed", undefined, value);
    faultPoint("afterSucceeded");
    const { evidence } = attempt.record;
    const facts = { ...this.#facts(), outcome: "executed", ...(evidence && { evidence }) } as const;
    return makeResult(facts, value, attempt.report.details ?? ({} as Details));
  }

  async #failAttempt(
    attempt: Attempt<Value, Details>,
    { failure, issues }: { readonly failure: Failure; readonly issues?: readonly SchemaIssue[] },
    number: number,
  ): Promise<never> {
    const { effects, effectWithinMs } = this.#definition;
    const hasKey = this.#gate.key !== undefined;
    this.#decision = decideRetry({
      failure,
      effects,
      hasKey,
      effectWithinMs,
      policy: this.#terms.retry,
      attempt: number,
      remainingMs: this.remainingMs(),
      random: Math.random(),
    });
    faultPoint("beforeFailed");
    const unrecorded = await this.#gate.failed(attempt, this.#decision.again);
    faultPoint("afterFailed");
    if (unrecorded !== undefined) this.#decision = { again: false };
    const isToProbe = hasKey && mayFollow(effects, hasKey, failure) === "probe";
    const retryAfterMs = Math.max(failure.retryAfterMs ?? 0, isToProbe ? effectWithinMs : 0) || undefined;
    throw new AttemptFailed(unrecorded ?? { ...failure, retryAfterMs }, issues);
  }

  /** Where only the time did not allow another attempt, the call keeps the code of the one that it made. */
  #stopped({ failure, outcome, tooEarly }: Passage & { readonly kind: "stopped" }): CallError {
    const last = this.#last?.verdict;
    if (!tooEarly || last === undefined || last.ok) return this.#fail(failure, outcome);
    return this.#fail({ ...last.failure, retryAfterMs: failure.retryAfterMs }, "failed", last.issues);
  }

  async #done(passage: Passage & { readonly kind: "done" }): Promise<Settled<Value, Details>> {
    const { outcome, details, output, replay } = passage;
    const allowance = judgingTime(this.#totalEndsAt, this.#cancel.signal);
    const verdict = await judgeReplay<Value>(passage, this.#definition, allowance);
    if (!verdict.ok) return this.#fail(verdict.failure, "failed", verdict.issues, undefined, replay);
    if (output !== undefined) this.#definition.callee.restoreOutput?.(output);
    return makeResult({ ...this.#facts(), outcome, replay }, verdict.value as Value, details as Details);
  }

  async #waitForNext(): Promise<void> {
    if (!this.#decision.again) return;
    try {
      await sleep(this.#decision.delayMs, undefined, { signal: this.#cancel.signal });
    } catch {
      const effect = this.#history.at(-1)?.effect ?? "not_started";
      throw new AttemptFailed({
        code: "cancelled",
        message: "was cancelled between two attempts",
        effect,
        cause: this.#cancel.signal.reason,
      });
    }
  }

  #feedback(): Feedback | undefined {
    const { feedback } = this.#terms.retry;
    const last = this.#last;
    if (!feedback || last === undefined || last.verdict.ok) return undefined;
    const { failure, issues = [] } = last.verdict;
    if (failure.code !== "invalid_output") return undefined;
    const told = issues.map((issue) => `${issuePath(issue) || "(whole)"}: ${issue.message}`);
    return {
      issues: told.length > 0 ? told.join("\n") : failure.message,
      resume: feedback === "resume" ? last.report.details : undefined,
    };
  }

  #fail(
    failure: Failure,
    outcome: CallError["outcome"] = "failed",
    issues?: readonly SchemaIssue[],
    value?: unknown,
    replay?: Replay,
  ): CallError {
    const { effects, name } = this.#definition;
    const effect = this.#effectOf(failure);
    const message = `The call "${name}" ${failure.message}.${tellAttempts(this.#history)} ${failure.advice ?? ADVICE[failure.code]}`;
    const error = new CallError(message, {
      ...this.#facts(),
      ...(replay && { replay }),
      outcome,
      code: failure.code,
      // The ledger gates the call after one that found it in progress.
      retryable:
        outcome === "in_progress" ||
        // What was replayed would be the same once more.
        (replay === undefined && isRetryable(effects, this.#gate.key !== undefined, { ...failure, effect })),
      retryAfterMs: failure.retryAfterMs,
      effect,
      cause: failure.cause,
      value,
    });
    if (issues !== undefined) Object.defineProperty(error, "issues", { value: issues, enumerable: false });
    return error;
  }

  /** What is known of the whole call: that its last attempt did nothing says nothing of the ones before. */
  #effectOf({ effect }: Failure): Effect {
    if (effect !== "not_started" && effect !== "rejected") return effect;
    return this.#history.some((attempt) => attempt.effect === "unknown" || attempt.effect === "completed")
      ? "unknown"
      : effect;
  }

  #facts(): Omit<CallFacts, "outcome"> {
    const report: Report<unknown, Details> = this.#last?.report ?? {};
    const cost = totalCost(this.#history);
    return {
      callId: this.callId,
      name: this.#definition.name,
      ...(this.#gate.key !== undefined && { key: this.#gate.key }),
      ...(this.#last?.record.externalRef !== undefined && { externalRef: this.#last.record.externalRef }),
      attempts: [...this.#history],
      ...(cost !== undefined && { totalCostUsd: cost }),
      durationMs: Math.round(performance.now() - this.#startedAt),
      ...(report.exitCode !== undefined && { exitCode: report.exitCode }),
      ...(report.signal !== undefined && { signal: report.signal }),
      stdoutTail: report.stdoutTail ?? "",
      stderrTail: report.stderrTail ?? "",
      stdoutBytes: report.stdoutBytes ?? 0,
      stdoutSha256: report.stdoutSha256 ?? SHA256_OF_NOTHING,
    };
  }
}

/** Carries a failed attempt out of p-retry. Not a TypeError, which p-retry would never try again. */
class AttemptFailed extends Error {
  readonly failure: Failure;
  readonly issues: readonly SchemaIssue[] | undefined;

  constructor(failure: Failure, issues?: readonly SchemaIssue[]) {
    super(failure.message);
    this.failure = failure;
    this.issues = issues;
  }
}
