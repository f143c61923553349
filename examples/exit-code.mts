/**
 * The exit codes of `hardcall run` and `hardcall claude` for a program of yours, so that a scheduler can treat all of them alike.
 * `npx hardcall help exit-codes` says what each one means.
 */
import { CallError } from "hardcall";

/** All other codes have 69: the callee failed or refused. */
const CODES = new Map<number, readonly CallError["code"][]>([
  [2, ["invalid_config"]],
  [
    65,
    [
      "empty_output",
      "output_too_large",
      "truncated_output",
      "invalid_output",
      "no_result",
      "evidence_missing",
      "duplicate_streak",
      "output_not_kept",
    ],
  ],
  [73, ["in_progress", "key_conflict"]],
  [74, ["ledger_unavailable"]],
  [75, ["rate_limited", "overloaded", "unavailable", "busy", "over_budget", "circuit_open"]],
  [76, ["cancel_unconfirmed", "in_doubt", "lease_lost"]],
  [77, ["auth", "billing"]],
  [124, ["timeout", "idle_timeout"]],
]);

export function exitCodeOf({ code, cause, retryAfterMs, circuit }: CallError): number {
  const isNotFound = (cause as { kind?: unknown } | undefined)?.kind === "not_found";
  if (code === "spawn_failed") return isNotFound ? 127 : 126;
  // It is too early to tell whether it happened; a later run can.
  if (code === "in_doubt" && retryAfterMs !== undefined) return 75;
  // An auth or billing error opened the circuit breaker of the resource: no later run heals it.
  if (circuit?.code === "auth" || circuit?.code === "billing") return 77;
  for (const [exit, codes] of CODES) if (codes.includes(code)) return exit;
  return 69;
}

/**
 * Says on stderr why the call failed, and sets the exit code. After the message comes the end of the command's own stderr, as from
 * `hardcall run`. For a log that others read, print the message alone: it has no prompt and no output.
 * An error that is not of hardcall is a bug of the program, and is thrown on.
 */
export function reportFailure(error: unknown): void {
  if (!(error instanceof CallError)) throw error;
  console.error(error.message);
  if (error.stderrTail?.trim()) console.error(error.stderrTail.trimEnd());
  process.exitCode = exitCodeOf(error);
}

/** Ends the program before anything starts: its arguments are wrong. */
export function refuse(usage: string): never {
  console.error(`usage: ${usage}`);
  process.exit(2);
}
