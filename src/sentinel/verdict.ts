import { addOutsideMaintenance, isInMaintenance, type Maintenance } from "./maintenance.ts";

/**
 * What a check says.
 * - `ok`: enough new artifacts, or the first window is not over yet
 * - `late`: too few in the window; within the grace, or some did come
 * - `silent`: the grace is over too, and nothing came at all
 * - `unknown`: the count failed, took too long, or the clock cannot be trusted
 */
export type SentinelVerdict = "ok" | "late" | "silent" | "unknown";

/** What a count came to. */
export type SentinelCount =
  /** When each distinct artifact came to be, in wall-clock milliseconds; the order does not matter. */
  | { readonly kind: "found"; readonly times: readonly number[] }
  | { readonly kind: "failed"; readonly reason: string };

export interface Expectation {
  readonly window: number;
  readonly grace: number;
  readonly unknownGrace: number;
  readonly min: number;
  readonly maintenance: readonly Maintenance[];
}

export interface VerdictMoment {
  readonly now: number;
  /** When expecting began: registration. */
  readonly since: number;
  /** When the verdict became `unknown`, if it is. */
  readonly unknownSince?: number | undefined;
}

export interface Judgement {
  readonly verdict: SentinelVerdict;
  /** The grace of this verdict is over: this is worth an alert. */
  readonly isAlarming: boolean;
  readonly isInMaintenance: boolean;
  /** Distinct new artifacts in the window. */
  readonly found?: number | undefined;
  readonly lastAt?: number | undefined;
  /** When there will have been too few for a whole window, if nothing more comes. */
  readonly dueAt?: number | undefined;
  readonly reason?: string | undefined;
}

/** The verdict, from what was found and nothing else. */
export function judge(evidence: SentinelCount, expected: Expectation, moment: VerdictMoment): Judgement {
  const inMaintenance = isInMaintenance(moment.now, expected.maintenance);
  if (evidence.kind === "failed") return unknown(evidence.reason, expected, moment);
  const { window, grace, min, maintenance } = expected;
  const times = evidence.times.toSorted((one, other) => other - one);
  const dueAt = addOutsideMaintenance(windowStart(times, min, moment.since), window, maintenance);
  const found = times.filter((at) => addOutsideMaintenance(at, window, maintenance) > moment.now).length;
  const facts = { isInMaintenance: inMaintenance, found, lastAt: times[0], dueAt };
  if (moment.now < dueAt) return { verdict: "ok", isAlarming: false, ...facts };
  const isAlarming = moment.now >= addOutsideMaintenance(dueAt, grace, maintenance);
  const verdict = isAlarming && found === 0 ? "silent" : "late";
  return { verdict, isAlarming: isAlarming && !inMaintenance, ...facts };
}

/** The window is over when the oldest of the newest `min` has left it. */
export const windowStart = (times: readonly number[], min: number, since: number): number =>
  times.toSorted((one, other) => other - one)[min - 1] ?? since;

/** Silence about silence would be the old mistake again: what cannot be told is never ok, and alerts in its turn. */
function unknown(reason: string, expected: Expectation, moment: VerdictMoment): Judgement {
  const { maintenance, unknownGrace } = expected;
  const inMaintenance = isInMaintenance(moment.now, maintenance);
  const from = Math.min(moment.unknownSince ?? moment.now, moment.now);
  const isOver = moment.now >= addOutsideMaintenance(from, unknownGrace, maintenance);
  return {
    verdict: "unknown",
    isAlarming: isOver && !inMaintenance,
    isInMaintenance: inMaintenance,
    reason,
  };
}

/**
 * The verdict under a clock that has been set by `jump` milliseconds since it was last trusted. What both clocks agree on
 * holds; what depends on which of them is right is `unknown`.
 */
export function judgeUnderJump(
  evidence: SentinelCount,
  expected: Expectation,
  moment: VerdictMoment,
  jump: number,
): Judgement {
  const shown = judge(evidence, expected, moment);
  if (jump === 0) return shown;
  const before = judge(evidence, expected, { ...moment, now: moment.now - jump });
  if (before.verdict === shown.verdict && before.isAlarming === shown.isAlarming) return shown;
  const minutes = Math.round(Math.abs(jump) / 60_000);
  const direction = jump > 0 ? "forward" : "back";
  return unknown(`the clock of this machine was set ${direction} by ${minutes} min`, expected, moment);
}
