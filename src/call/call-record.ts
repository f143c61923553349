import { RESOLVE_FIRST } from "../core/advice.ts";
import { isBlank } from "../core/blank.ts";
import type { Failure, Feedback, Report } from "../core/callee.ts";
import { CallError } from "../core/errors.ts";
import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import {
  makeResult,
  type AttemptRecord,
  type CallFacts,
  type KeyedResult,
  type Replay,
} from "../core/result.ts";
import { issuePath, type SchemaIssue } from "../core/standard-schema.ts";
import type { Effect } from "../core/vocabulary.ts";
import { advise } from "../core/wording.ts";
import type { FinishedAttempt } from "./attempt.ts";
import { describeAttempts, totalCost } from "./history.ts";
import type { Definition } from "./invocation.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { isRetryable, type RetryPolicy } from "./retry.ts";

/** What the error of a call has beside the failure itself. */
export interface FailedCall {
  /** @default "failed" */
  readonly outcome?: CallError["outcome"] | undefined;
  readonly issues?: readonly SchemaIssue[] | undefined;
  /** The result of a call that did its work and failed later. */
  readonly value?: unknown;
  readonly replay?: Replay | undefined;
  /** Whether no call with this key starts until an operator has resolved it. @default false */
  readonly mustResolve?: boolean | undefined;
}

/** The attempts of a call so far, and the result or error that it ends with. */
export class CallRecord<Value, Details extends object> {
  readonly #definition: Pick<Definition<never, Value, Details>, "name" | "effects" | "resource" | "callee">;
  readonly #call: OngoingCall;
  readonly #key: string | undefined;
  readonly #attempts: AttemptRecord[] = [];
  #last: FinishedAttempt<Value, Details> | undefined;

  constructor(
    definition: Pick<Definition<never, Value, Details>, "name" | "effects" | "resource" | "callee">,
    call: OngoingCall,
    key: string | undefined,
  ) {
    this.#definition = definition;
    this.#call = call;
    this.#key = key;
  }

  /** The attempt that ended last. */
  get last(): FinishedAttempt<Value, Details> | undefined {
    return this.#last;
  }

  add(attempt: FinishedAttempt<Value, Details>): void {
    this.#last = attempt;
    this.#attempts.push(attempt.record);
  }

  result(
    facts: Pick<CallFacts, "replay" | "evidence"> & {
      readonly outcome: "executed" | "replayed" | "recovered";
    },
    value: Value,
    details: Details,
  ): KeyedResult<Value, Details> {
    return makeResult({ ...this.#facts(), ...facts }, value, details);
  }

  error(failure: Failure, of: FailedCall = {}): CallError {
    const { outcome = "failed", issues, value, replay, mustResolve = false } = of;
    const { callee, effects, name } = this.#definition;
    const effect = this.#effectOf(failure);
    const { stdoutBytes, stderrTail } = this.#facts();
    const advice =
      failure.advice ??
      advise(failure.code, {
        callee: callee.kind,
        effect,
        retryAfterMs: failure.retryAfterMs,
        hasStdout: stdoutBytes > 0,
        hasStderr: !isBlank(stderrTail),
      });
    const message = `The call "${name}" ${failure.message}.${describeAttempts(this.#attempts)} ${advice}${mustResolve ? ` ${RESOLVE_FIRST}` : ""}`;
    const error = new CallError(message, {
      ...this.#facts(),
      ...(replay && { replay }),
      outcome,
      code: failure.code,
      retryable:
        // The ledger decides about a call that comes while another is in progress.
        outcome === "in_progress" ||
        // A replay would give the same again.
        (replay === undefined && isRetryable(effects, this.#key !== undefined, { ...failure, effect })),
      retryAfterMs: failure.retryAfterMs,
      effect,
      circuit: failure.circuit,
      cause: failure.cause,
      value,
    });
    if (issues !== undefined) Object.defineProperty(error, "issues", { value: issues, enumerable: false });
    return error;
  }

  /** What was wrong with the output of this attempt, for the next one, if the retry policy asks for it. */
  feedback({ feedback }: Pick<RetryPolicy, "feedback">): Feedback | undefined {
    const last = this.#last;
    if (!feedback || last === undefined || last.verdict.ok) return undefined;
    const { failure, issues = [] } = last.verdict;
    if (failure.code !== "invalid_output") return undefined;
    const listed = issues.map((issue) => `${issuePath(issue) || "(whole)"}: ${issue.message}`);
    return {
      issues: listed.length > 0 ? listed.join("\n") : failure.message,
      resume: feedback === "resume" ? last.report.details : undefined,
    };
  }

  /** The effect of the whole call: a last attempt without effect proves nothing about the earlier ones. */
  #effectOf({ effect }: Failure): Effect {
    if (effect !== "not_started" && effect !== "rejected") return effect;
    return this.#attempts.some((attempt) => attempt.effect === "unknown" || attempt.effect === "completed")
      ? "unknown"
      : effect;
  }

  #facts(): Omit<CallFacts, "outcome"> {
    const report: Report<unknown, Details> = this.#last?.report ?? {};
    const cost = totalCost(this.#attempts);
    const externalRef = this.#last?.record.externalRef;
    const { requestedBy } = this.#call;
    const { resource } = this.#definition;
    return {
      callId: this.#call.callId,
      name: this.#definition.name,
      ...(this.#key !== undefined && { key: this.#key }),
      ...(externalRef !== undefined && { externalRef }),
      ...(requestedBy !== undefined && { requestedBy }),
      ...(resource && { resource: resource.name, waitedMs: Math.round(this.#call.waitedMs) }),
      attempts: [...this.#attempts],
      ...(cost !== undefined && { totalCostUsd: cost }),
      durationMs: Math.round(performance.now() - this.#call.startedAt),
      ...(report.exitCode !== undefined && { exitCode: report.exitCode }),
      ...(report.signal !== undefined && { signal: report.signal }),
      stdoutTail: report.stdoutTail ?? "",
      stderrTail: report.stderrTail ?? "",
      stdoutBytes: report.stdoutBytes ?? 0,
      stdoutSha256: report.stdoutSha256 ?? SHA256_OF_NOTHING,
    };
  }
}
