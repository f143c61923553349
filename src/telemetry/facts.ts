import type { FoundEvidence } from "../core/evidence.ts";

/** What kinds of evidence were found, without where. */
export function kindsOf(evidence: readonly FoundEvidence[] | undefined): FoundEvidence["kind"][] {
  return (evidence ?? []).map(({ kind }) => kind);
}
