import type { AlertKind, AlertState } from "./hysteresis.ts";
import { formatSpan } from "./span.ts";
import type { Judgement, SentinelVerdict } from "./verdict.ts";

/** What is delivered. It holds counts, times and names, and nothing of what was found. */
export interface Alert {
  /** The same at each delivery of one alert: whoever has shown it once need not show it again. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly sentinel: string;
  readonly verdict: SentinelVerdict;
  /** The whole alert in one sentence. */
  readonly title: string;
  /** Distinct new artifacts in the window; absent when it cannot be told. */
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
    // The registration tells apart two ledgers that watch the same thing one after the other.
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

/** Why a verdict is what it is, as the rest of a sentence. */
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
