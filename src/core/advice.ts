import { formatDuration } from "./duration.ts";
import type { ErrorCode } from "./vocabulary.ts";

/** What an advice may depend on. */
export interface AdviceFacts {
  /** Milliseconds until it may go better, where the callee told. */
  readonly retryAfterMs?: number | undefined;
  /** Which limit a timeout has met. */
  readonly limit?: "total" | "attempt" | undefined;
  /** Whether the last attempt has printed something. */
  readonly hasStdout?: boolean | undefined;
  readonly hasStderr?: boolean | undefined;
}

/** What to do about a failure: sentences, or what makes them of the facts. */
export type Advice = Readonly<Record<ErrorCode, string | ((facts: AdviceFacts) => string)>>;

export function adviceFrom(table: Advice, code: ErrorCode, facts: AdviceFacts): string {
  const advice = table[code];
  return typeof advice === "string" ? advice : advice(facts);
}

/** What is said alike in the library and on the command line. */
export const COMMON_ADVICE = {
  cancelled: "Look at its effect before you start it again.",
  spawn_failed: "Check the command, its folder and its permissions.",
  killed: "Check the system's log for an out-of-memory kill, or find out what sent the signal.",
  empty_output: "Nothing was produced, even if the exit code says success; do not use it.",
  truncated_output: "The output stops in the middle; do not use it.",
  no_result: "The run ended without its result; do not use what it printed.",
  rate_limited: ({ retryAfterMs }) =>
    retryAfterMs === undefined
      ? "Wait, or lower the rate; when the limit ends is not known."
      : `The limit ends ${formatEnd(retryAfterMs, Date.now())}; start it again then.`,
  overloaded: again,
  unavailable: (facts) => `${again(facts)} If it stays so, check the network and the service.`,
  auth: "Check the key or log in; a retry does not help.",
  billing: "Top up or raise the spending limit; a retry does not help.",
  invalid_request: "Change the request; a retry does not help.",
  refused: "The model does not answer this; change the prompt.",
  cancel_unconfirmed: "The job may still be running; look before you start another.",
  in_progress: "It is running elsewhere; wait for it.",
  key_conflict: "Use another key for another input.",
  duplicate_streak: "The same output came several times in a row; look at what produces it.",
  invalid_config: "Nothing was started.",
} as const satisfies Partial<Advice>;

function again({ retryAfterMs }: AdviceFacts): string {
  return retryAfterMs === undefined
    ? "Try again later."
    : `Try again ${formatEnd(retryAfterMs, Date.now())}.`;
}

const LIBRARY: Advice = {
  ...COMMON_ADVICE,
  timeout: ({ limit, hasStderr }) =>
    `If it needs longer, raise ${limit === "attempt" ? "timeout.attempt" : "its timeout"}; else find out what it waits for${
      hasStderr ? " (stderrTail has its last words)" : ""
    }.`,
  idle_timeout: "If it is silent by nature, raise timeout.idle; else find out what it waits for.",
  exit_nonzero: "Read stderrTail and stdoutTail for its reason.",
  output_too_large: "Raise maxOutput, or let it write to a file.",
  invalid_output: "Compare the output with the schema; issues lists where it differs.",
  evidence_missing: "The callee claims success; look for the artifact before you start it again.",
  turn_limit: "Raise maxTurns, or give it less to do; what it did so far stays done.",
  budget_limit: "Raise maxBudgetUsd, or give it less to do; what it did so far stays done.",
  permission_denied: 'Allow the tool (allowedTools), or accept denials with permissionDenials: "allow".',
  job_failed: "Read the cause for its reason.",
  in_doubt: "Look whether it happened, then say so with: hardcall ledger resolve.",
  lease_lost: "Another owner took the call over; look at the ledger.",
  ledger_unavailable: "A call that cannot be recorded is not started; repair the ledger.",
  output_not_kept:
    "It is done. To go on without its output, say replayWithoutValue: true; to run it again, use another key.",
};

export const adviceOfLibrary = (code: ErrorCode, facts: AdviceFacts): string =>
  adviceFrom(LIBRARY, code, facts);

/** Instants that others tell are in whole seconds. */
const SECOND_MS = 1000;

/** When something ends, as a person says it: "at 13:00 UTC, in 52 min". A minute is rounded up, so that a retry does not come too early. */
export function formatEnd(ms: number, now: number): string {
  if (ms < 60_000) return `in ${formatDuration(Math.ceil(ms / 1000) * 1000)}`;
  const minutes = Math.ceil(ms / 60_000);
  const end = new Date(Math.ceil((now + ms - SECOND_MS) / 60_000) * 60_000).toISOString();
  const isToday = end.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return `${isToday ? "at" : `on ${end.slice(0, 10)} at`} ${end.slice(11, 16)} UTC, in ${formatDuration(minutes * 60_000)}`;
}
