import type { OperatorEvent, ResourceLimits } from "../../src/resources/types.ts";

/** What the model knows of an attempt that has a place. Times are true ones, which the rules never see. */
export interface Running {
  readonly process: number;
  readonly ticket: string;
  readonly since: number;
  readonly reserved: number;
  readonly trial: boolean;
  /** Its process does not know of it yet. */
  readonly assigned: boolean;
}

interface Booked {
  readonly at: number;
  readonly microUsd: number;
}

/**
 * What must hold for a resource, written down as simply as possible: lists of all that ever happened, and sums over them. It shares no code
 * with the rules and says only what they must not do.
 */
export class Model {
  readonly running = new Map<string, Running>();
  readonly starts: number[] = [];
  readonly booked: Booked[] = [];
  /** When each process was heard of. */
  readonly heard = new Map<number, number>();
  readonly declared = new Map<string, { readonly limits: ResourceLimits; at: number }>();
  /** Since when no ordinary call may run, and for how long at least. */
  closed: { readonly kind: "cooldown" | "operator" | "end"; until: number; cooldownMs: number } | undefined;
  openedAt = -1;
  reopenedAt = -1;
  failuresInRow = 0;
  overrun = 0;
  unknownCalls = 0;

  /** The lowest of each limit that a process declared in the last 30 s. Declarations are noted once a second. */
  lowest(now: number): { places: number; starts: number; microUsd: number } {
    const fresh = [...this.declared.values()]
      .filter(({ at }) => now - at <= 29_000)
      .map(({ limits }) => limits);
    return {
      places: Math.min(...fresh.map(({ concurrency = Infinity }) => concurrency)),
      starts: Math.min(...fresh.map(({ rate }) => rate?.starts ?? Infinity)),
      microUsd: Math.min(...fresh.map(({ budget }) => budget?.microUsd ?? Infinity)),
    };
  }

  spent(now: number, windowMs: number): number {
    return sum(this.booked.filter(({ at }) => at > now - windowMs).map(({ microUsd }) => microUsd));
  }

  reserved(): number {
    return sum([...this.running.values()].map(({ reserved }) => reserved));
  }

  startsIn(now: number, windowMs: number): number {
    return this.starts.filter((at) => at > now - windowMs).length;
  }

  began(attempt: Running): void {
    this.running.set(attempt.ticket, attempt);
    this.starts.push(attempt.since);
  }

  /** Its process has found the place that it was assigned: the attempt starts only now. */
  fetched(attempt: Running, assigned: Running): void {
    this.starts.splice(this.starts.indexOf(assigned.since), 1, attempt.since);
    this.running.set(attempt.ticket, attempt);
  }

  /** Nothing ran. */
  undone({ ticket, since }: Running): void {
    this.running.delete(ticket);
    this.starts.splice(this.starts.indexOf(since), 1);
  }

  /** Owners that were not heard of for longer than the lease have stopped their attempts. */
  expired(now: number, owners: ReadonlySet<number>): void {
    for (const attempt of this.running.values()) {
      const silentMs = now - (this.heard.get(attempt.process) ?? 0);
      if (!attempt.assigned && !owners.has(attempt.process) && silentMs > 30_000)
        this.ended(attempt, now, undefined);
    }
  }

  /** An attempt ended and told its cost, or none. */
  ended(attempt: Running, now: number, cost: number | undefined): void {
    this.running.delete(attempt.ticket);
    this.booked.push({ at: now, microUsd: cost ?? attempt.reserved });
    if (cost === undefined) this.unknownCalls += 1;
    else this.overrun += Math.max(0, cost - attempt.reserved);
  }

  /** What the code of an attempt's end means for those that follow. */
  judged(
    attempt: Running,
    code: string | undefined,
    retryAfterMs: number,
    now: number,
    breaker: Breaker,
  ): void {
    const { closed } = this;
    if (closed?.kind === "operator") return;
    if (closed?.kind === "cooldown" && attempt.trial && attempt.since >= this.openedAt)
      return this.tried(code, retryAfterMs, now, breaker);
    if (code === undefined) this.failuresInRow = 0;
    if (code === undefined || code === "timeout" || attempt.since < this.reopenedAt) return;
    const end = now + retryAfterMs;
    if (code === "rate_limited") {
      if (closed === undefined) this.open("end", end, 0, code, now);
      else closed.until = Math.max(closed.until, end);
    } else if (code === "overloaded") {
      if (closed !== undefined) return;
      this.failuresInRow += 1;
      if (this.failuresInRow === breaker.failures)
        this.open("cooldown", now + breaker.cooldownMs, breaker.cooldownMs, code, now);
    } else if (this.why !== "auth" || closed === undefined) {
      const until = Math.max(closed?.until ?? 0, now + breaker.cooldownMs);
      this.open("cooldown", until, breaker.cooldownMs, code, now);
    }
  }

  open(kind: "cooldown" | "operator" | "end", until: number, cooldownMs: number, why: string, now: number) {
    // A trial that fails as the call before it did goes on with the same opening.
    if (this.closed === undefined || this.why !== why) this.openedAt = now;
    this.closed = { kind, until, cooldownMs };
    this.why = why;
  }

  why = "";

  tried(code: string | undefined, retryAfterMs: number, now: number, breaker: Breaker): void {
    if (code === "timeout") return;
    if (code === undefined) return this.reopen(now);
    if (code === "rate_limited") return this.open("end", now + retryAfterMs, 0, code, now);
    const cooldownMs = Math.min(2 * (this.closed?.cooldownMs ?? 0), breaker.maxCooldownMs);
    this.open("cooldown", now + cooldownMs, cooldownMs, code, now);
  }

  reopen(now: number): void {
    this.closed = undefined;
    this.reopenedAt = now;
    this.failuresInRow = 0;
  }

  operated(event: OperatorEvent, now: number): void {
    if (event.kind === "close") return this.reopen(now);
    this.open("operator", now + (event.forMs ?? Infinity), 0, "operator", now);
  }

  /** Time has passed: what ends by itself has ended. */
  passed(now: number): void {
    if (this.closed === undefined || this.closed.kind === "cooldown" || now < this.closed.until) return;
    this.closed = undefined;
    this.failuresInRow = 0;
  }
}

export interface Breaker {
  readonly failures: number;
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
