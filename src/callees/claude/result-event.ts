import type { PermissionDenial } from "../agent/details.ts";
import type { ClaudeEvent } from "./events.ts";

/** The event that ends a turn (`SDKResultMessage` of the official SDK, and the CLI's own output at 2.1.329). */
export interface ResultEvent {
  readonly subtype: string | undefined;
  readonly isError: boolean;
  readonly text: string | undefined;
  readonly structured: unknown;
  readonly sessionId: string | undefined;
  /** US dollars. */
  readonly costUsd: number | undefined;
  readonly usage: Readonly<Record<string, unknown>> | undefined;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
  readonly terminalReason: string | undefined;
  /** An HTTP status. */
  readonly apiErrorStatus: number | undefined;
  readonly apiErrorType: string | undefined;
  readonly apiError: string | undefined;
  readonly firstError: string | undefined;
  readonly numTurns: number | undefined;
  readonly permissionDenials: readonly PermissionDenial[];
  /** Which turn it ends, counted from 0. */
  readonly index: number | undefined;
}

/**
 * Reads the event. A field of an unexpected type counts as absent, so that a change in a later version is not taken for an answer. In
 * `is_error` and `permission_denials` it counts as a failure.
 */
export function readResult(event: ClaudeEvent): ResultEvent {
  const { is_error: isError, permission_denials: denials, errors } = event;
  return {
    subtype: text(event.subtype),
    isError: isError !== false,
    text: text(event["result"]),
    structured: event["structured_output"],
    sessionId: text(event["session_id"]),
    costUsd: number(event["total_cost_usd"]),
    usage: object(event["usage"]),
    model: Object.keys(object(event["modelUsage"]) ?? {})[0],
    stopReason: text(event["stop_reason"]),
    terminalReason: text(event["terminal_reason"]),
    apiErrorStatus: number(event["api_error_status"]),
    apiErrorType: text(event["api_error_type"]),
    apiError: text(event["api_error"]),
    firstError: Array.isArray(errors) ? text(errors[0]) : undefined,
    numTurns: number(event["num_turns"]),
    permissionDenials: Array.isArray(denials)
      ? denials.map((denial) => object(denial) ?? {})
      : denials
        ? [{}]
        : [],
    index: number(event["result_index"]),
  };
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const number = (value: unknown) => (typeof value === "number" ? value : undefined);
const object = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
