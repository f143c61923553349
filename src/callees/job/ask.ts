import pTimeout, { TimeoutError } from "p-timeout";
import { formatDuration } from "../../core/duration.ts";
import { errorFromOutside } from "../../core/failure.ts";
import { rejectionOf } from "../../core/rejected.ts";
import type { Failure } from "../../core/callee.ts";
import { toldFailure } from "./driver.ts";

/** The answer of one call of the driver, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `answered: false`: no answer came within the limit, so the service may still do what was asked. */
  | { readonly ok: false; readonly answered: boolean; readonly failure: Failure };

/** Calls the driver and settles within the limit. A driver that never settles is abandoned. */
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
    const message = `got no answer to its ${what} request within ${formatDuration(milliseconds)}`;
    return {
      ok: false,
      answered: false,
      failure: { code: "unavailable", message, effect: "unknown", cause: error },
    };
  } finally {
    controller.abort();
  }
}

/** The failure that an error of the driver means. Only `jobError` and `rejected` can say that nothing happened. */
function driverFailure(error: unknown): Failure {
  return toldFailure(error) ?? rejectionOf(error) ?? errorFromOutside(error);
}

/** Whether the service refused the id because it already has a job with that id. */
export function saysExists(failure: Failure): boolean {
  const error = failure.cause as
    { status?: unknown; statusCode?: unknown; code?: unknown } | null | undefined;
  return [error?.status, error?.statusCode, error?.code].includes(409);
}
