import type { CallError } from "../../core/errors.ts";
import { HostSignal } from "../../process/host-signals.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";

/** After sysexits.h, GNU timeout and the shells. */
export const EXIT = {
  ok: 0,
  /** A sentinel is not ok, or the checks themselves have stopped. */
  notOk: 1,
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

/** The exit code of each error code. */
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
  busy: EXIT.later,
  over_budget: EXIT.later,
  circuit_open: EXIT.later,
  invalid_config: EXIT.usage,
};

/** On Windows also SIGBREAK and SIGHUP tell that the call is to end, as SIGTERM does elsewhere. */
export const exitCodeOfSignal = (signal: NodeJS.Signals): number => (signal === "SIGINT" ? 130 : 143);

export function exitCodeOf(error: CallError): number {
  if (error.cause instanceof HostSignal) return exitCodeOfSignal(error.cause.signal);
  if ((error.cause as { kind?: unknown } | undefined)?.kind === "not_found") return EXIT.notFound;
  // Too early to tell whether it happened; a later call can.
  if (error.code === "in_doubt" && error.retryAfterMs !== undefined) return EXIT.later;
  // No time heals a key that was revoked, so the calls after it end as the one that met it.
  if (error.circuit?.code === "auth" || error.circuit?.code === "billing") return EXIT.denied;
  return BY_CODE[error.code];
}

/** One row of the table of exit codes. */
export interface ExitCode {
  /** `"69"`, or `"126, 127"` for two that belong together. */
  readonly exit: string;
  readonly means: string;
  /** The codes of errors that end with it. */
  readonly codes: readonly ErrorCode[];
}

const row = (exit: number, means: string, codes: readonly ErrorCode[] = codesOf(exit)): ExitCode => ({
  exit: String(exit),
  means,
  codes,
});

/** What `hardcall help exit-codes` and `docs/command-line.md` say. */
export const EXIT_CODES: readonly ExitCode[] = [
  row(EXIT.ok, "The call succeeded: it was executed, replayed or recovered. stdout has the output."),
  row(EXIT.notOk, "sentinel: a sentinel is not ok, or the checks are overdue."),
  row(EXIT.usage, "The command line or the configuration is wrong. Nothing was started."),
  row(EXIT.badOutput, "The output broke the contract. Do not use it."),
  row(
    EXIT.calleeFailed,
    "The command or agent failed or refused. ledger, resource: not known. doctor: a guarantee is missing.",
  ),
  row(EXIT.internal, "A fault in hardcall itself. Please report it."),
  row(
    EXIT.elsewhere,
    "Another process runs the call, or the key belongs to another input. dedupe: a duplicate.",
  ),
  row(EXIT.ledger, "The ledger cannot be used, or stdout, the report or an example could not be written."),
  row(
    EXIT.later,
    "A later try may succeed. Also an in_doubt call that is too early to tell, and pending content of dedupe.",
  ),
  row(EXIT.mustLook, "It is unknown whether the call took effect. Look, then use hardcall ledger resolve."),
  row(
    EXIT.denied,
    "The service rejected the credentials, or billing stopped it: this call, or one that opened the circuit.",
  ),
  row(EXIT.timeout, "A time limit ended the call."),
  {
    exit: "126, 127",
    means: "The command could not start: found but not executable (126), or not found (127).",
    codes: ["spawn_failed"],
  },
  {
    exit: "130, 143",
    means:
      "SIGINT (130) or SIGTERM (143) ended the call. On Windows Ctrl-C (130), Ctrl-Break or a closed console (143).",
    codes: ["cancelled"],
  },
];

/** Without those that say more by another exit code. */
function codesOf(exit: number): ErrorCode[] {
  const refined: readonly ErrorCode[] = ["spawn_failed", "cancelled"];
  return (Object.keys(BY_CODE) as ErrorCode[]).filter(
    (code) => BY_CODE[code] === exit && !refined.includes(code),
  );
}
