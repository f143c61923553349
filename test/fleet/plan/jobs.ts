import type { Reply } from "../../call/guard/publish-server.ts";
import { Random } from "../../helpers/random.ts";

/** The times of a call, in milliseconds. */
export interface Limits {
  readonly totalMs: number;
  readonly attemptMs: number;
  readonly queueExpiryMs: number;
}

/** The times of every call of a run, in milliseconds. */
export const LIMITS = {
  totalMs: 25_000,
  attemptMs: 3000,
  /** For a task that is told to stop, and for a command between SIGTERM and SIGKILL. */
  graceMs: 500,
  /** What the calls declare as `effectWithin`. */
  effectWithinMs: 6000,
  /** The lease of a claim (src/call/lease.ts); a heartbeat renews it each third of it. */
  leaseMs: 30_000,
  /** What pg-boss allows at the least: a job whose worker is silent for so long goes to another. */
  queueHeartbeatMs: 10_000,
  /** A call and what stopping it takes. */
  queueExpiryMs: 60_000,
} as const;

/** Each kind of call has a queue of its own, of the same name. */
export const KINDS = ["verifiable-task", "once-task", "verifiable-command", "once-command"] as const;
export type Kind = (typeof KINDS)[number];

/** Where pg-boss and hardcall put what a person has to look at. */
export const DEAD_LETTERS = "dead-letters";

/** What a job holds, and the input of its call. */
export interface JobData {
  readonly key: string;
  readonly url: string;
  /** The worker that works on it for a minute before it sends its request, and does not stop when it is told to. */
  readonly slowOn?: string;
}

/** For how long. */
export const SLOW_MS = 60_000;

/** One job: the effect that its key stands for must happen once. */
export interface Job {
  readonly key: string;
  readonly kind: Kind;
  /** From the start of the run. */
  readonly startAfterMs: number;
}

const WEIGHTS: Readonly<Record<Kind, number>> = {
  "verifiable-task": 54,
  "once-task": 36,
  "verifiable-command": 6,
  "once-command": 4,
};

/** All jobs of a run, spread over a time, so that faults find work on its way. */
export function jobsOf(seed: string, count: number, spanMs: number): Job[] {
  const random = new Random(seed, "jobs");
  return Array.from({ length: count }, (_, number) => {
    const kind = random.weighted(WEIGHTS);
    return { key: `${number}-${kind}`, kind, startAfterMs: Math.round((number * spanMs) / count) };
  });
}

/** How long an attempt works before it sends its request: faults must find it there too. */
export function thinkMs(key: string, attempt: number): number {
  return new Random("think", key, attempt).between(50, 700);
}

/** Whether a function stops when it is told to. One that does not sends its request also when its worker wakes too late. */
export const heeds = (key: string): boolean => new Random("heeds", key).chance(0.6);

/** How the service answers the request of this number for a key, counted from 1. */
export function replyTo(seed: string, key: string, nth: number): Reply {
  const random = new Random(seed, "reply", key, nth);
  const manner = random.weighted({ ok: 90, late: 3, resets: 2, refuses: 2, fails: 2, hangs: 1 });
  if (manner === "late") return { manner: "ok", delayMs: random.between(LIMITS.attemptMs, 5000) };
  return { manner, delayMs: random.between(0, 400) };
}
