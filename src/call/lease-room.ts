import type { Callee } from "../core/callee.ts";
import { formatDuration } from "../core/duration.ts";
import { optionName } from "../core/wording.ts";
import { isPostgresUrl } from "../database/postgres/url.ts";

/** How long a claim holds without a heartbeat. On the same machine, hardcall notices a dead owner at once. */
export const LEASE_MS = 30_000;

/**
 * What is kept free at the end of a lease: for a process that takes its time to die of SIGKILL, for clocks of two machines that do not run
 * alike, and for a database that takes its own clock 250 ms wrong.
 */
const SPARE_MS = 1000;

/** The shortest time between two heartbeats. */
const SHORTEST_BEAT_MS = 1000;

/** The time from a confirmed renewal to the stop is this many times the time between two heartbeats. */
const BEATS = 3;

/** The places of a process are renewed together every 10 s (resources/agent/timer.ts), and one renewal may fail. */
const PLACE_RENEWALS_MS = 20_000;

/** Whether processes of several hosts share the ledger that a definition, or else the environment, names. */
export function spansHosts(ledger: unknown, env: NodeJS.ProcessEnv = process.env): boolean {
  const named = ledger ?? env["HARDCALL_LEDGER"];
  if (typeof named === "string") return isPostgresUrl(named);
  return typeof named === "object" && "spansHosts" in named && named.spansHosts === true;
}

type Stopped = Pick<Callee<never, unknown>, "kind" | "stopMs" | "leaseStopMs">;

const stopMsOf = ({ stopMs, leaseStopMs = stopMs }: Stopped): number => leaseStopMs;

/** How long after a renewal was sent the work must begin to stop, unless another was confirmed: its end then comes before the lease's. */
const stopAfterMs = (callee: Stopped): number => LEASE_MS - SPARE_MS - stopMsOf(callee);

/** How the heartbeats of a call go. */
export interface Rhythm {
  readonly everyMs: number;
  /** How long one heartbeat may wait for its answer. */
  readonly withinMs: number;
  /** How long after the last confirmed renewal the work must begin to stop; absent where hardcall sees whether an owner lives. */
  readonly stopAfterMs?: number | undefined;
}

export const ON_ONE_HOST: Rhythm = { everyMs: LEASE_MS / 3, withinMs: LEASE_MS / 3 };

/** A heartbeat has half the time until the next for its answer, so at least three can fail before the stop. */
export function acrossHosts(callee: Stopped): Rhythm & { readonly stopAfterMs: number } {
  const stopAfter = stopAfterMs(callee);
  const everyMs = stopAfter / BEATS;
  return { everyMs, withinMs: everyMs / 2, stopAfterMs: stopAfter };
}

/**
 * What is wrong with a callee whose calls are recorded in a ledger that several hosts share; a sentence without full stop each. The time
 * that the callee takes to stop has to fit into the lease, beside the heartbeats.
 *
 * @param hasResource whether a call of it holds places of a resource, which are renewed less often
 */
export function leaseProblems(callee: Stopped, hasResource = false): string[] {
  const room = LEASE_MS - SPARE_MS - (hasResource ? PLACE_RENEWALS_MS : SHORTEST_BEAT_MS * BEATS);
  const overMs = stopMsOf(callee) - room;
  if (!(overMs > 0)) return [];
  const option = callee.kind === "task" || callee.kind === "job" ? "cancelGrace" : optionName("killGrace");
  return [
    `${option} is too long for a ledger that several hosts share: the work may take ${formatDuration(stopMsOf(callee))} to stop, and ` +
      `${formatDuration(room)} fit into its lease (${formatDuration(LEASE_MS)}), after which another host may start it; ` +
      `shorten ${option} by ${formatDuration(Math.ceil(overMs / 100) * 100)}`,
  ];
}
