import { optionName } from "../core/wording.ts";
import { LedgerError } from "../database/errors.ts";
import { setTimeout as wait } from "node:timers/promises";
import type { ProbedAnswer, ProbeReport } from "../ledger/operation/events.ts";
import type { Claim } from "../ledger/operation/state.ts";
import type { Failure } from "../core/callee.ts";
import { faultPoint } from "../core/fault-points.ts";
import { leaseLossIn } from "../core/stop-cause.ts";
import type { UsedLedger } from "../telemetry/trace-ledger.ts";
import type { Admission } from "./idempotency-guard.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { WRITE } from "./in-time.ts";
import { ageOf, describeEnd } from "./ledger-answers.ts";
import { formatDuration } from "../core/duration.ts";
import { lostLease } from "./verdict.ts";

/** The pause before the probe is asked again while `absent` does not count yet. It doubles each time. */
const FIRST_LOOK_AGAIN_MS = 1000;
const LONGEST_LOOK_AGAIN_MS = 30_000;

interface Probing {
  readonly look: () => Promise<ProbeReport>;
  readonly ledger: Pick<UsedLedger, "probed">;
  readonly call: Pick<OngoingCall, "signal" | "remainingMs" | "minAttemptMs">;
  /** Aborts when work of an earlier attempt ends that was known to continue: the probe is then asked at once. */
  readonly news: AbortSignal | undefined;
}

/**
 * Asks the probe until its answer counts. `present` counts at once, `absent` only when no effect can appear any more; until then the
 * call waits and asks again. If the call has no time to wait, it releases the claim and the answer is `too_early`.
 *
 * @returns `undefined` when a late result or another owner has settled the operation meanwhile; the call then claims it again
 */
export async function probe(claim: Claim, probing: Probing): Promise<ProbedAnswer | undefined> {
  try {
    return await probeUntilItCounts(claim, probing);
  } catch (error) {
    if (error instanceof LedgerError && error.code === "lease_lost") return undefined;
    throw error;
  }
}

async function probeUntilItCounts(
  claim: Claim,
  { look, ledger, call, news }: Probing,
): Promise<ProbedAnswer> {
  const { signal } = call;
  const release = () => ledger.probed(claim, "released", WRITE);
  for (let pauseMs = FIRST_LOOK_AGAIN_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_AGAIN_MS)) {
    faultPoint("beforeProbe");
    const from = performance.now();
    const seen = await look();
    faultPoint("afterProbe");
    const lookedMs = Math.floor(performance.now() - from);
    const answer = await ledger.probed(claim, seen, { ...WRITE, lookedMs });
    if (answer.kind !== "too_early") return answer;
    // An attempt in the last moments would only time out, and leave the doubt anew.
    if (answer.retryAfterMs > call.remainingMs() - call.minAttemptMs) {
      await release();
      return answer;
    }
    const until = news === undefined || news.aborted ? signal : AbortSignal.any([signal, news]);
    // An abort ends the wait early.
    await wait(Math.min(answer.retryAfterMs, pauseMs), undefined, { signal: until }).catch(() => undefined);
    if (signal.aborted) {
      await release();
      return answer;
    }
  }
}

/** The refusal of a call that comes too early: the effect of an earlier attempt may still appear. */
export function tooEarly({ record, retryAfterMs }: ProbedAnswer & { readonly kind: "too_early" }): Admission {
  const message =
    `may have happened: an attempt ${ageOf(record)} ago ${describeEnd(record)}; the probe finds no effect yet, ` +
    `but one may still appear for ${formatDuration(retryAfterMs)} (${optionName("effectWithin")})`;
  const advice = `Nothing was started. Retry after ${formatDuration(retryAfterMs)}; hardcall then asks the probe again.`;
  const failure = { code: "in_doubt", message, effect: "unknown", retryAfterMs, advice } as const;
  return { kind: "refused", outcome: "in_doubt", failure, tooEarly: true };
}

/** The refusal of a call that was cancelled while it waited for `absent` to count. */
export function cancelledProbe({ signal }: Pick<OngoingCall, "signal">): Admission {
  const waited = "while it waited to see whether an earlier attempt took effect";
  const cause: unknown = signal.reason;
  const loss = leaseLossIn(cause);
  const failure: Failure =
    loss === undefined
      ? { code: "cancelled", message: `was cancelled ${waited}`, effect: "unknown", cause }
      : lostLease(loss, "unknown", `${waited}, `);
  return { kind: "refused", outcome: "failed", failure };
}
