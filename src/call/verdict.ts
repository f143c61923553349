import { isBlank } from "../core/blank.ts";
import { advise } from "../core/wording.ts";
import type { Candidate, Failure, Report } from "../core/callee.ts";
import { describeStop } from "./deadline.ts";
import { describeLoss, leaseLossIn, type LeaseLoss, type StopCause } from "../core/stop-cause.ts";
import { errorName } from "../core/failure.ts";
import { cancelledWhile, withinAllowance, judgingTime, TooLate, type Allowance } from "../core/allowance.ts";
import { describeIssues } from "../core/issues.ts";
import type { SchemaIssue, SchemaVerdict, StandardSchema } from "../core/standard-schema.ts";
import type { Effect } from "../core/vocabulary.ts";

/** The verdict on one attempt. */
export type AttemptVerdict<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      /** The value before the schema transformed it; absent without a schema. */
      readonly accepted?: unknown;
    }
  | { readonly ok: false; readonly failure: Failure; readonly issues?: readonly SchemaIssue[] };

/**
 * Judges an attempt by its stop cause first: a child that traps SIGTERM and exits 0 late has timed out. Then by the callee's own
 * failure, then by its output.
 */
export async function judgeReport<Value>(
  report: Report<unknown, object>,
  cause: StopCause | undefined,
  output: StandardSchema | undefined,
  allowance: Allowance,
): Promise<AttemptVerdict<Value>> {
  if (cause !== undefined && report.completedDespiteAbort !== true) return failed(stopped(cause, report));
  if (report.failure !== undefined) return failed(report.failure);
  if (output === undefined) return { ok: true, value: report.value as Value };
  return firstValid(report.candidates ?? [{ value: report.value }], output, allowance);
}

function stopped(
  cause: StopCause,
  { failure: own, afterStop, stderrTail }: Report<unknown, object>,
): Failure {
  const loss = cause.code === "cancelled" ? leaseLossIn(cause.reason) : undefined;
  if (loss !== undefined) return lostLease(loss, own?.effect === "not_started" ? "not_started" : "unknown");
  const how = describeStop(cause);
  const code = afterStop?.confirmed === false ? "cancel_unconfirmed" : cause.code;
  const hasStderr = stderrTail !== undefined && !isBlank(stderrTail);
  return {
    code,
    ...(cause.code === code &&
      "limit" in cause && { advice: advise(code, { limit: cause.limit, hasStderr }) }),
    message: afterStop === undefined ? how : `${how}, and ${afterStop.message}`,
    // The stop came before the start.
    effect: own?.effect === "not_started" ? "not_started" : (afterStop?.effect ?? "unknown"),
    cause: cause.code === "cancelled" ? cause.reason : own?.cause,
  };
}

/** The failure of a call that was stopped because its lease was lost, or could not be renewed. */
export function lostLease(loss: LeaseLoss, effect: Effect, when = ""): Failure {
  return { code: "lease_lost", message: `was stopped ${when}${describeLoss(loss)}`, effect, cause: loss };
}

/** The value of the first candidate that fits the schema. */
export async function firstValid<Value>(
  candidates: readonly Candidate[],
  output: StandardSchema,
  allowance: Allowance,
): Promise<AttemptVerdict<Value>> {
  const problems: string[] = [];
  let issues: readonly SchemaIssue[] | undefined;
  for (const candidate of candidates) {
    if ("problem" in candidate) {
      problems.push(candidate.problem);
      continue;
    }
    let checked;
    try {
      checked = await validate(output, candidate.value, allowance);
    } catch (error) {
      if (allowance.cancel.aborted && error === allowance.cancel.reason)
        return failed(cancelledWhile("its output was validated", error));
      const why = error instanceof TooLate ? error.message : `threw ${errorName(error)}`;
      const message = `could not be validated: the schema ${why}`;
      return failed({ code: "invalid_output", message, effect: "completed", cause: error });
    }
    if (typeof checked !== "object" || checked === null) {
      const message = "could not be validated: the schema answered neither with a value nor with issues";
      return failed({ code: "invalid_output", message, effect: "completed" });
    }
    if (checked.issues === undefined) {
      return { ok: true, value: checked.value as Value, accepted: candidate.value };
    }
    issues ??= checked.issues;
    problems.push(describeIssues(checked.issues, output));
  }
  const message =
    problems[0] === undefined
      ? "gave no output to check with the schema"
      : `gave an output that does not fit the schema: ${problems[0]}`;
  return {
    ok: false,
    failure: { code: "invalid_output", message, effect: "completed" },
    ...(issues && { issues }),
  };
}

/**
 * Validates a value. hardcall stops waiting for an asynchronous schema when the call's time is over or the call is cancelled. A success
 * that came before a cancel is still validated, within a second.
 *
 * @throws TooLate; the reason of the cancel; what the schema throws
 */
export async function validate(
  schema: StandardSchema,
  value: unknown,
  allowance: Allowance,
): Promise<SchemaVerdict<unknown>> {
  const time = allowance.cancel.aborted
    ? judgingTime(Number.NEGATIVE_INFINITY, new AbortController().signal)
    : allowance;
  const verdict = schema["~standard"].validate(value);
  return isThenable(verdict) ? await withinAllowance(verdict, time) : verdict;
}

const isThenable = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";

const failed = (failure: Failure) => ({ ok: false, failure }) as const;
