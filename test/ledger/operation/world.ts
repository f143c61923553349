import { append, EMPTY_HISTORY, type History } from "../../../src/ledger/operation/history.ts";
import type { FailedSettlement, Moment, Settlement, Step } from "../../../src/ledger/operation/events.ts";
import type { Instant } from "../../../src/ledger/owner/instant.ts";
import {
  type Claim,
  type Effect,
  type Effects,
  type Operation,
  OWNER_LOST,
} from "../../../src/ledger/operation/state.ts";
import * as transitions from "../../../src/ledger/operation/transitions.ts";
import { fakeOwner } from "../owners.ts";

export const LEASE_MS = 1000;
/** How long after the end of an attempt its effect may still appear in this world. */
export const EFFECT_WITHIN_MS = 3000;

/** One call on one machine, as it really is: the ledger may believe otherwise. */
export interface Call {
  readonly host: number;
  readonly incarnation: number;
  claim: Claim;
  phase: "reserved" | "running" | "lingering" | "probing" | "over";
  hadEffect: boolean;
  /** On the clock that never jumps; `undefined` while it is at work. */
  endedAt: number | undefined;
}

/**
 * One key, several hosts that crash, a clock that jumps, and the effects that really happened. `sameMachine`
 * means that the ledger can see whether an owner lives; otherwise only the lease tells. An attempt that started may
 * have its effect until some time after its end, as a request that has left does.
 */
export class World {
  row: Operation | undefined;
  history: History = EMPTY_HISTORY;
  /** The wall clock, which may be set. */
  now = 1_700_000_000_000;
  #ticks = 0;
  #boot = 1;
  /** What really passed, over all boots. */
  #time = 0;
  effects = 0;
  starts = 0;
  settled = 0;
  /** Fences of started attempts that may have had an effect and that nothing has settled since. */
  readonly unresolved = new Set<number>();
  readonly calls: Call[] = [];
  /** The fence after each step. */
  readonly fences: number[] = [];
  readonly #incarnations: number[];
  readonly sameMachine: boolean;

  readonly #operator: "careful" | "hasty";

  constructor(hosts: number, sameMachine: boolean, operator: "careful" | "hasty" = "careful") {
    this.sameMachine = sameMachine;
    this.#operator = operator;
    this.#incarnations = Array.from({ length: hosts }, () => 0);
  }

  isAlive(call: Call): boolean {
    return this.#incarnations[call.host] === call.incarnation;
  }

  /** Attempts at work right now. */
  running(): Call[] {
    return this.calls.filter((call) => call.phase === "running" && this.isAlive(call));
  }

  claim(host: number, effects: Effects, fingerprint = "v1:sha256:input"): string {
    const incarnation = this.#incarnations[host] ?? 0;
    const answer = this.#apply(
      transitions.claim(
        this.row,
        {
          name: "publish",
          key: "key",
          callId: `call-${this.calls.length}`,
          fingerprint,
          effects,
          leaseMs: LEASE_MS,
          effectWithinMs: EFFECT_WITHIN_MS,
          owner: fakeOwner(`${host}/${incarnation}`),
        },
        this.#moment(),
      ),
    );
    if (answer.kind === "proceed" || answer.kind === "probe") {
      const phase = answer.kind === "proceed" ? "reserved" : "probing";
      this.calls.push({
        host,
        incarnation,
        claim: answer.claim,
        phase,
        hadEffect: false,
        endedAt: undefined,
      });
    }
    return answer.kind;
  }

  /** @returns whether the attempt may begin */
  start(call: Call): boolean {
    const answer = this.#apply(transitions.started(this.row, call.claim, {}, this.#instant()));
    call.phase = answer.kind === "started" ? "running" : "over";
    if (answer.kind !== "started") return false;
    this.starts += 1;
    return true;
  }

  heartbeat(call: Call): void {
    this.#apply(transitions.heartbeat(this.row, call.claim, undefined, this.#instant()));
  }

  /** Whether what the call started may have its effect now. */
  mayHaveEffect({ phase, hadEffect, endedAt }: Call): boolean {
    if (hadEffect) return false;
    if (endedAt !== undefined) return this.#time < endedAt + EFFECT_WITHIN_MS;
    return phase === "running" || phase === "lingering";
  }

  haveEffect(call: Call): void {
    call.hadEffect = true;
    this.effects += 1;
  }

  /** Reports what the call honestly knows: `certain` is its own view of an effect it may or may not have seen. */
  settle(call: Call, certain: boolean): void {
    const settlement = honest(call, certain);
    const { fence } = call.claim;
    const wasRunning = call.phase === "running" || call.phase === "lingering";
    call.phase = "over";
    // A refusal, and a success, say that nothing is to come.
    if (wasRunning && settlement.end.effect === "unknown") call.endedAt = this.#time;
    const answer = this.#apply(transitions.settle(this.row, call.claim, settlement, this.#instant()));
    if (!wasRunning) return;
    this.settled += 1;
    const clean = settlement.end.effect === "not_started" || settlement.end.effect === "rejected";
    if (clean) this.unresolved.delete(fence);
    else if (answer.kind === "lost" || answer.record.state !== "succeeded") this.unresolved.add(fence);
  }

  /** The attempt is given up, and its work goes on. */
  giveUp(call: Call): void {
    call.phase = "lingering";
    this.settled += 1;
    this.unresolved.add(call.claim.fence);
    const settlement = { ...failed("unknown"), lingering: true };
    this.#apply(transitions.settle(this.row, call.claim, settlement, this.#instant()));
  }

  probe(call: Call, sees: boolean): void {
    const seen = !sees ? "unknown" : this.effects > 0 ? "present" : "absent";
    const answer = this.#apply(transitions.probed(this.row, call.claim, seen, this.#moment()));
    if (answer.kind === "too_early") return;
    call.phase = answer.kind === "proceed" ? "reserved" : "over";
    if (answer.kind === "proceed") this.unresolved.clear();
  }

  operator(): void {
    if (this.row === undefined) return;
    // One that looks too early cannot tell that it will not happen.
    const isTooEarly = this.effects === 0 && this.calls.some((call) => this.mayHaveEffect(call));
    if (isTooEarly && this.#operator === "careful") return;
    const as = this.effects > 0 ? "done" : "absent";
    const answer = this.#apply(
      transitions.resolve(this.row, { as, by: "ada", why: "looked" }, this.#moment()),
    );
    if (answer.kind === "resolved" && as === "absent") this.unresolved.clear();
  }

  crash(host: number): void {
    for (const call of this.calls) {
      const wasAtWork = call.phase === "running" || call.phase === "lingering";
      if (call.host === host && this.isAlive(call) && wasAtWork) call.endedAt = this.#time;
    }
    this.#incarnations[host] = (this.#incarnations[host] ?? 0) + 1;
  }

  reboot(): void {
    for (const host of this.#incarnations.keys()) this.crash(host);
    this.#boot += 1;
    this.#ticks = 0;
  }

  wait(ms: number): void {
    this.now += ms;
    this.#ticks += ms;
    this.#time += ms;
  }

  #instant(): Instant {
    return { at: this.now, boot: `boot-${this.#boot}`, ticks: this.#ticks };
  }

  #moment(): Moment {
    return {
      now: this.#instant(),
      fenceFloor: 0,
      liveness: ({ id }) => {
        if (!this.sameMachine) return "unknown";
        const [host, incarnation] = id.split("/").map(Number);
        return this.#incarnations[host ?? 0] === incarnation ? "alive" : "dead";
      },
    };
  }

  #apply<A>(step: Step<A>): A {
    this.row = step.row ?? this.row;
    this.fences.push(this.row?.fence ?? 0);
    this.history = step.log.reduce(append, this.history);
    for (const entry of step.log) {
      if (entry.kind === "attempt_ended" && entry.end.code === OWNER_LOST) this.unresolved.add(entry.fence);
    }
    return step.answer;
  }
}

function honest(call: Call, certain: boolean): Settlement {
  if (call.phase !== "running" && call.phase !== "lingering") return failed("not_started");
  if (!certain) return failed("unknown");
  if (!call.hadEffect) return failed("rejected");
  return { state: "succeeded", end: { effect: "completed" }, value: { kept: "none" } };
}

function failed(effect: Effect): FailedSettlement {
  return { state: "failed", end: { effect, code: "timeout" } };
}
