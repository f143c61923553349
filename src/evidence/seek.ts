import pTimeout from "p-timeout";
import type { Failure } from "../callees/callee.ts";
import { formatDuration } from "../call/duration.ts";
import { errorName } from "../call/failure.ts";
import { readAnswer } from "./answer.ts";
import type { Evidence, EvidenceContext, FoundEvidence } from "./evidence.ts";

export interface Search<Value> {
  readonly evidence: readonly Evidence<Value>[];
  readonly value: Value;
  readonly context: Omit<EvidenceContext, "signal">;
  /** On the clock of `performance.now()`. */
  readonly totalEndsAt: number;
  readonly cancel: AbortSignal;
}

export interface Findings {
  readonly found: readonly FoundEvidence[];
  /** The first piece that is missing decides. */
  readonly failure?: Failure | undefined;
}

/** A look gets at least this long, even when the callee used up all of the call's time. */
const MIN_LOOK_MS = 1000;

/** Looks for every piece of evidence in turn, and for no longer than the call may take. Never rejects. */
export async function seekEvidence<Value>(search: Search<Value>): Promise<Findings> {
  const { evidence, cancel, totalEndsAt } = search;
  const found: FoundEvidence[] = [];
  if (evidence.length === 0) return { found };
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, cancel]);
  const milliseconds = Math.max(totalEndsAt - performance.now(), MIN_LOOK_MS);
  try {
    const failure = await pTimeout(seekEach(search, signal, found), { milliseconds, signal: cancel });
    return { found, failure };
  } catch (cause) {
    if (cancel.aborted) {
      const reason: unknown = cancel.reason;
      const isLost = (reason as { readonly code?: unknown } | undefined)?.code === "lease_lost";
      const message = isLost
        ? "may have been taken over by another owner while its evidence was looked for"
        : "was cancelled while its evidence was looked for";
      return {
        found,
        failure: { code: isLost ? "lease_lost" : "cancelled", message, effect: "completed", cause: reason },
      };
    }
    const message = `said it was done, but looking for the evidence took longer than ${formatDuration(milliseconds)}`;
    return { found, failure: { code: "evidence_missing", message, effect: "completed", cause } };
  } finally {
    over.abort();
  }
}

async function seekEach<Value>(
  { evidence, value, context, cancel }: Search<Value>,
  signal: AbortSignal,
  found: FoundEvidence[],
): Promise<Failure | undefined> {
  for (const [index, look] of evidence.entries()) {
    const which = evidence.length === 1 ? "the evidence" : `evidence ${index + 1} of ${evidence.length}`;
    try {
      const answer = readAnswer(await look(value, { ...context, signal }), look.name);
      if (cancel.aborted) throw cancel.reason;
      if ("found" in answer) {
        found.push(answer.found);
        continue;
      }
      const why = answer.missing === undefined ? "" : `: ${answer.missing}`;
      const message = `said it was done, but ${which} is missing${why}`;
      return { code: "evidence_missing", message, effect: "completed" };
    } catch (cause) {
      if (cancel.aborted) throw cause;
      const message = `said it was done, but looking for ${which} failed: ${errorName(cause)}`;
      // Whatever the look could not reach, the callee itself has been started: its effect is not "not_started".
      return { code: "evidence_missing", message, effect: "completed", cause };
    }
  }
  return undefined;
}
