import type { ErrorCode } from "./vocabulary.ts";

/** What to do about a failure, as one sentence; the end of every message. */
export const ADVICE: Readonly<Record<ErrorCode, string>> = {
  timeout:
    "If it needs longer, raise its timeout; else find out what it waits for (stderrTail has its last words).",
  idle_timeout: "If it is silent by nature, raise timeout.idle; else find out what it waits for.",
  cancelled: "Look at its effect before you start it again.",
  spawn_failed: "Check the command, its folder and its permissions.",
  exit_nonzero: "Read stderrTail and stdoutTail for its reason.",
  killed: "Look for an out-of-memory kill, or for whoever sent the signal.",
  empty_output: "Nothing was produced, whatever the exit code says; do not use it.",
  output_too_large: "Raise maxOutput, or let it write to a file.",
  truncated_output: "The output stops in the middle; do not use it.",
  invalid_output: "Compare the output with the schema; issues lists where it differs.",
  no_result: "The run ended without its result; do not use what it printed.",
  evidence_missing: "The callee claims success; look for the artifact before you start it again.",
  rate_limited: "Wait, for retryAfterMs where it is known, or lower the rate.",
  overloaded: "Try again later.",
  unavailable: "Try again later, or check the network and the service.",
  auth: "Check the key or log in; trying again will not help.",
  billing: "Top up or raise the spending limit; trying again will not help.",
  invalid_request: "Change the request; trying again will not help.",
  refused: "The model will not answer this; change the prompt.",
  turn_limit: "Raise maxTurns, or give it less to do; what it did so far stays done.",
  budget_limit: "Raise maxBudgetUsd, or give it less to do; what it did so far stays done.",
  permission_denied: 'Allow the tool (allowedTools), or accept denials with permissionDenials: "allow".',
  job_failed: "Read the cause for its reason.",
  cancel_unconfirmed: "The job may still be running; look before you start another.",
  in_doubt: "Look whether it happened, then say so with: hardcall ledger resolve.",
  in_progress: "It is running elsewhere; wait for it.",
  key_conflict: "Use another key for another input.",
  lease_lost: "Another owner took the call over; look at the ledger.",
  ledger_unavailable: "Nothing may be started that cannot be recorded; mend the ledger.",
  duplicate_streak: "The same output came again and again; look at what produces it.",
  output_not_kept:
    "It is done. To go on without its output, say replayWithoutValue: true (--replay-without-output); to run it again, use another key.",
  invalid_config: "Nothing was started.",
};
