import { append, EMPTY_HISTORY, type History } from "../../src/ledger/history.ts";
import type { Moment, Settlement, Step } from "../../src/ledger/events.ts";
import { type Claim, type Effect, type Effects, type Operation, OWNER_LOST } from "../../src/ledger/state.ts";
import * as transitions from "../../src/ledger/transitions.ts";
import { fakeOwner } from "./owners.ts";

export const LEASE_MS = 1000;

/** One call on one machine, as it physically is, whatever the ledger believes. */
export type Call = {
  readonly host: number;
  readonly incarnation: number;
  claim: Claim;
  phase: "reserved" | "running" | "probing" | "over";
  hadEffect: boolean;
};

/**
 * One key, several hosts that crash, a clock that jumps, and the effects that really happened. `sameMachine`
 * means that the ledger can see whether an owner lives; otherwise only the lease tells.
 */
export class World {
  row: Operation | undefined;
  history: History = EMPTY_HISTORY;
  now = 1_700_000_000_000;
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

  constructor(hosts: number, sameMachine: boolean) {
    this.sameMachine = sameMachine;
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
          owner: fakeOwner(`${host}/${incarnation}`),
        },
        this.#moment(),
      ),
    );
    if (answer.kind === "proceed" || answer.kind === "probe") {
      const phase = answer.kind === "proceed" ? "reserved" : "probing";
      this.calls.push({ host, incarnation, claim: answer.claim, phase, hadEffect: false });
    }
    return answer.kind;
  }

  /** @returns whether the attempt may begin */
  start(call: Call): boolean {
    const answer = this.#apply(transitions.started(this.row, call.claim, {}, this.now));
    call.phase = answer.kind === "started" ? "running" : "over";
    if (answer.kind !== "started") return false;
    this.starts += 1;
    return true;
  }

  heartbeat(call: Call): void {
    this.#apply(transitions.heartbeat(this.row, call.claim, undefined, this.now));
  }

  haveEffect(call: Call): void {
    if (call.hadEffect) return;
    call.hadEffect = true;
    this.effects += 1;
  }

  /** Reports what the call honestly knows: `certain` is its own view of an effect it may or may not have seen. */
  settle(call: Call, certain: boolean): void {
    const settlement = honest(call, certain);
    const { fence } = call.claim;
    const wasRunning = call.phase === "running";
    call.phase = "over";
    const answer = this.#apply(transitions.settle(this.row, call.claim, settlement, this.now));
    if (!wasRunning) return;
    this.settled += 1;
    const clean = settlement.end.effect === "not_started" || settlement.end.effect === "rejected";
    if (clean) this.unresolved.delete(fence);
    else if (answer.kind === "lost" || answer.record.state !== "succeeded") this.unresolved.add(fence);
  }

  probe(call: Call, sees: boolean): void {
    const seen = !sees ? "unknown" : this.effects > 0 ? "present" : "absent";
    const answer = this.#apply(transitions.probed(this.row, call.claim, seen, this.now));
    call.phase = answer.kind === "proceed" ? "reserved" : "over";
    if (answer.kind === "proceed") this.unresolved.clear();
  }

  operator(): void {
    if (this.row === undefined) return;
    const as = this.effects > 0 ? "done" : "absent";
    const answer = this.#apply(
      transitions.resolve(this.row, { as, by: "ada", why: "looked" }, this.#moment()),
    );
    if (answer.kind === "resolved" && as === "absent") this.unresolved.clear();
  }

  crash(host: number): void {
    this.#incarnations[host] = (this.#incarnations[host] ?? 0) + 1;
  }

  #moment(): Moment {
    return {
      now: this.now,
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
  if (call.phase !== "running") return failed("not_started");
  if (!certain) return failed("unknown");
  if (!call.hadEffect) return failed("rejected");
  return { state: "succeeded", end: { effect: "completed" }, value: { kept: "none" } };
}

function failed(effect: Effect): Settlement {
  return { state: "failed", end: { effect, code: "timeout" } };
}
