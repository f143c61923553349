import type { Failure } from "./callee.ts";
import { codeOfStatus } from "./http-status.ts";
import { ERROR_CODES } from "./vocabulary.ts";

/** System error codes with which a connection never came to be. */
const NO_CONNECTION: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/**
 * What an error thrown by a caller's function says. Its `code`, its HTTP status or its system error give the code, and
 * `retryAfterMs` the delay. None of them proves that nothing happened: the function may have done its work before, so the
 * effect is unknown.
 */
export function errorFromOutside(error: unknown): Failure {
  try {
    return readError(error);
  } catch {
    // A getter of the error's own threw.
    return { code: "job_failed", message: `threw ${UNREADABLE}`, effect: "unknown", cause: error };
  }
}

function readError(error: unknown): Failure {
  const own = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const common = { effect: "unknown", retryAfterMs: finite(own["retryAfterMs"]), cause: error } as const;
  const code = ERROR_CODES.find((known) => known === own["code"]);
  if (code !== undefined) return { code, message: `threw ${errorName(error)}`, ...common };
  const unreachable = unreachableCode(error);
  if (unreachable !== undefined)
    return { code: "unavailable", message: `could not connect (${unreachable})`, ...common };
  const status = finite(own["status"] ?? own["statusCode"]);
  const meant = status === undefined ? undefined : codeOfStatus(status);
  if (meant !== undefined)
    return { code: meant, message: `was answered with HTTP status ${status}`, ...common };
  return { code: "job_failed", message: `threw ${errorName(error)}`, ...common };
}

/** `fetch` also resolves for an HTTP error, so a function that returns its response unread would pass for a success. */
export function failureOfResponse(value: unknown): Failure | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Not `instanceof Response`: naming that loads all of fetch.
  const { ok, status } = value as { readonly ok?: unknown; readonly status?: unknown };
  if (ok !== false || typeof status !== "number") return undefined;
  const code = codeOfStatus(status) ?? "job_failed";
  return { code, message: `was answered with HTTP status ${status}`, effect: "unknown", cause: value };
}

/** The system error with which a connection never came to be. `fetch` hides it one or two causes deep (undici). */
export function unreachableCode(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && /^E[A-Z_]+$/.test(code))
      return NO_CONNECTION.has(code) ? code : undefined;
  }
  return undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

const UNREADABLE = "an error that cannot be read";

/** The class of an error, never its message: that may hold what was sent. */
export function errorName(error: unknown): string {
  try {
    if (error === undefined || error === null) return String(error);
    if (!(error instanceof Error)) return typeof error === "object" ? "an object" : `a ${typeof error}`;
    const { name, code } = error as { name?: unknown; code?: unknown };
    const shown = typeof name === "string" && /^[\w$.-]{1,64}$/.test(name) ? name : "Error";
    return typeof code === "string" && /^\w{1,40}$/.test(code) ? `${shown} (${code})` : shown;
  } catch {
    return UNREADABLE;
  }
}
