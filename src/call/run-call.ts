import { randomUUID } from "node:crypto";
import pRetry from "p-retry";
import pTimeout from "p-timeout";
import type { AttemptContext, Callee, Failure, Report } from "../callees/callee.ts";
import { ADVICE } from "./advice.ts";
import type { Terms } from "./contract.ts";
import { Deadline } from "./deadline.ts";
import { formatDuration } from "./duration.ts";
import { CallError, ConfigError, SHA256_OF_NOTHING } from "./errors.ts";
import { errorFromOutside, errorName } from "./failure.ts";
import { onHostSignal } from "./host-signals.ts";
import { makeResult, type AttemptRecord, type CallFacts, type Settled } from "./result.ts";
import { decideRetry, isRetryable, type RetryDecision } from "./retry.ts";
import { issuePath, type SchemaIssue, type StandardSchema } from "./standard-schema.ts";
import { judge, lookForEvidence, type Evidence, type Verdict } from "./verdict.ts";
import type { Effects } from "./words.ts";

/** A definition that has been checked, as the pipeline uses it. */
export interface Definition<Input, Value, Details extends object> {
  readonly name: string;
  readonly callee: Callee<Input, unknown, Details>;
  readonly effects: Effects;
  readonly output: StandardSchema | undefined;
  readonly evidence: readonly Evidence<Value>[];
}

/** One attempt that is over. */
interface Attempt<Value, Details extends object> {
  readonly record: AttemptRecord;
  readonly report: Report<unknown, Details>;
  readonly verdict: Verdict<Value>;
}

/** How long past a callee's own bound the runtime waits before it settles without it. */
const BACKSTOP_MS = 1000;
/** A look for evidence gets at least this long, even when the callee used up all of its time. */
const MIN_EVIDENCE_MS = 1000;

/** The way of every call: attempts until one holds the contract, or none may follow. Never rejects. */
export async function runCall<Input, Value, Details extends object>(
  definition: Definition<Input, Value, Details>,
  terms: Terms,
  input: Input,
  signal: AbortSignal | undefined,
): Promise<Settled<Value, Details>> {
  const problems = definition.callee.check?.(input, { output: definition.output }) ?? [];
  if (problems.length > 0) return new ConfigError(definition.name, problems);
  return new RunningCall(definition, terms, input, signal).settle();
}

class RunningCall<Input, Value, Details extends object> {
  readonly #callId = randomUUID();
  readonly #startedAt = performance.now();
  readonly #totalEndsAt: number;
  readonly #history: AttemptRecord[] = [];
  readonly #definition: Definition<Input, Value, Details>;
  readonly #terms: Terms;
  readonly #input: Input;
  /** The caller's cancel and the host's SIGINT or SIGTERM, whichever comes first. */
  readonly #cancel = new AbortController();
  readonly #letGo: () => void;
  #last: Attempt<Value, Details> | undefined;
  #decision: RetryDecision = { again: false };

  constructor(
    definition: Definition<Input, Value, Details>,
    terms: Terms,
    input: Input,
    signal: AbortSignal | undefined,
  ) {
    this.#definition = definition;
    this.#terms = terms;
    this.#input = input;
    this.#totalEndsAt = this.#startedAt + terms.limits.totalMs;
    const onAbort = () => this.#cancel.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
    const leave = onHostSignal((reason) => this.#cancel.abort(reason));
    this.#letGo = () => {
      signal?.removeEventListener("abort", onAbort);
      leave();
    };
  }

  async settle(): Promise<Settled<Value, Details>> {
    try {
      return await pRetry((number) => this.#attempt(number), {
        retries: this.#terms.retry.attempts - 1,
        // The wait is ours, in onFailedAttempt: p-retry's own knows neither full jitter nor a time it was told to wait.
        minTimeout: 0,
        onFailedAttempt: () => this.#waitForNext(),
        shouldRetry: () => this.#decision.again,
      });
    } catch (error) {
      if (error instanceof AttemptFailed) return this.#fail(error.failure, error.issues);
      // A fault of our own must not look like an attempt that failed in a known way.
      return this.#fail({
        ...errorFromOutside(error),
        effect: this.#last === undefined ? "not_started" : "unknown",
      });
    } finally {
      this.#letGo();
    }
  }

  async #attempt(number: number): Promise<Settled<Value, Details>> {
    const attempt = await this.#start(number);
    this.#last = attempt;
    this.#history.push(attempt.record);
    const { verdict, report } = attempt;
    if (verdict.ok) {
      const facts = { ...this.#facts(), outcome: "executed" } as const;
      return makeResult(facts, verdict.value, report.details ?? ({} as Details));
    }
    this.#decision = decideRetry({
      failure: verdict.failure,
      effects: this.#definition.effects,
      hasKey: false,
      policy: this.#terms.retry,
      attempt: number,
      remainingMs: this.#remainingMs(),
      random: Math.random(),
    });
    throw new AttemptFailed(verdict.failure, verdict.issues);
  }

  async #start(number: number): Promise<Attempt<Value, Details>> {
    const { callee, output, name } = this.#definition;
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const deadline = new Deadline(this.#terms.limits, this.#totalEndsAt, this.#cancel.signal);
    const context: AttemptContext = {
      name,
      callId: this.#callId,
      attempt: number,
      key: undefined,
      signal: deadline.signal,
      output,
      feedback: this.#terms.retry.feedback ? this.#feedback() : undefined,
      activity: () => deadline.activity(),
      ended: () => deadline.ended(),
    };
    let report: Report<unknown, Details>;
    try {
      report = deadline.signal.aborted
        ? NOT_STARTED
        : await bounded(callee.run(this.#input, context), callee, deadline);
    } catch (error) {
      report = { failure: errorFromOutside(error) };
    } finally {
      deadline.dispose();
    }
    let verdict = await judge<Value>(report, deadline.cause, output);
    if (verdict.ok) {
      const failure = await this.#evidenceFailure(verdict.value);
      if (failure !== undefined) verdict = { ok: false, failure };
    }
    const record = describeAttempt(number, startedAt, performance.now() - start, report, verdict);
    return { record, report, verdict };
  }

  async #evidenceFailure(value: Value): Promise<Failure | undefined> {
    const { evidence } = this.#definition;
    if (evidence.length === 0) return undefined;
    const controller = new AbortController();
    const milliseconds = Math.max(this.#remainingMs(), MIN_EVIDENCE_MS);
    const looking = lookForEvidence(evidence, value, { signal: controller.signal, callId: this.#callId });
    try {
      return await pTimeout(looking, { milliseconds });
    } catch (error) {
      const message = `said it was done, but looking for the evidence took longer than ${formatDuration(milliseconds)}`;
      return { code: "evidence_missing", message, effect: "completed", cause: error };
    } finally {
      controller.abort();
    }
  }

  async #waitForNext(): Promise<void> {
    if (!this.#decision.again) return;
    try {
      await sleep(this.#decision.delayMs, this.#cancel.signal);
    } catch (reason) {
      const effect = this.#history.at(-1)?.effect ?? "not_started";
      throw new AttemptFailed({
        code: "cancelled",
        message: "was cancelled between two attempts",
        effect,
        cause: reason,
      });
    }
  }

  /** What the last attempt's output got wrong: paths and the schema's words for them, for the callee only. */
  #feedback(): string | undefined {
    const verdict = this.#last?.verdict;
    if (verdict === undefined || verdict.ok || verdict.failure.code !== "invalid_output") return undefined;
    const issues = (verdict.issues ?? []).map(
      (issue) => `${issuePath(issue) || "(whole)"}: ${issue.message}`,
    );
    return issues.length > 0 ? issues.join("\n") : verdict.failure.message;
  }

  #fail(failure: Failure, issues?: readonly SchemaIssue[]): CallError {
    const { effects, name } = this.#definition;
    const attempts = this.#history.length > 1 ? ` It was tried ${this.#history.length} times.` : "";
    const message = `The call "${name}" ${failure.message}.${attempts} ${ADVICE[failure.code]}`;
    const error = new CallError(message, {
      ...this.#facts(),
      outcome: "failed",
      code: failure.code,
      retryable: isRetryable(effects, false, failure),
      retryAfterMs: failure.retryAfterMs,
      effect: failure.effect,
      cause: failure.cause,
    });
    if (issues !== undefined) Object.defineProperty(error, "issues", { value: issues, enumerable: false });
    return error;
  }

  #facts(): Omit<CallFacts, "outcome"> {
    const report: Report<unknown, Details> = this.#last?.report ?? {};
    return {
      callId: this.#callId,
      name: this.#definition.name,
      attempts: [...this.#history],
      durationMs: Math.round(performance.now() - this.#startedAt),
      ...(report.exitCode !== undefined && { exitCode: report.exitCode }),
      ...(report.signal !== undefined && { signal: report.signal }),
      stdoutTail: report.stdoutTail ?? "",
      stderrTail: report.stderrTail ?? "",
      stdoutBytes: report.stdoutBytes ?? 0,
      stdoutSha256: report.stdoutSha256 ?? SHA256_OF_NOTHING,
    };
  }

  #remainingMs(): number {
    return this.#totalEndsAt - performance.now();
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

const NOT_STARTED: Report<never, never> = {
  failure: { code: "cancelled", message: "was cancelled before it started", effect: "not_started" },
};

/** The backstop: a callee that does not settle within its own bound is settled without. */
async function bounded<Raw, Details extends object>(
  running: Promise<Report<Raw, Details>>,
  callee: { readonly stopMs: number },
  deadline: Deadline,
): Promise<Report<Raw, Details>> {
  const stopped = Promise.withResolvers<void>();
  const onAbort = () => stopped.resolve();
  deadline.signal.addEventListener("abort", onAbort, { once: true });
  if (deadline.signal.aborted) onAbort();
  const afterStop = stopped.promise.then(() =>
    pTimeout(running, { milliseconds: callee.stopMs + BACKSTOP_MS }),
  );
  try {
    return await Promise.race([running, afterStop]);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    return {
      notes: [`the callee did not settle when it was told to stop (${errorName(error)}); its work may go on`],
      failure: errorFromOutside(error),
    };
  } finally {
    deadline.signal.removeEventListener("abort", onAbort);
    // Lets go of the race's second leg; it settles with the first.
    stopped.resolve();
    afterStop.catch(() => undefined);
  }
}

function describeAttempt(
  attempt: number,
  startedAt: string,
  durationMs: number,
  report: Report<unknown, object>,
  verdict: Verdict<unknown>,
): AttemptRecord {
  const failure = verdict.ok ? undefined : verdict.failure;
  const { exitCode, signal, survivors, notes, costUsd } = report;
  return {
    attempt,
    startedAt,
    durationMs: Math.round(durationMs),
    ...(failure && { code: failure.code, message: failure.message }),
    effect: failure?.effect ?? "completed",
    stdoutBytes: report.stdoutBytes ?? 0,
    stdoutSha256: report.stdoutSha256 ?? SHA256_OF_NOTHING,
    stderrBytes: report.stderrBytes ?? 0,
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(failure?.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
    ...(survivors !== undefined && survivors > 0 && { survivors }),
    ...(notes !== undefined && notes.length > 0 && { notes }),
    ...(costUsd !== undefined && { costUsd }),
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => {
    clearTimeout(timer);
    reject(signal.reason);
  };
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", onAbort);
    resolve();
  }, ms);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return promise;
}
