import type { Failure } from "../callees/callee.ts";
import { ERROR_CODES, type Effect, type ErrorCode } from "./words.ts";

/** System error codes that prove that nothing reached the other side: the connection never came to be. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const EFFECTS: readonly unknown[] = ["not_started", "rejected", "completed", "unknown"] satisfies Effect[];

/**
 * What an error thrown by a caller's function says of the world. An `effect` (and `code`, `retryAfterMs`) on the error is
 * taken at its word; else a refused connection and an HTTP status tell; else nobody knows.
 */
export function errorFromOutside(error: unknown): Failure {
  const own = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const told = { retryAfterMs: finite(own["retryAfterMs"]), cause: error };
  const code = ERROR_CODES.find((known) => known === own["code"]);
  const effect = EFFECTS.includes(own["effect"]) ? (own["effect"] as Effect) : undefined;
  if (code !== undefined || effect !== undefined) {
    return { code: code ?? "job_failed", message: "failed", effect: effect ?? "unknown", ...told };
  }
  const systemCode = systemCodeOf(error);
  if (systemCode !== undefined && NEVER_SENT.has(systemCode)) {
    return {
      code: "unavailable",
      message: `could not connect (${systemCode})`,
      effect: "not_started",
      ...told,
    };
  }
  const status = finite(own["status"] ?? own["statusCode"]);
  const answer = status === undefined ? undefined : fromHttpStatus(status);
  if (answer !== undefined) return { ...answer, message: `was answered with HTTP status ${status}`, ...told };
  return { code: "job_failed", message: `threw ${errorName(error)}`, effect: "unknown", ...told };
}

/** `fetch` resolves whatever the server says, so a response that is not ok, handed on unread, would pass for a success. */
export function failureOfResponse(value: unknown): Failure | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Not `instanceof Response`: naming that loads all of fetch.
  const { ok, status } = value as { readonly ok?: unknown; readonly status?: unknown };
  if (ok !== false || typeof status !== "number") return undefined;
  const meant = fromHttpStatus(status) ?? ({ code: "job_failed", effect: "unknown" } as const);
  return { ...meant, message: `was answered with HTTP status ${status}`, cause: value };
}

/** What an HTTP status says: a 4xx is a no without effect; after a 5xx nobody knows what was done before it. */
export function fromHttpStatus(status: number): { code: ErrorCode; effect: Effect } | undefined {
  if (status === 401 || status === 403) return { code: "auth", effect: "rejected" };
  if (status === 402) return { code: "billing", effect: "rejected" };
  if (status === 408) return { code: "unavailable", effect: "unknown" };
  if (status === 429) return { code: "rate_limited", effect: "rejected" };
  if (status >= 400 && status < 500) return { code: "invalid_request", effect: "rejected" };
  if (status === 529) return { code: "overloaded", effect: "rejected" };
  if (status >= 500 && status < 600) return { code: "unavailable", effect: "unknown" };
  return undefined;
}

/** `fetch` hides the system error one or two causes deep (undici). */
function systemCodeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === "string" && /^E[A-Z_]+$/.test(code)) return code;
  }
  return undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The class of an error, never its message: that may hold what was sent. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return `a ${typeof error}`;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^\w{1,40}$/.test(code) ? `${error.name} (${code})` : error.name;
}
