import { errorName, unreachableCode } from "../core/failure.ts";
import { codeOfStatus } from "../core/http-status.ts";
import type { Failure } from "../core/callee.ts";
import { jobError } from "../callees/job/driver.ts";
import { reasonCode, QUOTA_RETRY_AFTER_MS } from "./reasons.ts";

/** The failure that an error of the client's transport means. It is about one request, not about the job. */
export function meaningOf(error: unknown): Error & { readonly failure: Failure } {
  return jobError(httpFailure(error));
}

/** The failure of a request whose answer is unreadable: `{}`, half an answer, or a page of a proxy. */
export function garbled(what: string): Error & { readonly failure: Failure } {
  const message = `got an answer ${what} that hardcall cannot read`;
  return jobError({ code: "unavailable", message, effect: "unknown" });
}

/** The HTTP status of the error; `undefined` if it has none. */
export function statusOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}

function httpFailure(error: unknown): Failure {
  const status = statusOf(error);
  if (status === undefined) return withoutAnswer(error);
  const reason = reasonOf(error);
  const known = reason === undefined ? undefined : reasonCode(reason);
  const code = codeOfStatus(status) ?? "unavailable";
  // A 4xx refuses the one request that was sent. Not so 408: a proxy may send it after it has passed the request on.
  const refused = (status >= 400 && status < 500 && status !== 408) || status === 529;
  // After a 5xx the server may have done the work, so its reason does not count.
  const meant = status < 500 && known !== undefined && known !== "job_failed" ? known : code;
  const retryAfterMs = reason === "quotaExceeded" ? QUOTA_RETRY_AFTER_MS : undefined;
  const message = `was answered with HTTP status ${status}${reason === undefined ? "" : ` (${reason})`}`;
  return { code: meant, message, effect: refused ? "rejected" : "unknown", retryAfterMs, cause: error };
}

function withoutAnswer(error: unknown): Failure {
  const credentials = credentialsFailure(error);
  if (credentials !== undefined) return credentials;
  // The one request found no connection, so the service did not receive it.
  const unreachable = unreachableCode(error);
  if (unreachable !== undefined) {
    const message = `could not connect (${unreachable})`;
    return { code: "unavailable", message, effect: "not_started", cause: error };
  }
  const message = `got no answer that hardcall can read: ${errorName(error)}`;
  return { code: "unavailable", message, effect: "unknown", cause: error };
}

const CHECK_CREDENTIALS =
  "Check the client's key file or GOOGLE_APPLICATION_CREDENTIALS; the error's cause has the reason.";

/** System calls that look for a key file or open it. A connection fails in others. */
const FILE_CALLS: readonly unknown[] = ["lstat", "open", "realpath", "stat"];
/** What is wrong with the file itself. A lack of file descriptors (EMFILE) passes. */
const FILE_FAULTS: readonly string[] = ["EACCES", "EISDIR", "ELOOP", "ENOENT", "ENOTDIR", "EPERM"];

/**
 * What google-auth-library says of credentials that cannot be used. It reads a key file and signs with it before the client sends a
 * request. Without any credentials the client sends the request all the same, and reports this error if the answer is 401.
 */
function credentialsFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const auth = { code: "auth", advice: CHECK_CREDENTIALS, cause: error } as const;
  if (error.message.startsWith("Could not load the default credentials"))
    return { ...auth, message: "found no credentials on this machine", effect: "rejected" };
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== "string") return undefined;
  const isFile = FILE_CALLS.includes(syscall) && FILE_FAULTS.includes(code);
  if (!isFile && code !== "MISSING_CREDENTIALS" && !code.startsWith("ERR_OSSL_")) return undefined;
  return { ...auth, message: `could not use the credentials of its client (${code})`, effect: "not_started" };
}

function reasonOf(error: unknown): string | undefined {
  const { errors } = error as { errors?: readonly { reason?: unknown }[] };
  const reason = Array.isArray(errors) ? errors[0]?.reason : undefined;
  return typeof reason === "string" && /^\w{1,40}$/.test(reason) ? reason : undefined;
}
