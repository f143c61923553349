import type { Effects } from "../../src/core/vocabulary.ts";
import type { Reply } from "../call/guard/publish-server.ts";
import { Random } from "../helpers/random.ts";

/** The times of every call of a run, in milliseconds. */
export const LIMITS = {
  attemptMs: 1500,
  /** For a task that is told to stop, and for a command between SIGTERM and SIGKILL. */
  graceMs: 500,
  /** What the calls declare as `effectWithin`. */
  effectWithinMs: 6000,
  /** The longest delay of the server that keeps within it, with time to spare for a busy machine. */
  deliveryMs: 4500,
  /** The lease of a claim (src/call/lease.ts); a heartbeat renews it each third of it. */
  leaseMs: 30_000,
} as const;

type GatedEffects = Exclude<Effects, "none">;

/** One key and the call that it stands for: the same in every process, whenever it is made. */
export interface Subject {
  readonly key: string;
  readonly effects: GatedEffects;
  readonly callee: "task" | "command";
  readonly totalMs: number;
  /** Whether the callee stops when it is told to. */
  readonly heeds: boolean;
}

/** Short enough that no second attempt can wait for `effectWithin`, and long enough that it can. */
const TOTALS_MS = [4000, 20_000] as const;

export function subjectOf(seed: string, number: number): Subject {
  const random = new Random(seed, "subject", number);
  const effects = random.weighted({ verifiable: 5, once: 3, keyed: 2 });
  const callee = random.weighted({ task: 3, command: 1 });
  const totalMs = random.pick(TOTALS_MS);
  const heeds = random.chance(0.7);
  return { key: `${number}-${effects}-${callee}`, effects, callee, totalMs, heeds };
}

/** How long an attempt works before it sends its request: a kill or a suspension must find it there too. */
export function thinkMs(key: string, attempt: number): number {
  const random = new Random("think", key, attempt);
  return random.chance(0.5) ? 0 : random.between(200, 800);
}

/** How the server answers the request of this number for a key, counted from 1. */
export function replyTo(seed: string, key: string, nth: number): Reply {
  const random = new Random(seed, "reply", key, nth);
  const manner = random.weighted({ ok: 50, late: 22, resets: 8, refuses: 8, fails: 8, hangs: 6, beyond: 2 });
  const { attemptMs, deliveryMs, effectWithinMs } = LIMITS;
  switch (manner) {
    case "late":
      return { manner: "ok", delayMs: random.between(attemptMs, deliveryMs) };
    case "beyond":
      return { manner: "ok", delayMs: effectWithinMs + random.between(1000, 4000) };
    default:
      return { manner, delayMs: random.chance(0.5) ? 0 : random.between(0, 600) };
  }
}
