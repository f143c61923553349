import { setTimeout as wait } from "node:timers/promises";
import type { Failure } from "../core/callee.ts";
import type { ProbedAnswer, ProbeReport } from "../ledger/operation/events.ts";
import type { Claim, Operation } from "../ledger/operation/state.ts";
import { faultPoint } from "../core/fault-points.ts";
import { ageOf } from "./gate-answers.ts";
import { formatDuration } from "../core/duration.ts";

/** How soon a probe that has seen nothing is asked again, while it is too early to believe it: this, then twice as long. */
const FIRST_LOOK_AGAIN_MS = 1000;
const LONGEST_LOOK_AGAIN_MS = 30_000;

interface Probing {
  readonly claim: Claim;
  readonly look: () => Promise<ProbeReport>;
  readonly report: (claim: Claim, report: ProbeReport, lookedMs: number) => Promise<ProbedAnswer>;
  /** Aborts when work of an earlier attempt ends that was known to go on: there is news. */
  readonly news: AbortSignal | undefined;
  readonly signal: AbortSignal;
  readonly remainingMs: () => number;
}

/**
 * Looks until the answer counts. `present` does at once, `absent` only when no effect can appear any more, so until then
 * the call waits and looks again. Without the time to wait it gives back the right to look, and the answer is `too_early`.
 *
 * @throws LedgerError `lease_lost` when a late result or another owner has settled the matter meanwhile
 */
export async function probe(probing: Probing): Promise<ProbedAnswer> {
  const { claim, look, report, signal, news } = probing;
  for (let pauseMs = FIRST_LOOK_AGAIN_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_AGAIN_MS)) {
    faultPoint("beforeProbe");
    const from = performance.now();
    const seen = await look();
    faultPoint("afterProbe");
    const answer = await report(claim, seen, Math.floor(performance.now() - from));
    if (answer.kind !== "too_early") return answer;
    if (answer.retryAfterMs >= probing.remainingMs()) {
      await report(claim, "released", 0);
      return answer;
    }
    const until = news === undefined || news.aborted ? signal : AbortSignal.any([signal, news]);
    // Aborted: there is a reason to go on at once.
    await wait(Math.min(answer.retryAfterMs, pauseMs), undefined, { signal: until }).catch(() => undefined);
    if (signal.aborted) {
      await report(claim, "released", 0);
      return answer;
    }
  }
}

/** The call may not start yet: an effect that nothing has shown so far may still appear. */
export function tooEarly(record: Operation, retryAfterMs: number): Failure {
  const message =
    `may have happened: an attempt ${ageOf(record)} ago ended with ${record.code ?? "an unknown end"}, the probe finds ` +
    `no effect, and one may still appear for ${formatDuration(retryAfterMs)} (effectWithin)`;
  const advice = `Nothing was started. Call again after ${formatDuration(retryAfterMs)}: the probe is asked anew then.`;
  return { code: "in_doubt", message, effect: "unknown", retryAfterMs, advice };
}
