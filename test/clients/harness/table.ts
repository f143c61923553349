import type { Result } from "./rows.ts";

const BEGIN = "<!-- compatibility: begin, written by npm run test:clients -->";
const END = "<!-- compatibility: end -->";
const HEAD = ["part", "client", "version", "what was tried"] as const;

/** A row of the table: the cells in the order of `HEAD`. */
export type Row = readonly [part: string, client: string, version: string, works: string];

const keyOf = ([part, client, version]: Row) => JSON.stringify([part, client, version]);

/** One row for each part, client and version. What failed or was not run is said first. */
export function rowsOf(results: readonly Result[]): readonly Row[] {
  const groups = Map.groupBy(results, (each) => keyOf([each.part, each.client, each.version, ""]));
  return [...groups.values()].map((group) => {
    const [{ part, client, version }] = group as [Result];
    return [part, client, version, words(group)];
  });
}

function words(group: readonly Result[]): string {
  const missing = group.find(({ state }) => state === "not run");
  if (missing !== undefined) return `not run here: ${missing.reason ?? "it was skipped"}`;
  const told = group
    .toSorted((a, b) => Number(a.state !== "fails") - Number(b.state !== "fails"))
    .map(({ state, what }) => (state === "fails" ? `**fails**: ${what}` : what));
  return told.join("; ").replaceAll("|", "\\|");
}

/** The rows that a page has now. */
export function readRows(page: string): readonly Row[] {
  const [, rest = ""] = page.split(BEGIN);
  const [table = ""] = rest.split(END);
  const cells = table
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .replaceAll(/^\| *| *\|$/g, "")
        // Also of a cell without text: a client that is not here has no version.
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
  // The first two are the heading and its line. Versions with the same words share a row.
  return cells
    .slice(2)
    .flatMap(([part = "", client = "", versions = "", works = ""]) =>
      versions.split(", ").map((version): Row => [part.replaceAll("`", ""), client, version, works]),
    );
}

/** The page with the rows of this run. Those of clients that this run did not ask for stay, if `keep` is set. */
export function withRows(page: string, rows: readonly Row[], keep: boolean): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`);
  const fresh = new Set(rows.map(keyOf));
  const kept = keep ? readRows(page).filter((row) => !fresh.has(keyOf(row))) : [];
  const sorted = [...kept, ...rows].toSorted(byName);
  const groups = Map.groupBy(sorted, ([part, client, , works]) => JSON.stringify([part, client, works]));
  const lines = [...groups.values()].map((group) => {
    const [[part, client, , works]] = group as [Row];
    return `| \`${part}\` | ${client} | ${group.map(([, , version]) => version).join(", ")} | ${works} |`;
  });
  const table = [`| ${HEAD.join(" | ")} |`, `|${" --- |".repeat(HEAD.length)}`, ...lines];
  return `${before}${BEGIN}\n\n${table.join("\n")}\n\n${END}${after}`;
}

const collator = new Intl.Collator("en", { numeric: true });

const byName = (a: Row, b: Row) =>
  collator.compare(a[0], b[0]) || collator.compare(a[1], b[1]) || collator.compare(a[2], b[2]);
