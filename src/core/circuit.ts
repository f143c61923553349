import type { ErrorCode } from "./vocabulary.ts";

/** Why the circuit breaker of a resource is open: on the error of a call that was not started because of it. */
export interface Circuit {
  /** The error code of the call that opened it; `"operator"` if an operator did. */
  readonly code: ErrorCode | "operator";
  /** When it opened. Milliseconds since 1970, as `until`. */
  readonly since: number;
  /** When it lets a call through, where that is known. */
  readonly until?: number | undefined;
  /** The call that opened it. */
  readonly callId?: string | undefined;
  /** The name of that call. */
  readonly name?: string | undefined;
}
