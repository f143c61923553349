import type { CalleeKind } from "./callee-kind.ts";
import { formatDuration } from "./duration.ts";
import type { Effect, ErrorCode } from "./vocabulary.ts";

/** The facts that an advice may depend on. */
export interface AdviceFacts {
  readonly callee?: CalleeKind | undefined;
  /** What is known of the effect. */
  readonly effect?: Effect | undefined;
  /** Milliseconds until a retry may succeed, if the callee said so. */
  readonly retryAfterMs?: number | undefined;
  /** Which limit has passed. */
  readonly limit?: "total" | "attempt" | undefined;
  /** Whether the last attempt printed anything. */
  readonly hasStdout?: boolean | undefined;
  readonly hasStderr?: boolean | undefined;
}

/** What to do about each failure: whole sentences, or a function that makes them from the facts. */
export type Advice = Readonly<Record<ErrorCode, string | ((facts: AdviceFacts) => string)>>;

export function adviceFrom(table: Advice, code: ErrorCode, facts: AdviceFacts): string {
  const advice = table[code];
  return typeof advice === "string" ? advice : advice(facts);
}

/** Follows the advice of a failure that left its key in doubt, as the next call would otherwise surprise with `in_doubt`. */
export const RESOLVE_FIRST =
  "It may have taken effect, so hardcall does not start it again until you resolve it: hardcall ledger resolve.";

/** What else leaves no text, and the program does not tell. */
const LOOKS_THE_SAME = {
  codex: " A refusal of the model looks the same: codex does not show it.",
  gemini:
    " A prompt that the API blocks, or that is larger than the model's context, looks the same: gemini does not tell.",
} as const;

/** The advice that the library and the command line share. */
export const COMMON_ADVICE = {
  cancelled: ({ effect }) =>
    effect === "not_started" ? "Nothing was started." : "Check whether it took effect before you retry it.",
  spawn_failed: "Check the command, its folder and its permissions.",
  killed: "Check the system's log for an out-of-memory kill, or find out what sent the signal.",
  empty_output: ({ callee }) =>
    `There is no output to use, even if the exit code says success.${callee === "codex" || callee === "gemini" ? LOOKS_THE_SAME[callee] : ""}`,
  truncated_output: "The output stops in the middle; do not use it.",
  no_result: "The run ended without its result; do not use what it printed.",
  rate_limited: ({ retryAfterMs }) =>
    retryAfterMs === undefined
      ? "Wait, or lower the rate; the service did not say when the limit ends."
      : `The limit ends ${formatEnd(retryAfterMs, Date.now())}; retry then.`,
  overloaded: retryLater,
  unavailable: (facts) => `${retryLater(facts)} If it persists, check the network and the service.`,
  auth: "Check the key or log in; a retry does not help.",
  billing: "Top up or raise the spending limit; a retry does not help.",
  invalid_request: "Change the request; a retry does not help.",
  refused: "The model does not answer this; change the prompt.",
  cancel_unconfirmed: "The job may still be running; check it before you start another.",
  in_doubt:
    "Find out whether it happened, then record it: hardcall ledger resolve CALL --as done|absent --by NAME --why TEXT.",
  in_progress: "Wait until that run has ended.",
  key_conflict: "Use a different key for a different input.",
  busy: (facts) => `${nothingStarted(facts)}${retryLater(facts)}`,
  over_budget: (facts) => `${nothingStarted(facts)}${retryLater(facts)} Or raise the budget of the resource.`,
  circuit_open: (facts) =>
    `${nothingStarted(facts)}Remove the cause. Then wait until a trial call succeeds, or run: hardcall resource close NAME --by NAME --why TEXT.`,
  duplicate_streak: "The same output came several times in a row; check what produces it.",
  invalid_config: "Nothing was started.",
} as const satisfies Partial<Advice>;

/** A task may throw an error with such a code after it did its work. */
const nothingStarted = ({ effect }: AdviceFacts): string =>
  effect === "not_started" ? "Nothing was started. " : "";

function retryLater({ retryAfterMs }: AdviceFacts): string {
  return retryAfterMs === undefined ? "Retry later." : `Retry ${formatEnd(retryAfterMs, Date.now())}.`;
}

/** Where gemini has its limit of turns; it has no option for it. */
export const GEMINI_TURNS = "model.maxSessionTurns in gemini's settings.json";

const LIBRARY: Advice = {
  ...COMMON_ADVICE,
  timeout: ({ limit, hasStderr }) =>
    `If it needs longer, raise ${limit === "attempt" ? "timeout.attempt" : "the timeout"}; otherwise find out what it waits for${
      hasStderr ? " (stderrTail holds the end of its stderr)" : ""
    }.`,
  idle_timeout:
    "If it is normally silent for so long, raise timeout.idle; otherwise find out what it waits for.",
  exit_nonzero: "See stderrTail and stdoutTail for the reason.",
  output_too_large: "Raise maxOutput, or let it write to a file.",
  invalid_output: "Compare the output with the schema; the error's issues say where it differs.",
  evidence_missing: "The callee reported success; check whether the artifact exists before you retry.",
  turn_limit: ({ callee }) =>
    `Raise ${callee === "gemini" ? GEMINI_TURNS : "maxTurns"}, or give it less to do; what it did so far stays done.`,
  budget_limit: "Raise maxBudgetUsd, or give it less to do; what it did so far stays done.",
  permission_denied: ({ callee }) =>
    `${callee === "codex" ? "Allow more with sandbox or in codex's own rules" : "Allow the tool (allowedTools)"}, or accept denials with permissionDenials: "allow".`,
  job_failed: ({ hasStdout }) => `See ${hasStdout ? "stdoutTail" : "the error's cause"} for the reason.`,
  lease_lost:
    "Another process took the call over, or may; see its history before you run it again: hardcall ledger show.",
  ledger_unavailable: ({ effect }) => {
    if (effect === "completed")
      return "The error's value holds the result. Repair the ledger before you run it again.";
    if (effect === "unknown")
      return "Repair the ledger, and check whether it took effect before you run it again.";
    return "A call that cannot be recorded is not started; repair the ledger.";
  },
  output_not_kept:
    "The work is done. To continue without its output, set replayWithoutValue: true; to run it again, use a different key.",
};

export const adviceOfLibrary = (code: ErrorCode, facts: AdviceFacts): string =>
  adviceFrom(LIBRARY, code, facts);

/** Instants that others tell are in whole seconds. */
const SECOND_MS = 1000;

/** A time in the future for people: "at 13:00 UTC, in 52 min". It rounds up, so that no retry comes too early. */
export function formatEnd(ms: number, now: number): string {
  if (ms < 60_000) return `in ${formatDuration(Math.ceil(ms / 1000) * 1000)}`;
  const minutes = Math.ceil(ms / 60_000);
  const end = new Date(Math.ceil((now + ms - SECOND_MS) / 60_000) * 60_000).toISOString();
  const isToday = end.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return `${isToday ? "at" : `on ${end.slice(0, 10)} at`} ${end.slice(11, 16)} UTC, in ${formatDuration(minutes * 60_000)}`;
}
