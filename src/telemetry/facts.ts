import type { FoundEvidence } from "../core/evidence.ts";

/** The kinds of evidence that were found, without paths and URLs. */
export function kindsOf(evidence: readonly FoundEvidence[] | undefined): FoundEvidence["kind"][] {
  return (evidence ?? []).map(({ kind }) => kind);
}
