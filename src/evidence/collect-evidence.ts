import type { Failure } from "../core/callee.ts";
import { errorName } from "../core/failure.ts";
import { cancelledWhile, withinAllowance, type Allowance } from "../core/allowance.ts";
import { readAnswer } from "./answer.ts";
import type { Evidence, EvidenceContext, FoundEvidence } from "../core/evidence.ts";

export interface EvidenceRequest<Value> {
  readonly evidence: readonly Evidence<Value>[];
  readonly value: Value;
  readonly context: Omit<EvidenceContext, "signal">;
  readonly allowance: Allowance;
}

export interface CollectedEvidence {
  readonly found: readonly FoundEvidence[];
  /** The first piece that is missing decides. */
  readonly failure?: Failure | undefined;
}

/** Looks for every piece of evidence in turn, and for no longer than the call may take. Never rejects. */
export async function collectEvidence<Value>(search: EvidenceRequest<Value>): Promise<CollectedEvidence> {
  const { evidence, allowance } = search;
  const { cancel } = allowance;
  const found: FoundEvidence[] = [];
  if (evidence.length === 0) return { found };
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, cancel]);
  try {
    const failure = await withinAllowance(collectEach(search, signal, found), allowance);
    return { found, failure };
  } catch (cause) {
    if (cancel.aborted)
      return { found, failure: cancelledWhile("its evidence was looked for", cancel.reason) };
    const message = `said it was done, but looking for the evidence ${(cause as Error).message}`;
    return { found, failure: { code: "evidence_missing", message, effect: "completed", cause } };
  } finally {
    over.abort();
  }
}

async function collectEach<Value>(
  { evidence, value, context, allowance: { cancel } }: EvidenceRequest<Value>,
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
