/** A mode of the fake claude, and the right answer to it: the draft, or an error code. */
export interface Mode {
  readonly name: string;
  readonly right: string;
  /** The caller asks for JSON that fits a schema. */
  readonly schema?: true;
  /** The caller asks for a one-time last line: nothing else shows that the prompt was lost. */
  readonly marker?: true;
  /** The fake answers with a text of its own. */
  readonly ownText?: true;
  /** The process does not end by itself, or holds its output open. */
  readonly hangs?: true;
}

export const DRAFT = "draft";

/** The draft of all other modes that answer. */
export const TEXT = "The morning light reached the harbour before the boats did. Nobody had told the gulls.";

export const MODES: readonly Mode[] = [
  { name: "ok", right: DRAFT },
  { name: "fail", right: "exit_nonzero" },
  { name: "empty", right: "empty_output" },
  { name: "hang", right: "timeout", hangs: true },
  { name: "empty-stdout", right: "empty_output" },
  { name: "blank", right: "empty_output" },
  { name: "api-error-exit0", right: "rate_limited" },
  { name: "permission-denied", right: "permission_denied" },
  { name: "schema-missing", right: "invalid_output", schema: true },
  { name: "schema-invalid", right: "invalid_output", schema: true },
  { name: "truncated", right: "truncated_output" },
  { name: "missing-result", right: "no_result" },
  { name: "max-tokens", right: "truncated_output" },
  { name: "refusal", right: "refused" },
  { name: "refusal-exit0", right: "refused" },
  { name: "prompt-lost", right: "truncated_output", marker: true },
  { name: "rate-limit", right: "rate_limited" },
  { name: "usage-limit", right: "rate_limited" },
  { name: "overloaded", right: "overloaded" },
  { name: "server-error", right: "unavailable" },
  { name: "connection-reset", right: "unavailable" },
  { name: "auth", right: "auth" },
  { name: "forbidden", right: "auth" },
  { name: "not-logged-in", right: "auth" },
  { name: "credit", right: "billing" },
  { name: "prompt-too-long", right: "invalid_request" },
  { name: "model-not-found", right: "invalid_request" },
  { name: "max-turns", right: "turn_limit" },
  { name: "max-budget", right: "budget_limit" },
  { name: "crash", right: "killed" },
  { name: "oom", right: "killed" },
  { name: "hang-midstream", right: "timeout", hangs: true },
  { name: "hang-after-result", right: DRAFT, hangs: true },
  { name: "hang-stdin", right: "timeout", hangs: true },
  { name: "ignore-sigterm", right: "timeout", hangs: true },
  { name: "exit0-on-sigterm", right: "timeout", hangs: true },
  { name: "hold-pipe", right: DRAFT, hangs: true },
  { name: "orphan", right: DRAFT },
  { name: "recovered", right: DRAFT },
  { name: "noise-before", right: DRAFT },
  { name: "noise-stderr", right: DRAFT },
  { name: "json-array", right: DRAFT },
  { name: "two-results", right: DRAFT },
  { name: "result-then-exit1", right: "exit_nonzero" },
  { name: "no-final-newline", right: DRAFT },
  { name: "split-utf8", right: DRAFT, ownText: true },
  { name: "big-line", right: DRAFT, ownText: true },
  { name: "unknown-events", right: DRAFT },
  { name: "flood", right: "output_too_large" },
  { name: "slow", right: DRAFT },
];
