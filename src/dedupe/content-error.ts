import { CallError } from "../core/errors.ts";
import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import type { Effect } from "../core/vocabulary.ts";

type ContentCode = "empty_output" | "duplicate_streak" | "ledger_unavailable" | "in_doubt" | "in_progress";

const EFFECT: Readonly<Record<ContentCode, Effect>> = {
  empty_output: "completed",
  duplicate_streak: "completed",
  ledger_unavailable: "not_started",
  in_doubt: "unknown",
  in_progress: "unknown",
};

/** An error about content, in the shape of a call that failed. */
export function contentError(
  scope: string,
  code: ContentCode,
  message: string,
  more: {
    readonly callId?: string | undefined;
    readonly sha256?: string;
    readonly bytes?: number;
    readonly retryAfterMs?: number | undefined;
    readonly cause?: unknown;
  } = {},
): CallError {
  return new CallError(message, {
    callId: more.callId ?? "",
    name: scope,
    outcome: code === "in_doubt" || code === "in_progress" ? code : "failed",
    attempts: [],
    durationMs: 0,
    stdoutTail: "",
    stderrTail: "",
    stdoutBytes: more.bytes ?? 0,
    stdoutSha256: more.sha256 ?? SHA256_OF_NOTHING,
    code,
    retryable: code === "ledger_unavailable" || code === "in_progress",
    retryAfterMs: more.retryAfterMs,
    effect: EFFECT[code],
    cause: more.cause,
  });
}
