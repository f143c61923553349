import type { CallError } from "./errors.ts";
import type { KeyedResult } from "./result.ts";

/** What `settle` returns; `outcome` tells which. */
export type Settled<Value, Details extends object = object, Replayed = Value | undefined> =
  KeyedResult<Value, Details, Replayed> | CallError;

/** Everything an outcome knows as one JSON-ready object, tails included: for an outcome file, never for a log. */
export function describeOutcome(settled: Settled<unknown>): Record<string, unknown> {
  const { stdoutTail, stderrTail } = settled;
  if (!(settled instanceof Error)) return { ok: true, ...settled, stdoutTail, stderrTail };
  const { message, value } = settled;
  return {
    ok: false,
    message,
    ...Object.fromEntries(Object.entries(settled)),
    // Of a call that did its work and could not record it: nothing else has the whole result.
    ...(value !== undefined && { value }),
    stdoutTail,
    stderrTail,
  };
}
