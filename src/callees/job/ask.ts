import pTimeout, { TimeoutError } from "p-timeout";
import { formatDuration } from "../../core/duration.ts";
import { errorFromOutside } from "../../core/failure.ts";
import { rejectionOf } from "../../core/rejected.ts";
import type { Failure } from "../../core/callee.ts";
import { toldFailure } from "./driver.ts";

/** The answer of one driver call, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `answered` is false when the service was not heard: what was asked for may still happen. */
  | { readonly ok: false; readonly answered: boolean; readonly failure: Failure };

/** Calls a driver and settles in time, whatever the driver does: one that never settles is abandoned. */
export async function ask<T>(
  what: string,
  limitMs: number,
  stop: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<Answer<T>> {
  const milliseconds = Math.max(1, limitMs);
  const controller = new AbortController();
  try {
    const asked = (async () => call(controller.signal))();
    return { ok: true, value: await pTimeout(asked, { milliseconds, ...(stop && { signal: stop }) }) };
  } catch (error) {
    const abandoned = error instanceof TimeoutError || stop?.aborted === true;
    if (!abandoned) return { ok: false, answered: true, failure: driverFailure(error) };
    const message = `had no answer to its ${what} within ${formatDuration(milliseconds)}`;
    return {
      ok: false,
      answered: false,
      failure: { code: "unavailable", message, effect: "unknown", cause: error },
    };
  } finally {
    controller.abort();
  }
}

/** What the error of a driver means. Only the driver can say that nothing happened: with `jobError`, or `rejected`. */
function driverFailure(error: unknown): Failure {
  return toldFailure(error) ?? rejectionOf(error) ?? errorFromOutside(error);
}

/** Whether the service refuses an id because it has it already. */
export function saysExists(failure: Failure): boolean {
  const error = failure.cause as
    { status?: unknown; statusCode?: unknown; code?: unknown } | null | undefined;
  return [error?.status, error?.statusCode, error?.code].includes(409);
}
