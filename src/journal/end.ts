import type { FoundEvidence } from "../core/evidence.ts";
import type { AttemptRecord } from "../core/result.ts";
import type { Settled } from "../core/settled.ts";
import type { JournalEntry } from "../ledger/journal/entry.ts";

/** Characters of JSON that the attempts, and the evidence, of one call may take. */
const MOST_JSON = 16 * 1024;
const MOST_STDERR = 4 * 1024;

/** What the journal keeps of a call that is over: no arguments, environment, prompt or output. */
export function endOf(settled: Settled<unknown>, endedAt: number): Partial<JournalEntry> {
  const { outcome, attempts, evidence, totalCostUsd, durationMs } = settled;
  const failure = settled instanceof Error ? settled : undefined;
  return {
    outcome,
    code: failure?.code,
    effect: failure === undefined ? "completed" : failure.effect,
    endedAt,
    durationMs,
    costUsd: totalCostUsd,
    attempts: attemptsJson(attempts),
    stderrTail: failure === undefined ? undefined : tailOf(settled.stderrTail),
    evidence: evidenceJson(evidence),
  };
}

/** The newest attempts that there is room for. */
function attemptsJson(attempts: readonly AttemptRecord[]): string | undefined {
  const kept: string[] = [];
  let room = MOST_JSON;
  for (const { evidence: _, ...attempt } of attempts.toReversed()) {
    let json = JSON.stringify(attempt);
    if (json.length > MOST_JSON) {
      const { notes: _notes, message: _message, ...facts } = attempt;
      json = JSON.stringify(facts);
    }
    room -= json.length;
    if (room < 0) break;
    kept.unshift(json);
  }
  return kept.length === 0 ? undefined : `[${kept.join(",")}]`;
}

/** Too much of it is left out: its kinds are enough to know what was looked for. */
function evidenceJson(evidence: readonly FoundEvidence[] | undefined): string | undefined {
  if (evidence === undefined || evidence.length === 0) return undefined;
  const json = JSON.stringify(evidence);
  if (json.length <= MOST_JSON) return json;
  return JSON.stringify(evidence.slice(0, 100).map(({ kind }) => ({ kind })));
}

/** Its end, from a whole character on. */
function tailOf(text: string): string | undefined {
  const tail = text.slice(-MOST_STDERR).replace(/^[\uDC00-\uDFFF]/, "");
  return tail === "" ? undefined : tail;
}
