import { setTimeout as wait } from "node:timers/promises";
import pTimeout from "p-timeout";
import type { Callee, AttemptNotes, Failure, PreviousAttempt } from "../core/callee.ts";
import { borrowLedger, endOrphansOf } from "../ledger/open.ts";
import type { Borrowed } from "../ledger/shared.ts";
import type { ClaimRequest, ProbeReport } from "../ledger/operation/events.ts";
import { LedgerError } from "../database/errors.ts";
import type { Attempt as LedgerAttempt, Claim } from "../ledger/operation/state.ts";
import type { StoreClaimAnswer } from "../ledger/store/store.ts";
import { traceLedger } from "../telemetry/trace-ledger.ts";
import type { StorePolicy } from "../ledger/key/value.ts";
import { cookieOf } from "../core/cookie.ts";
import type { Attempt } from "./attempt.ts";
import { faultPoint } from "../core/fault-points.ts";
import { watchLingering } from "./lingering.ts";
import { probe, tooEarly } from "./probing.ts";
import type { Gate, Passage } from "./gate.ts";
import { doneBefore, lateFailure, ledgerFailure, previousOf, resultOf, stopped } from "./gate-answers.ts";
import { inputFingerprint } from "./input-fingerprint.ts";
import type { Definition, Invocation } from "./invocation.ts";
import { inTime } from "./in-time.ts";
import { Lease, LEASE_MS } from "./lease.ts";
import { withPrinted } from "./printed.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";

/** A write may wait this long for other processes, where the call has so much time left (`inTime`). */
const WRITE_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 30_000;
const LONGEST_POLL_MS = 1000;

/** What the gate needs of the call it is for. */
interface GatedCall {
  readonly callId: string;
  readonly signal: AbortSignal;
  remainingMs(): number;
  cancel(reason: unknown): void;
}

/**
 * The ledger's gate for one call.
 *
 * @throws ConfigError `invalid_config` for an input that no fingerprint can be made of, or a ledger that cannot be meant
 */
export async function openGate<Input>(
  definition: Pick<
    Definition<Input, never, object>,
    | "name"
    | "callee"
    | "effects"
    | "probe"
    | "effectWithinMs"
    | "output"
    | "ledger"
    | "store"
    | "onInProgress"
  >,
  { input, key }: Invocation<Input> & { readonly key: string },
  call: GatedCall,
): Promise<Gate> {
  const { name, callee, effects, probe: probeOf, effectWithinMs, store: policy, onInProgress } = definition;
  const fingerprint = inputFingerprint(definition, input);
  // A callee that can look at what it started is its own probe: not even a call that must not happen twice is stuck.
  const gated = effects === "once" && callee.identify ? "verifiable" : effects;
  const { callId } = call;
  const request = {
    name,
    key,
    callId,
    fingerprint,
    effects: gated,
    leaseMs: LEASE_MS,
    effectWithinMs,
  } as const;
  const look = probeOf && ((signal: AbortSignal) => probeOf(input, { signal, callId: call.callId, key }));
  const canJoin = async (previous: PreviousAttempt, attempt: number) => {
    const remainingMs = call.remainingMs();
    const context = { name, callId: call.callId, attempt, key, effects, previous, remainingMs };
    const identity = await callee.identify?.(input, { ...context, signal: call.signal });
    return identity?.safe === true;
  };
  return new LedgerGate({
    canJoin,
    open: (withinMs) => borrowLedger(definition.ledger, withinMs),
    request,
    look,
    policy,
    callee,
    onInProgress,
    call,
  });
}

interface GateOptions {
  readonly open: (withinMs: number) => Promise<Borrowed>;
  readonly request: ClaimRequest;
  readonly look: ((signal: AbortSignal) => ProbeAnswer | Promise<ProbeAnswer>) | undefined;
  /** Whether the next attempt would join what the previous one started, or find it gone, rather than do it again. */
  readonly canJoin: (previous: PreviousAttempt, attempt: number) => Promise<boolean>;
  readonly policy: StorePolicy;
  /** What of its details and output is kept. */
  readonly callee: Pick<Callee<never, unknown>, "answerDetails" | "restoreOutput">;
  readonly onInProgress: "fail" | "wait";
  readonly call: GatedCall;
}

class LedgerGate implements Gate {
  readonly #options: GateOptions;
  #borrowed: Borrowed | undefined;
  #opened: Lease | undefined;
  /** The answer to the claim that was made together with the end of the attempt before. */
  #next: StoreClaimAnswer | undefined;
  /** Aborts when work of this call ends that went on after its attempt was given up. */
  #lateEnd: AbortSignal | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get key(): string {
    return this.#options.request.key;
  }

  async enter(): Promise<Passage> {
    try {
      const answer = this.#next ?? (await this.#claimAnew());
      this.#next = undefined;
      return await this.#pass(answer);
    } catch (error) {
      return { kind: "stopped", outcome: "failed", failure: ledgerFailure(error, "not_started") };
    }
  }

  async started(attempt: number, externalRef: string | undefined): Promise<Failure | undefined> {
    const { call } = this.#options;
    const cookie = cookieOf({ callId: call.callId, attempt });
    try {
      await this.#lease.ledger.started(
        this.#lease.claim,
        { cookie, externalRef },
        { withinMs: withinLimit(call) },
      );
      return undefined;
    } catch (error) {
      return ledgerFailure(error, "not_started");
    }
  }

  note({ pidStart, ...notes }: AttemptNotes): void {
    // Helps to find what is still running should this process die; the cookie alone finds it on Linux.
    void this.#lease.beat(pidStart === undefined ? notes : { ...notes, pidStart: String(pidStart) });
  }

  async succeeded(attempt: Attempt<unknown, object>): Promise<Failure | undefined> {
    this.#opened?.stop();
    try {
      const result = resultOf(attempt, this.#options.policy, this.#options.callee);
      const answer = await this.#lease.ledger.settle(this.#lease.claim, result, {
        withinMs: WRITE_WITHIN_MS,
      });
      return lateFailure(answer);
    } catch (error) {
      return ledgerFailure(
        error,
        "completed",
        "did its work, but that could not be recorded; the result is on this error",
      );
    }
  }

  async failed(attempt: Attempt<unknown, object>, again: boolean): Promise<Failure | undefined> {
    const { verdict, late } = attempt;
    if (verdict.ok) return undefined;
    const { failure } = verdict;
    const { ledger, claim } = this.#lease;
    const { policy, callee, request, open } = this.#options;
    const result = resultOf(attempt, policy, callee);
    this.#opened?.stop();
    try {
      if (again) {
        const { next } = await ledger.settleAndClaim(claim, result, request, { withinMs: WRITE_WITHIN_MS });
        this.#next = next;
        if (next.kind === "proceed" || next.kind === "probe") this.#lease.hold(next.claim);
      } else {
        await ledger.settle(claim, result, { withinMs: WRITE_WITHIN_MS });
      }
      return undefined;
    } catch (error) {
      return ledgerFailure(error, failure.effect, `${failure.message}, and that could not be recorded`);
    } finally {
      if (late !== undefined) {
        const end = late.then((ended) => resultOf(ended, policy, callee));
        this.#lateEnd = watchLingering(open, claim, end);
      }
    }
  }

  async release(): Promise<void> {
    this.#opened?.stop();
    await this.#letGo();
    await this.#borrowed?.giveBack();
  }

  async #letGo(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined || (next.kind !== "proceed" && next.kind !== "probe")) return;
    try {
      if (next.kind === "probe")
        await this.#lease.ledger.probed(next.claim, "released", { withinMs: WRITE_WITHIN_MS });
      else {
        const end = { code: "cancelled", effect: "not_started" } as const;
        await this.#lease.ledger.settle(next.claim, { state: "failed", end }, { withinMs: WRITE_WITHIN_MS });
      }
    } catch {
      // The lease gives it back.
    }
  }

  async #claimAnew(): Promise<StoreClaimAnswer> {
    faultPoint("beforeClaim");
    const { open, request, onInProgress, call } = this.#options;
    this.#borrowed ??= await open(withinLimit(call));
    const ledger = inTime(traceLedger(this.#borrowed.store), call);
    const lease = (this.#opened ??= new Lease(ledger, (reason) => call.cancel(reason)));
    for (let pollMs = 25; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      const answer = await lease.ledger.claim(request, { withinMs: withinLimit(call) });
      if (answer.kind === "proceed" || answer.kind === "probe") lease.hold(answer.claim);
      faultPoint("afterClaim");
      if (answer.kind !== "in_progress" || onInProgress === "fail") return answer;
      if (call.remainingMs() <= pollMs || call.signal.aborted) return answer;
      await wait(pollMs, undefined, { signal: call.signal }).catch(() => undefined);
    }
  }

  async #pass(answer: StoreClaimAnswer): Promise<Passage> {
    switch (answer.kind) {
      case "proceed":
        await endOrphansOf(answer.lastAttempt);
        return { kind: "attempt", attempt: answer.attempt, previous: previousOf(answer.lastAttempt) };
      case "probe":
        await endOrphansOf(answer.lastAttempt);
        return await this.#probe(answer.claim, answer.record.attempts + 1, answer.lastAttempt);
      case "replayed":
        return await withPrinted(
          doneBefore("replayed", answer.record),
          answer.record,
          this.#options.callee.restoreOutput && this.#borrowed?.store,
        );
      case "in_doubt":
        // Whoever looks whether it happened should not be looking while it goes on.
        await endOrphansOf(answer.lastAttempt);
        return stopped(answer);
      case "in_progress":
      case "key_conflict":
        return stopped(answer);
      default:
        return answer satisfies never;
    }
  }

  async #probe(claim: Claim, attempt: number, lastAttempt: LedgerAttempt | undefined): Promise<Passage> {
    const { call } = this.#options;
    const previous = previousOf(lastAttempt);
    const look = async () => ((await this.#isJoinable(previous, attempt)) ? "join" : await this.#look());
    const report = (held: Claim, seen: ProbeReport, lookedMs: number) =>
      this.#lease.ledger.probed(held, seen, { lookedMs, withinMs: WRITE_WITHIN_MS });
    const probed = await probe({
      claim,
      look,
      report,
      news: this.#lateEnd,
      signal: call.signal,
      remainingMs: () => call.remainingMs(),
    }).catch((error: unknown) => {
      // Looking has no effect, so what a late result or another owner has settled meanwhile is simply asked for.
      if (error instanceof LedgerError && error.code === "lease_lost") return undefined;
      throw error;
    });
    switch (probed?.kind) {
      case undefined:
        return await this.#pass(await this.#claimAnew());
      case "proceed":
        this.#lease.hold(probed.claim);
        return { kind: "attempt", attempt: probed.attempt, previous };
      case "recovered":
        return doneBefore("recovered", probed.record);
      case "too_early": {
        this.#lease.stop();
        if (call.signal.aborted) {
          const message = "was cancelled while it waited to see whether an earlier attempt took effect";
          const cause: unknown = call.signal.reason;
          const failure = { code: "cancelled", message, effect: "unknown", cause } as const;
          return { kind: "stopped", outcome: "failed", failure };
        }
        const failure = tooEarly(probed.record, probed.retryAfterMs);
        return { kind: "stopped", outcome: "in_doubt", failure, tooEarly: true };
      }
      case "in_doubt":
        return stopped(probed);
      default:
        return probed satisfies never;
    }
  }

  /** What ended well but broke the contract is not mended by joining it. */
  async #isJoinable(previous: PreviousAttempt | undefined, attempt: number): Promise<boolean> {
    if (previous === undefined || previous.effect === "completed") return false;
    return await this.#options.canJoin(previous, attempt);
  }

  /** A probe that throws, answers something else, takes too long or was cancelled has seen nothing. */
  async #look(): Promise<ProbeAnswer> {
    const { look, call } = this.#options;
    if (look === undefined) return "unknown";
    const controller = new AbortController();
    try {
      const milliseconds = Math.min(PROBE_WITHIN_MS, Math.max(1000, call.remainingMs()));
      const looking = (async () => look(controller.signal))();
      const seen = await pTimeout(looking, { milliseconds, signal: call.signal });
      return seen === "present" || seen === "absent" ? seen : "unknown";
    } catch {
      return "unknown";
    } finally {
      controller.abort();
    }
  }

  get #lease(): Lease {
    if (this.#opened === undefined) throw new Error("the ledger is used before the claim");
    return this.#opened;
  }
}

/** What is left of the call's time, but no longer than any write may wait. */
function withinLimit(call: GatedCall): number {
  return Math.max(1, Math.min(WRITE_WITHIN_MS, call.remainingMs()));
}
