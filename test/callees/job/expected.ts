export type Way = "no retry" | "retry" | "crash";

export const UNCONFIRMED = "cancel_unconfirmed (unknown)";
const EMPTY = "empty_output (completed)";
const INVALID = "invalid_request (rejected)";
const UNREAD = "timeout (completed)";
const CONFLICT = "key_conflict (not_started)";
const LIMITED = "rate_limited (rejected)";
/** A service that answers nothing of use: given up after three submits, or at the deadline, whichever is first. */
const UNREACHED = `unavailable (unknown) or ${UNCONFIRMED}`;

/** How each mode ends: the same in every way, or one for each. With "retry" the second job, if there is one, is sound. */
export const EXPECTED: Readonly<Record<string, string | Readonly<Record<Way, string>>>> = {
  ok: "executed",
  empty: EMPTY,
  slow: "executed",
  running: { "no retry": "timeout (rejected)", retry: "executed", crash: "timeout (rejected)" },
  "late-done": "executed",
  "cancel-ignored": UNCONFIRMED,
  "cancel-lost": "executed",
  failed: INVALID,
  fail: INVALID,
  "backend-error": {
    "no retry": "unavailable (rejected)",
    retry: "executed",
    crash: "unavailable (rejected)",
  },
  "job-rate-limit": { "no retry": LIMITED, retry: "executed", crash: LIMITED },
  "job-quota": LIMITED,
  stopped: "cancelled (rejected)",
  "script-failed": "invalid_request (unknown)",
  pages: "executed",
  partial: "truncated_output (completed)",
  incomplete: `unavailable (completed) or ${UNREAD}`,
  conflict: CONFLICT,
  hang: UNREACHED,
  "hang-insert": "timeout (unknown) or unavailable (unknown)",
  "hang-insert-after": "executed",
  "hang-get": UNCONFIRMED,
  "hang-results": UNREAD,
  "hang-cancel": UNCONFIRMED,
  "reset-after-commit": "executed",
  "conflict-then-404": "executed",
  "empty-object": UNCONFIRMED,
  "empty-object-insert": "executed",
  "empty-object-get": "executed",
  "empty-object-results": "executed",
  truncated: UNREACHED,
  "truncated-get": "executed",
  "truncated-results": "executed",
  "html-502": UNREACHED,
  "html-502-get": "executed",
  503: "executed",
  "503-forever": UNREACHED,
  // A host that died before it recorded the refusal leaves the id to the next, which asks again.
  "rate-limit": { "no retry": LIMITED, retry: "executed", crash: `${LIMITED} or executed` },
  "rate-limit-forever": { "no retry": LIMITED, retry: "executed", crash: LIMITED },
  quota: LIMITED,
  denied: "auth (rejected)",
};

/** How a mode may end: one, or the first of two that comes. */
export function expectedEnds(way: Way, mode: string): readonly string[] {
  const expected = EXPECTED[mode]!;
  return (typeof expected === "string" ? expected : expected[way]).split(" or ");
}
