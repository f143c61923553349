import type { Accepted } from "./accepted.ts";
import type { Agent } from "./agents/agent.ts";
import { ASPECTS, type Aspect, type Difference } from "./compare.ts";
import type { Observation } from "./observe.ts";

/** One condition, compared. */
export interface Row {
  readonly name: string;
  readonly genuine: Observation;
  readonly listed: readonly { readonly difference: Difference; readonly entry: Accepted }[];
  readonly unlisted: readonly Difference[];
}

const WIDTHS = { condition: 34, exit: 8, stream: 15, text: 8, fields: 8, events: 8 } as const;

export const HEADER = [
  ...(["condition", ...ASPECTS] as const).map((column) => column.padEnd(WIDTHS[column])),
  "verdict",
].join(" ");

export function formatRow(row: Row): string {
  const cells = ASPECTS.map((aspect) => cell(aspect, row).padEnd(WIDTHS[aspect]));
  return [row.name.padEnd(WIDTHS.condition), ...cells, verdict(row)].join(" ");
}

export function verdict({ listed, unlisted }: Row): string {
  if (unlisted.length > 0) return "DIFFERS";
  if (listed.length === 0) return "same";
  return `differs (listed: ${[...new Set(listed.map(({ entry }) => entry.reason))].join("; ")})`;
}

/** What was seen, or `n!` for n differences of that aspect; `-` when there was nothing to compare. */
function cell(aspect: Aspect, { genuine, listed, unlisted }: Row): string {
  const of = (difference: Difference) => difference.aspect === aspect;
  const differing = unlisted.filter(of).length + listed.filter(({ difference }) => of(difference)).length;
  if (aspect === "exit") return differing > 0 ? `${genuine.exit}!` : genuine.exit;
  if (aspect === "stream") return differing > 0 ? `${genuine.streams}!` : genuine.streams;
  if (differing > 0) return `${differing}!`;
  const { kind } = genuine.stdout;
  if (aspect === "text") return kind === "text" || genuine.stderr !== "" ? "same" : "-";
  if (aspect === "events") return kind === "events" ? "same" : "-";
  return kind === "text" ? "-" : "same";
}

const AT_MOST = 12;

/** The differences that are not listed as accepted, in full. */
export function formatDetails({ name, unlisted }: Row): string {
  const lines = unlisted
    .slice(0, AT_MOST)
    .map(
      ({ aspect, path, genuine, fake }) =>
        `  ${aspect} ${path}\n    genuine ${show(genuine)}\n    fake    ${show(fake)}`,
    );
  if (unlisted.length > AT_MOST) lines.push(`  … and ${unlisted.length - AT_MOST} more`);
  return [name, ...lines].join("\n");
}

function show(value: unknown): string {
  const text = value === undefined ? "(nothing)" : JSON.stringify(value);
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text;
}

/** The last line: how many conditions are the same. */
export function summary({ name, accepted }: Agent, version: string, rows: readonly Row[]): string {
  const differs = rows.filter(({ unlisted }) => unlisted.length > 0).length;
  const same = rows.filter((row) => verdict(row) === "same").length;
  return (
    `${name} ${version}: ${rows.length} conditions, ${same} same, ${rows.length - same - differs} differ as listed ` +
    `(${accepted.length} accepted differences), ${differs} DIFFER`
  );
}
