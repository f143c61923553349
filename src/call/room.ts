import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "../core/callee.ts";
import { isRejectionWithStatus } from "../core/rejected.ts";
import { leaseLossIn } from "../core/stop-cause.ts";
import type { WorkLease } from "../core/work-lease.ts";
import type { ClaimRequest } from "../ledger/operation/events.ts";
import type { LedgerStore, StoreClaimAnswer } from "../ledger/store/store.ts";
import { gateOf } from "../resources/agent/gate.ts";
import type { Entered, Gate, HeldPlace } from "../resources/agent/gate-types.ts";
import type { Resource } from "../resources/options.ts";
import type { Leave, Refused } from "../resources/types.ts";
import type { FinishedAttempt } from "./attempt.ts";
import type { Definition } from "./invocation.ts";
import { acrossHosts } from "./lease-room.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { PlaceLease } from "./place-lease.ts";
import { microUsdOf, reserveUsdOf } from "./resource-cost.ts";
import { lostLease } from "./verdict.ts";

/** A retry that comes so short before the known end of an open circuit waits for it: clocks differ, and so do roundings. */
const NEARLY_OPEN_MS = 1000;

/** Nothing ran: the place, the start and the money are given back. */
const NOTHING_RAN: Omit<Leave, "ticket"> = { started: false, opens: false };

/** What one call may know when it has asked for a place. */
export type RoomAnswer =
  | { readonly kind: "place" }
  /** No place is needed to say how the call goes on. */
  | { readonly kind: "known"; readonly answer: StoreClaimAnswer }
  | { readonly kind: "refused"; readonly failure: Failure };

/** The resource as one call uses it: a place for each attempt, given back at the attempt's end. */
export class Room {
  readonly #resource: Resource;
  readonly #definition: Pick<Definition<never, never, object>, "name" | "callee" | "onBusy" | "logger">;
  readonly #call: OngoingCall;
  #gate: Gate | undefined;
  #place: HeldPlace | undefined;
  #lease: PlaceLease | undefined;

  constructor(
    resource: Resource,
    definition: Pick<Definition<never, never, object>, "name" | "callee" | "onBusy" | "logger">,
    call: OngoingCall,
  ) {
    this.#resource = resource;
    this.#definition = definition;
    this.#call = call;
  }

  /** Whether this call holds a place. */
  get isIn(): boolean {
    return this.#place !== undefined;
  }

  /** The lease that the attempt must not outlast; absent where hardcall sees whether an owner lives. */
  get lease(): WorkLease | undefined {
    return this.#place === undefined ? undefined : this.#lease?.limit;
  }

  /**
   * Asks for a place, and waits for it within the call's time.
   *
   * @param attempt counts the attempts of this call
   * @param look the claim that follows; if the ledger knows that it needs no place, that is the answer
   * @throws LedgerError when the ledger cannot be had
   */
  async enter(store: LedgerStore, attempt: number, look: ClaimRequest | undefined): Promise<RoomAnswer> {
    const entered = await this.#ask(store, attempt, look);
    switch (entered.kind) {
      case "known":
        return entered;
      case "cancelled":
        return { kind: "refused", failure: this.#cancelled() };
      case "refused":
        return { kind: "refused", failure: failureOf(entered) };
      case "place":
        this.#place = entered.place;
        if (store.spansHosts) this.#holdLease(entered.place);
        return { kind: "place" };
      default:
        return entered satisfies never;
    }
  }

  /** The attempt has ended. If its work goes on in this process, the place is taken until that ends; the call does not wait for it. */
  leave(attempt: FinishedAttempt<unknown, object>): void {
    const { late } = attempt;
    if (late === undefined) return this.#giveBack(this.#endOf(attempt));
    const place = this.#letGo();
    place?.linger();
    void late.then((end) => place?.leave(this.#endOf(end)));
  }

  #endOf(attempt: FinishedAttempt<unknown, object>): Omit<Leave, "ticket"> {
    const { record, verdict } = attempt;
    const failure = verdict.ok ? undefined : verdict.failure;
    const started = record.effect !== "not_started";
    return {
      started,
      opens: this.#mayOpen(failure),
      ...(failure && { code: failure.code, retryAfterMs: failure.retryAfterMs }),
      ...(started && { microUsd: microUsdOf(this.#resource, attempt) }),
    };
  }

  /** The attempt is not made. */
  leaveUnused(): void {
    this.#giveBack(NOTHING_RAN);
  }

  #giveBack(end: Omit<Leave, "ticket">): void {
    this.#letGo()?.leave(end);
  }

  #letGo(): HeldPlace | undefined {
    const place = this.#place;
    this.#lease?.rest();
    this.#place = undefined;
    return place;
  }

  async #ask(store: LedgerStore, attempt: number, look: ClaimRequest | undefined): Promise<Entered> {
    const { callee, logger, name, onBusy } = this.#definition;
    const call = this.#call;
    const { callId, endsAt, journal, minAttemptMs, signal } = call;
    this.#gate ??= gateOf(this.#resource, store, logger);
    const request = {
      name,
      callId,
      attempt,
      look,
      signal,
      reserveUsd: reserveUsdOf(this.#resource, callee),
      patient: onBusy === "wait",
      // An attempt in the last moments would only time out.
      endsAt: endsAt - minAttemptMs,
    };
    const from = performance.now();
    journal.waiting(true);
    try {
      for (;;) {
        const entered = await this.#gate.enter(request);
        if (!isNearlyOpen(entered, attempt)) return entered;
        if (call.remainingMs() - minAttemptMs < entered.retryAfterMs) return entered;
        // An abort ends the wait early, and the gate then says so.
        await sleep(entered.retryAfterMs + 1, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      journal.waiting(false);
      call.waitedMs += performance.now() - from;
    }
  }

  #holdLease(place: HeldPlace): void {
    const { stopAfterMs } = acrossHosts(this.#definition.callee);
    this.#lease ??= new PlaceLease(stopAfterMs, (reason) => this.#call.cancel(reason));
    this.#lease.hold(place);
  }

  #cancelled(): Failure {
    const cause: unknown = this.#call.signal.reason;
    const waited = `while it waited for a place of the resource "${this.#resource.name}"`;
    const loss = leaseLossIn(cause);
    return loss === undefined
      ? { code: "cancelled", message: `was cancelled ${waited}`, effect: "not_started", cause }
      : lostLease(loss, "not_started", `${waited}, `);
  }

  /** Whether the code is the resource's own word. A task may throw the 401 of anything inside it, unless it vouches for it. */
  #mayOpen(failure: Failure | undefined): boolean {
    if (failure === undefined || this.#definition.callee.kind !== "task") return true;
    return isRejectionWithStatus(failure.cause);
  }
}

const isNearlyOpen = (entered: Entered, attempt: number): entered is Refused & { retryAfterMs: number } =>
  attempt > 1 &&
  entered.kind === "refused" &&
  entered.code === "circuit_open" &&
  (entered.retryAfterMs ?? Infinity) <= NEARLY_OPEN_MS;

const failureOf = ({ code, message, retryAfterMs, advice, circuit }: Refused): Failure => ({
  code,
  message,
  effect: "not_started",
  retryAfterMs,
  advice,
  circuit,
});
