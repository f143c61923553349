import type { CallError } from "../core/errors.ts";
import { HostSignal } from "../process/host-signals.ts";
import type { ErrorCode } from "../core/vocabulary.ts";

/** After sysexits.h, GNU timeout and the shells. */
export const EXIT = {
  ok: 0,
  usage: 2,
  badOutput: 65,
  calleeFailed: 69,
  internal: 70,
  elsewhere: 73,
  ledger: 74,
  notWritten: 74,
  later: 75,
  mustLook: 76,
  denied: 77,
  timeout: 124,
  notExecutable: 126,
  notFound: 127,
} as const;

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  timeout: EXIT.timeout,
  idle_timeout: EXIT.timeout,
  // Refined below: what cancels a call of the command line is a signal.
  cancelled: EXIT.calleeFailed,
  spawn_failed: EXIT.notExecutable,
  exit_nonzero: EXIT.calleeFailed,
  killed: EXIT.calleeFailed,
  empty_output: EXIT.badOutput,
  output_too_large: EXIT.badOutput,
  truncated_output: EXIT.badOutput,
  invalid_output: EXIT.badOutput,
  no_result: EXIT.badOutput,
  evidence_missing: EXIT.badOutput,
  rate_limited: EXIT.later,
  overloaded: EXIT.later,
  unavailable: EXIT.later,
  auth: EXIT.denied,
  billing: EXIT.denied,
  invalid_request: EXIT.calleeFailed,
  refused: EXIT.calleeFailed,
  turn_limit: EXIT.calleeFailed,
  budget_limit: EXIT.calleeFailed,
  permission_denied: EXIT.calleeFailed,
  job_failed: EXIT.calleeFailed,
  cancel_unconfirmed: EXIT.mustLook,
  in_doubt: EXIT.mustLook,
  in_progress: EXIT.elsewhere,
  key_conflict: EXIT.elsewhere,
  lease_lost: EXIT.mustLook,
  ledger_unavailable: EXIT.ledger,
  duplicate_streak: EXIT.badOutput,
  output_not_kept: EXIT.badOutput,
  invalid_config: EXIT.usage,
};

export function exitCodeOf(error: CallError): number {
  if (error.cause instanceof HostSignal) return error.cause.signal === "SIGINT" ? 130 : 143;
  if ((error.cause as { kind?: unknown } | undefined)?.kind === "not_found") return EXIT.notFound;
  // Too early to tell whether it happened; a later call can.
  if (error.code === "in_doubt" && error.retryAfterMs !== undefined) return EXIT.later;
  return BY_CODE[error.code];
}
