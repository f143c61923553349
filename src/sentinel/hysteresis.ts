import type { Judgement, SentinelVerdict } from "./verdict.ts";

export interface AlertRules {
  /** Checks in a row that must be bad before an alert. */
  readonly alertAfter: number;
  /** Checks in a row that must be ok before `recovered` is sent. */
  readonly recoverAfter: number;
  /** Milliseconds between reminders while it stays bad; none without. */
  readonly realertEvery?: number | undefined;
}

/** The state of the alerts between two checks. */
export interface AlertState {
  readonly alarm: boolean;
  readonly badStreak: number;
  readonly okStreak: number;
  /** The number of this alarm; an alert and its `recovered` have the same. */
  readonly episode: number;
  /** How many alerts this episode has had. */
  readonly alerts: number;
  readonly worst?: SentinelVerdict | undefined;
  readonly alertedAt?: number | undefined;
}

/** `worse`: the verdict is worse than at the first alert, such as `silent` after `late`. */
export type AlertKind = "alert" | "worse" | "reminder" | "recovered";

const SEVERITY: Readonly<Record<SentinelVerdict, number>> = { ok: 0, unknown: 1, late: 2, silent: 3 };

/** The next state, and the alert to send, if any. Only a change of state sends an alert, so a state that lasts does not repeat it. */
export function step(
  before: AlertState,
  judgement: Judgement,
  rules: AlertRules,
  now: number,
): { readonly state: AlertState; readonly alert?: AlertKind | undefined } {
  const { verdict, isAlarming } = judgement;
  const state = {
    ...before,
    badStreak: verdict === "ok" ? 0 : before.badStreak + (isAlarming ? 1 : 0),
    okStreak: verdict === "ok" ? before.okStreak + 1 : 0,
  };
  // A planned pause neither raises an alarm nor ends one.
  if (judgement.isInMaintenance) return { state: { ...state, okStreak: before.okStreak } };
  if (!before.alarm) {
    if (!isAlarming || state.badStreak < rules.alertAfter) return { state };
    const episode = before.episode + 1;
    return {
      state: { ...state, alarm: true, episode, alerts: 1, worst: verdict, alertedAt: now },
      alert: "alert",
    };
  }
  if (state.okStreak >= rules.recoverAfter) {
    return { state: { ...state, alarm: false, alerts: before.alerts + 1 }, alert: "recovered" };
  }
  if (!isAlarming) return { state };
  const worst = before.worst ?? "ok";
  const told = { ...state, alerts: before.alerts + 1, alertedAt: now };
  if (SEVERITY[verdict] > SEVERITY[worst]) return { state: { ...told, worst: verdict }, alert: "worse" };
  // If the clock was set back, `alertedAt` is in the future and would delay reminders for hours.
  const lastTold = Math.min(before.alertedAt ?? now, now);
  if (rules.realertEvery !== undefined && now - lastTold >= rules.realertEvery) {
    return { state: told, alert: "reminder" };
  }
  return { state: { ...state, alertedAt: lastTold } };
}
