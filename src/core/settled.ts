import type { CallError } from "./errors.ts";
import type { KeyedResult } from "./result.ts";

/** What `settle` returns; `outcome` tells which. */
export type Settled<Value, Details extends object = object, Replayed = Value | undefined> =
  KeyedResult<Value, Details, Replayed> | CallError;

/** Everything an outcome knows as one JSON-ready object, tails included: for an outcome file, never for a log. */
export function describeOutcome(settled: Settled<unknown>): Record<string, unknown> {
  const { stdoutTail, stderrTail } = settled;
  if (!(settled instanceof Error)) return { ok: true, ...settled, stdoutTail, stderrTail };
  return {
    ok: false,
    message: settled.message,
    ...Object.fromEntries(Object.entries(settled)),
    stdoutTail,
    stderrTail,
  };
}
