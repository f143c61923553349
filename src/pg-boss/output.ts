import type { CallError } from "../core/errors.ts";
import type { KeyedResult } from "../core/result.ts";
import { keepValue, type StorePolicy } from "../ledger/key/value.ts";

/** A job is read as a whole by each who lists it; the ledger keeps values up to 1 MiB. */
const MAX_VALUE_BYTES = 64 * 1024;

/** In JSON text: a NUL, or half of a surrogate pair, which `jsonb` refuses. `JSON.stringify` escapes both, and no whole pair. */
const NOT_FOR_JSONB = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** What a completed job keeps of its call: the value only where the definition lets it be stored and `jsonb` can hold it. */
export function resultOutput(result: KeyedResult<unknown>, store: StorePolicy): object {
  const { callId, outcome, value, replay } = result;
  const kept = replay !== undefined && replay.valueKept !== "value" ? undefined : keep(value, store);
  return {
    callId,
    outcome,
    ...(replay !== undefined && { ofCallId: replay.callId }),
    valueKept: kept?.as ?? replay?.valueKept,
    ...(kept?.as === "value" && { value: kept.value }),
  };
}

/** What a failed, dead-lettered or postponed job keeps of its call. The message holds no argument, environment, prompt or output. */
export function errorOutput(error: CallError): object {
  const { callId, outcome, code, effect, retryable, retryAfterMs, attempts, message } = error;
  return {
    callId,
    outcome,
    code,
    effect,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    attempts: attempts.length,
    message: message.replaceAll("\0", "\u2400").toWellFormed(),
  };
}

function keep(value: unknown, store: StorePolicy): { readonly as: string; readonly value?: unknown } {
  const stored = keepValue(value, store, MAX_VALUE_BYTES);
  if (stored.kept !== "value") return { as: stored.kept };
  if (stored.json === undefined) return { as: "value" };
  if (NOT_FOR_JSONB.test(stored.json)) return { as: "not_json" };
  return { as: "value", value: JSON.parse(stored.json) };
}
