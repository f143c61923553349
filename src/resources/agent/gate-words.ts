import { formatDuration } from "../../core/duration.ts";
import { notifyListener } from "../../core/listener.ts";
import type { Logger } from "../../core/logger.ts";
import { unavailable, type LedgerError } from "../../database/errors.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import type { Refused, ResourceLimits } from "../types.ts";

/** The time of a call was over while it waited for a place. */
export function waitedTooLong(resource: string, { concurrency }: ResourceLimits, waitedMs: number): Refused {
  const taken =
    concurrency === undefined
      ? "its places"
      : concurrency === 1
        ? "its only place"
        : `all its ${concurrency} places`;
  return {
    kind: "refused",
    code: "busy",
    message: `waited ${formatDuration(Math.round(waitedMs))} for a place of the resource "${resource}" until its timeout: other calls held ${taken}`,
  };
}

/** The ledger has not answered in the time that a call has. */
export function noAnswer(resource: string, store: LedgerStore, waitedMs: number): LedgerError {
  const { location, spansHosts } = store;
  return unavailable(
    spansHosts === true ? "unreachable" : "locked",
    `The ledger ${location} did not answer within ${formatDuration(Math.round(waitedMs))}, so the call has no place of the resource "${resource}". Retry, or give the call more time.`,
  );
}

/** Says the first sentence that there is, such as that processes declare different limits, and no other: each change would repeat it. */
export function sayingOnce({
  resource,
  log,
}: {
  readonly resource: string;
  readonly log: Logger | undefined;
}): (sentence: string | undefined) => void {
  let hasSaid = false;
  return (sentence) => {
    if (sentence === undefined || hasSaid) return;
    hasSaid = true;
    if (log === undefined) process.emitWarning(sentence, "HardcallWarning");
    else
      notifyListener(
        () => log.warn({ resource }, sentence),
        () => undefined,
      );
  };
}
