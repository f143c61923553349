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
  /** The failure of the first evidence that is missing. */
  readonly failure?: Failure | undefined;
}

/** Looks for each evidence in turn, within the time that the call has left. Never rejects. */
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
    const message = `reported success, but looking for the evidence ${(cause as Error).message}`;
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
      const message = `reported success, but ${which} is missing${why}`;
      return { code: "evidence_missing", message, effect: "completed" };
    } catch (cause) {
      if (cancel.aborted) throw cause;
      const message = `reported success, but looking for ${which} failed: ${errorName(cause)}`;
      // The callee has run, so its effect is "completed" even when the look could not connect.
      return { code: "evidence_missing", message, effect: "completed", cause };
    }
  }
  return undefined;
}
