import { addOutsideMaintenance, isInMaintenance, type Maintenance } from "./maintenance.ts";

/**
 * The result of a check.
 * - `ok`: enough new artifacts, or the first window has not ended yet
 * - `late`: too few new artifacts in the window; the grace has not ended, or some artifacts came
 * - `silent`: the grace has ended too, and no new artifact came
 * - `unknown`: the count failed or took too long, or the clock was set
 */
export type SentinelVerdict = "ok" | "late" | "silent" | "unknown";

/** The result of a count. */
export type SentinelCount =
  /** When each distinct artifact was made, in wall-clock milliseconds, in any order. */
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
  /** When the sentinel was registered: artifacts are expected from then on. */
  readonly since: number;
  /** When the verdict became `unknown`, if it is. */
  readonly unknownSince?: number | undefined;
}

export interface Judgement {
  readonly verdict: SentinelVerdict;
  /** The grace of this verdict has ended, so it is worth an alert. */
  readonly isAlarming: boolean;
  readonly isInMaintenance: boolean;
  /** Distinct new artifacts in the window. */
  readonly found?: number | undefined;
  readonly lastAt?: number | undefined;
  /** When the window ends with too few artifacts, if no more come. */
  readonly dueAt?: number | undefined;
  readonly reason?: string | undefined;
}

/** Judges a count. It depends only on its arguments. */
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

/** When the window began: at the oldest of the newest `min` artifacts, else at the registration. */
export const windowStart = (times: readonly number[], min: number, since: number): number =>
  times.toSorted((one, other) => other - one)[min - 1] ?? since;

/** A count that fails is never `ok`, and alerts after `unknownGrace`; otherwise a broken check would look like a good one. */
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
 * Judges a count after the wall clock was set by `jump` milliseconds. If both the old and the new time give the same verdict, it holds;
 * otherwise the verdict is `unknown`.
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
