import { codeOfStatus } from "./http-status.ts";
import { readOptions, type Kinds } from "./options.ts";
import type { Failure } from "./callee.ts";

export interface RejectedOptions {
  /** The HTTP status of the refusal, from which the error's `code` follows. @default none: the code is `job_failed` */
  readonly status?: number | undefined;
  /** Milliseconds after which the other side may accept a retry, if it said so. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A registered symbol, so that two copies of the package in one process agree. */
const REJECTED = Symbol.for("hardcall.rejected");

/**
 * Makes the error that a task throws when the other side refused the request without any effect, so that a retry is safe. It counts
 * only if the task itself throws it, not as the `cause` of another error. After any other error the effect is unknown.
 *
 * @param reason becomes the `message` of the `CallError`'s `cause`; hardcall writes it into no message and no log
 * @example
 * if (response.status === 422) throw rejected("the service refused the post", { status: response.status });
 * @throws TypeError for a blank reason or an option that cannot be; thrown inside a task, that leaves the effect unknown
 */
export function rejected(reason: string, options: RejectedOptions = {}): Error {
  const problems: string[] = [];
  if (typeof reason !== "string" || reason.trim() === "") problems.push("the reason must be a text");
  const { status, retryAfterMs, cause } = readOptions<RejectedOptions>(options, REJECTED_OPTIONS, problems);
  if (problems.length > 0) throw new TypeError(`rejected(): ${problems.join("; ")}`);
  return new Rejection(reason, { status, retryAfterMs, cause });
}

const REJECTED_OPTIONS: Kinds<RejectedOptions> = {
  status: "a number",
  retryAfterMs: "a number",
  cause: "anything",
};

class Rejection extends Error {
  override readonly name = "Rejection";
  declare readonly status?: number;
  declare readonly retryAfterMs?: number;

  constructor(reason: string, { status, retryAfterMs, cause }: RejectedOptions) {
    super(reason, cause === undefined ? undefined : { cause });
    // Not enumerable: a copy of the fields onto another error is not what the task has vouched for.
    Object.defineProperties(this, { status: { value: status }, retryAfterMs: { value: retryAfterMs } });
  }
}

Object.defineProperty(Rejection.prototype, REJECTED, { value: true });

/** What an error says that was made by `rejected`; `undefined` for any other. */
export function rejectionOf(thrown: unknown): Failure | undefined {
  if (!isRejection(thrown)) return undefined;
  const { status, retryAfterMs } = thrown as RejectedOptions;
  const isDelay = retryAfterMs !== undefined && Number.isFinite(retryAfterMs) && retryAfterMs >= 0;
  return {
    code: (status === undefined ? undefined : codeOfStatus(status)) ?? "job_failed",
    message: `was rejected by the other side${status === undefined ? "" : ` (HTTP status ${status})`}`,
    effect: "rejected",
    ...(isDelay && { retryAfterMs }),
    cause: thrown,
  };
}

/** Whether `rejected` made the error, with an HTTP status: the task vouches for what the service answered. */
export function isRejectionWithStatus(error: unknown): boolean {
  return isRejection(error) && typeof (error as RejectedOptions).status === "number";
}

function isRejection(thrown: unknown): boolean {
  try {
    return typeof thrown === "object" && thrown !== null && REJECTED in thrown;
  } catch {
    // A Proxy's trap threw, so `rejected` did not make this value.
    return false;
  }
}
