import type { ErrorCode } from "../core/vocabulary.ts";
import { movesBreaker } from "./breaker-codes.ts";
import type { BreakerLimits, Leave, OperatorEvent } from "./types.ts";

/** Why and until when the breaker is open. Times are the document's. */
export interface Opening {
  /** How it ends: by itself, with the success of a trial call, or by an operator (or at the end that the operator set). */
  readonly kind: "end" | "cooldown" | "operator";
  readonly code: ErrorCode | "operator";
  readonly since: number;
  /** When it closes, or lets the trial through. Absent: only an operator closes it. */
  readonly until?: number | undefined;
  readonly cooldownMs?: number | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  readonly callId?: string | undefined;
  readonly name?: string | undefined;
}

/** A change of the breaker, in the document's time. */
export interface BreakerEvent extends Pick<Opening, "until" | "by" | "why" | "callId" | "name"> {
  readonly t: number;
  readonly to: "open" | "closed";
  readonly because: ErrorCode | "operator" | "trial" | "end";
}

export interface BreakerState {
  readonly open?: Opening | undefined;
  /** `overloaded` and `unavailable` in a row, over all processes. */
  readonly failuresInRow: number;
  /** When an operator or a trial closed it last: what began before tells about the time before. */
  readonly closedAt: number;
  /** The newest last. */
  readonly history: readonly BreakerEvent[];
}

/** What an attempt that ended tells about itself. */
export interface EndedAttempt {
  readonly since: number;
  readonly trial: boolean;
  readonly callId: string;
  readonly name: string;
  readonly leave: Leave;
}

export type Phase = "closed" | "open" | "trial_due" | "trial_runs";

export const CLOSED: BreakerState = { failuresInRow: 0, closedAt: -1, history: [] };

const MOST_CHANGES = 20;
const LONGEST_NAME = 200;
const LONGEST_REASON = 500;

/** What the breaker lets through. Without a breaker among the limits only an operator's opening counts. */
export function phaseOf(
  { open }: BreakerState,
  limits: BreakerLimits | undefined,
  hasTrial: boolean,
  t: number,
): Phase {
  if (open === undefined || (open.kind !== "operator" && limits === undefined)) return "closed";
  if (open.until === undefined || t < open.until) return "open";
  if (open.kind !== "cooldown") return "closed";
  // Also a trial of an earlier opening that still runs: there is never more than one.
  return hasTrial ? "trial_runs" : "trial_due";
}

/** A known end that has come closes the breaker. */
export function closeAtEnd(state: BreakerState, t: number): BreakerState {
  const { open } = state;
  if (open?.until === undefined || open.kind === "cooldown" || t < open.until) return state;
  return withChange(
    { ...state, open: undefined, failuresInRow: 0 },
    { t: open.until, to: "closed", because: "end" },
  );
}

export function operate(state: BreakerState, event: OperatorEvent, t: number): BreakerState {
  const who = { by: event.by.slice(0, LONGEST_NAME), why: event.why.slice(0, LONGEST_REASON) };
  if (event.kind === "close") {
    const closed = { ...state, open: undefined, failuresInRow: 0, closedAt: t };
    return state.open === undefined
      ? closed
      : withChange(closed, { t, to: "closed", because: "operator", ...who });
  }
  const until = event.forMs === undefined ? undefined : t + event.forMs;
  return opened(state, { kind: "operator", code: "operator", since: t, until, ...who }, t);
}

/** What the end of an attempt does to the breaker. */
export function attemptEnded(
  state: BreakerState,
  ended: EndedAttempt,
  limits: BreakerLimits | undefined,
  t: number,
): BreakerState {
  const { open } = state;
  if (limits === undefined || !ended.leave.started || open?.kind === "operator") return state;
  const moves = movesBreaker(ended.leave);
  if (open?.kind === "cooldown" && ended.trial && ended.since >= open.since)
    return trialEnded(state, open, ended, limits, t);
  if (moves === "nothing") return state;
  if (moves === "answered") return state.failuresInRow === 0 ? state : { ...state, failuresInRow: 0 };
  // It tells about the time before the breaker was closed: the key that was revoked then has been replaced since.
  if (ended.since < state.closedAt) return state;
  if (moves === "in_a_row") {
    if (open !== undefined) return state;
    const failuresInRow = state.failuresInRow + 1;
    if (failuresInRow < limits.failures) return { ...state, failuresInRow };
    return opened({ ...state, failuresInRow }, cooldownOf(ended, limits.cooldownMs, t), t);
  }
  return opensAtOnce(state, ended, moves, limits, t);
}

/** Of calls that began before the breaker opened, each may know more than the one that opened it. */
function opensAtOnce(
  state: BreakerState,
  ended: EndedAttempt,
  moves: "until_end" | "at_once",
  limits: BreakerLimits,
  t: number,
): BreakerState {
  const { open } = state;
  const end = t + (ended.leave.retryAfterMs ?? 0);
  if (moves === "until_end") {
    if (open === undefined) return opened(state, { ...openingOf(ended, t), kind: "end", until: end }, t);
    if (end <= (open.until ?? Infinity)) return state;
    return { ...state, open: { ...open, until: end } };
  }
  if (open !== undefined && isWorse(open)) return state;
  const opening = cooldownOf(ended, limits.cooldownMs, t);
  return opened(state, { ...opening, until: Math.max(opening.until ?? 0, open?.until ?? 0) }, t);
}

/** `auth` and `billing` need a person; nothing replaces them but a success. */
const isWorse = ({ code }: Opening) => code === "auth" || code === "billing";

function trialEnded(
  state: BreakerState,
  open: Opening,
  ended: EndedAttempt,
  limits: BreakerLimits,
  t: number,
): BreakerState {
  const moves = movesBreaker(ended.leave);
  if (moves === "nothing") return state;
  if (moves === "answered") {
    const closed = { ...state, open: undefined, failuresInRow: 0, closedAt: t };
    const { callId, name } = ended;
    return withChange(closed, { t, to: "closed", because: "trial", callId, name });
  }
  if (moves === "until_end") {
    const end = t + (ended.leave.retryAfterMs ?? 0);
    return opened(state, { ...openingOf(ended, t), kind: "end", until: end }, t);
  }
  const cooldownMs = Math.min((open.cooldownMs ?? limits.cooldownMs) * 2, limits.maxCooldownMs);
  const next = cooldownOf(ended, cooldownMs, t);
  // As long as the reason is the same, it has been open since the first call that met it.
  return opened(state, open.code === next.code ? { ...open, cooldownMs, until: next.until } : next, t);
}

function cooldownOf(ended: EndedAttempt, cooldownMs: number, t: number): Opening {
  const until = t + Math.max(cooldownMs, ended.leave.retryAfterMs ?? 0);
  return { ...openingOf(ended, t), kind: "cooldown", cooldownMs, until };
}

const openingOf = (
  { leave, callId, name }: EndedAttempt,
  t: number,
): Pick<Opening, "code" | "since" | "callId" | "name"> => ({
  code: leave.code ?? "operator",
  since: t,
  callId,
  name,
});

function opened(state: BreakerState, open: Opening, t: number): BreakerState {
  const { code, until, by, why, callId, name } = open;
  return withChange({ ...state, open }, { t, to: "open", because: code, until, by, why, callId, name });
}

const withChange = (state: BreakerState, event: BreakerEvent): BreakerState => ({
  ...state,
  history: [...state.history, event].slice(-MOST_CHANGES),
});
