import { optionName } from "../core/wording.ts";
import type { Callee, Failure, PreviousAttempt, Report } from "../core/callee.ts";
import { LedgerError } from "../database/errors.ts";
import type { SettleAnswer } from "../ledger/operation/events.ts";
import {
  OWNER_LOST,
  type AttemptEnd,
  type LedgerAttempt,
  type Operation,
} from "../ledger/operation/state.ts";
import type { SettleRequest, StoreClaimAnswer } from "../ledger/store/store.ts";
import { readValue, type StorePolicy } from "../ledger/key/value.ts";
import type { FinishedAttempt } from "./attempt.ts";
import { formatDuration } from "../core/duration.ts";
import { ConfigError } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import type { Admission } from "./idempotency-guard.ts";
import { packDetails, packOutput, unpackDetails } from "./kept.ts";

/** An attempt that is over, as the ledger keeps it. */
export function resultOf(
  attempt: FinishedAttempt<unknown, object>,
  store: StorePolicy,
  { answerDetails = [], restoreOutput }: Pick<Callee<never, unknown>, "answerDetails" | "restoreOutput"> = {},
): SettleRequest {
  const { report, record, verdict, late } = attempt;
  const end = endOf(report);
  if (!verdict.ok) {
    const { code, effect } = verdict.failure;
    const failed = { ...end, durationMs: record.durationMs, code, effect };
    return { state: "failed", end: failed, lingering: late !== undefined };
  }
  // The value from before the schema: a replay validates it again.
  const value = "accepted" in verdict ? verdict.accepted : verdict.value;
  const output = restoreOutput && report.output && packOutput(report.output, value);
  const details = packDetails(report.details ?? {}, answerDetails, { value, hashOnly: store === "hash" });
  return {
    state: "succeeded",
    end,
    value,
    store: report.lossy ? "hash" : store,
    details: JSON.stringify({ ...details, evidence: record.evidence, output }),
  };
}

function endOf(report: Report<unknown, object>): Omit<AttemptEnd, "code" | "effect"> {
  const { exitCode, signal, stderrTail, stdoutBytes, stdoutSha256 } = report;
  return { exitCode, signal, stderrTail, stdoutBytes, stdoutSha256 };
}

/** The attempt before, where it was of something that can be found again. */
export function previousOf(attempt: LedgerAttempt | undefined): PreviousAttempt | undefined {
  if (attempt?.externalRef === undefined) return undefined;
  return { externalRef: attempt.externalRef, effect: attempt.effect };
}

/** A success from before this call. */
export function doneBefore(outcome: "replayed" | "recovered", record: Operation): Admission {
  const { value: stored, details, callId, settledAt, settledBy } = record;
  const value = stored.kept === "value" ? readValue(stored) : undefined;
  return {
    kind: "done",
    // A probe or an operator found it, without a value: each later call is told so, too.
    outcome: stored.kept === "none" ? "recovered" : outcome,
    value,
    ...unpackDetails(details, value),
    replay: {
      callId,
      ageMs: Math.max(0, Date.now() - (settledAt ?? Date.now())),
      valueKept: stored.kept,
      settledBy: settledBy ?? "attempt",
    },
  };
}

/** How the newest attempt ended, as far as the ledger knows. */
export function describeEnd({ code }: Operation): string {
  if (code === undefined) return "did not report its end";
  return code === OWNER_LOST ? `did not report its end (${code})` : `ended with ${code}`;
}

/** How long ago the attempt started that an operation is in doubt about. */
export function ageOf({ startedAt, createdAt }: Operation): string {
  return formatDuration(Math.max(0, Date.now() - (startedAt ?? createdAt)));
}

/** The refusal of a call that may not start. */
export function refusal(
  answer:
    | (StoreClaimAnswer & { readonly kind: "in_progress" | "in_doubt" | "key_conflict" })
    | { readonly kind: "in_doubt"; readonly record: Operation },
): Admission {
  switch (answer.kind) {
    case "in_progress": {
      const { retryAfterMs, owner } = answer;
      const message = `is in progress elsewhere (process ${owner.pid} on ${owner.host})`;
      const failure = { code: "in_progress", message, effect: "unknown", retryAfterMs } as const;
      return { kind: "refused", outcome: "in_progress", failure };
    }
    case "in_doubt": {
      const { record } = answer;
      const message = `may have happened: an attempt ${ageOf(record)} ago ${describeEnd(record)}, and its effect is unknown (call ${record.callId})`;
      return {
        kind: "refused",
        outcome: "in_doubt",
        failure: { code: "in_doubt", message, effect: "unknown" },
      };
    }
    case "key_conflict": {
      const message = `was given a key that was first used with a different input${tellDifference(answer.differs)}`;
      return {
        kind: "refused",
        outcome: "failed",
        failure: { code: "key_conflict", message, effect: "not_started" },
      };
    }
    default:
      return answer satisfies never;
  }
}

/** Names the parts of the input, never what is in them. */
function tellDifference(parts: readonly string[]): string {
  if (parts.length === 0) return "";
  const told = `; these parts differ: ${parts.join(", ")}`;
  if (!parts.includes("folder")) return told;
  return `${told} (if the folder changes with each deployment, give ${optionName("fingerprint.cwd")} a name that stays the same)`;
}

/** The failure for a result that came after another owner had taken the operation. The ledger keeps it, and so does the error. */
export function lateFailure(answer: SettleAnswer): Failure | undefined {
  if (answer.kind !== "late") return undefined;
  // A probe or an operator has found this same success meanwhile: it happened once.
  if (!answer.doubleEffect && answer.record.state === "succeeded") return undefined;
  const message = answer.doubleEffect
    ? "did its work although another owner had taken the call over: its effect may exist twice"
    : "ended after another owner had taken the call over";
  return { code: "lease_lost", message, effect: "completed" };
}

/** The failure of a call whose ledger cannot be used; `effect` is what was known before. */
export function ledgerFailure(error: unknown, effect: Failure["effect"], instead?: string): Failure {
  if (error instanceof ConfigError) throw error;
  if (!(error instanceof LedgerError)) {
    return {
      code: "ledger_unavailable",
      message: `met an unexpected fault in the ledger (${errorName(error)})`,
      effect,
      cause: error,
    };
  }
  const code = error.code === "invalid_config" ? "invalid_config" : error.code;
  return {
    code,
    message: instead ?? `could not be recorded: ${lowerFirst(error.message)}`,
    effect,
    cause: error,
  };
}

/** A ledger refuses a wrong definition or input; an input that throws when it is read is wrong, too. */
export function asConfigError(name: string, error: unknown): ConfigError {
  if (error instanceof ConfigError) return error;
  const isOurs = error instanceof LedgerError;
  const problem = isOurs
    ? error.message.replace(/\.$/, "")
    : `the input cannot be read: reading it threw ${errorName(error)}`;
  return new ConfigError(name, [problem], isOurs ? undefined : error);
}

const lowerFirst = (text: string) => text.replace(/\.$/, "").replace(/^The /, "the ");
