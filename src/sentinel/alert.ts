import type { AlertKind, AlertState } from "./hysteresis.ts";
import { formatSpan } from "./span.ts";
import type { Judgement, SentinelVerdict } from "./verdict.ts";

/** One alert, as it is delivered. It holds counts, times and names, and no content of any artifact. */
export interface Alert {
  /** The same for every delivery of one alert, so that receivers can drop duplicates. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly sentinel: string;
  readonly verdict: SentinelVerdict;
  /** The whole alert in one sentence. */
  readonly title: string;
  /** Distinct new artifacts in the window; absent when the count failed. */
  readonly found?: number | undefined;
  readonly min: number;
  readonly windowMs: number;
  /** ISO 8601. */
  readonly at: string;
  readonly lastAt?: string | undefined;
  readonly dueAt?: string | undefined;
  readonly reason?: string | undefined;
}

export function makeAlert(
  sentinel: { readonly name: string; readonly min: number; readonly window: number },
  kind: AlertKind,
  judgement: Judgement,
  state: AlertState,
  times: { readonly now: number; readonly registeredAt: number },
): Alert {
  const { verdict, found, lastAt, dueAt, reason } = judgement;
  return {
    // The registration time keeps ids apart when a new ledger takes over the same sentinels.
    id: `${sentinel.name}-${times.registeredAt.toString(36)}-${state.episode}-${state.alerts}`,
    kind,
    sentinel: sentinel.name,
    verdict,
    title: titleOf(sentinel, kind, judgement, times.now),
    found,
    min: sentinel.min,
    windowMs: sentinel.window,
    at: new Date(times.now).toISOString(),
    lastAt: iso(lastAt),
    dueAt: iso(dueAt),
    reason,
  };
}

const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString();

const PREFIX: Readonly<Record<AlertKind, string>> = {
  alert: "",
  worse: "Worse: ",
  reminder: "Still: ",
  recovered: "Recovered: ",
};

function titleOf(
  sentinel: { readonly name: string; readonly min: number; readonly window: number },
  kind: AlertKind,
  judgement: Judgement,
  now: number,
): string {
  return `${PREFIX[kind]}${sentinel.name} is ${judgement.verdict}: ${explainVerdict(sentinel, judgement, now)}`;
}

/** The reason for a verdict, as the rest of a sentence. */
export function explainVerdict(
  { min, window }: { readonly min: number; readonly window: number },
  { found, lastAt, reason }: Pick<Judgement, "found" | "lastAt" | "reason">,
  now: number,
): string {
  if (reason !== undefined) return reason;
  if (found === undefined) return "not checked yet";
  const last =
    lastAt === undefined
      ? "there has never been one"
      : `the last came ${formatSpan(Math.max(0, now - lastAt))} ago`;
  return `${found} of ${min} new artifacts in ${formatSpan(window)}; ${last}`;
}
