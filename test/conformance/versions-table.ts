import { ASPECTS } from "./compare.ts";
import type { Change } from "./changes.ts";

/** What changed in one condition: the changes from each version to the next. */
export interface VersionsRow {
  readonly name: string;
  readonly steps: readonly (readonly Change[])[];
}

/** A line of the terminal's table: `1 fields` for one changed field. */
export function formatVersions(versions: readonly string[], { name, steps }: VersionsRow): string {
  const cells = steps.map((changes, n) => `${versions[n + 1]}: ${summaryOf(changes)}`.padEnd(44));
  return [name.padEnd(36), ...cells].join(" ").trimEnd();
}

function summaryOf(changes: readonly Change[]): string {
  if (changes.length === 0) return "same";
  return ASPECTS.flatMap((aspect) => {
    const of = changes.filter((change) => change.aspect === aspect);
    if (of.length === 0) return [];
    return aspect === "exit"
      ? `exit ${String(of[0]?.from)} → ${String(of[0]?.to)}`
      : `${of.length} ${aspect}`;
  }).join(", ");
}
