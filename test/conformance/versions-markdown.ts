import type { Agent } from "./agents/agent.ts";
import { isSeen, type Change } from "./changes.ts";
import { shortened, shown, table } from "./markdown.ts";
import type { VersionsRow } from "./versions-table.ts";

/** What changed between the versions: first what a caller sees, by condition, then the rest, by change. */
export function versionsMarkdown(
  agent: Agent,
  versions: readonly string[],
  rows: readonly VersionsRow[],
): string {
  const same = rows.filter(({ steps }) => steps.every((changes) => changes.length === 0)).length;
  const seen = rows.filter(({ steps }) => steps.flat().some((change) => isSeen(agent, change)));
  return [
    `The published \`${agent.name}\` ${versions.join(", ")} in ${rows.length} conditions. Nothing changed in ${same} of them. ` +
      `What a caller sees (the exit code, which stream is used, a field that hardcall reads) changed in ${seen.length}.`,
    ...(seen.length > 0 ? [seenTable(agent, versions, seen)] : []),
    ...restTable(agent, versions, rows),
  ].join("\n\n");
}

function seenTable(agent: Agent, versions: readonly string[], rows: readonly VersionsRow[]): string {
  const groups = new Map<string, { readonly cells: readonly string[]; readonly names: string[] }>();
  for (const { name, steps } of rows) {
    const cells = steps.map((changes) => {
      const said = changes.filter((change) => isSeen(agent, change)).map(sentence);
      return [...new Set(said)].join("; ") || "same";
    });
    const key = cells.join("|");
    const group = groups.get(key) ?? { cells, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  const head = ["Condition", ...versions.slice(1).map((version, n) => `${versions[n]} → ${version}`)];
  return table(
    head,
    [...groups.values()].map(({ cells, names }) => [shortened(names), ...cells]),
  );
}

function restTable(agent: Agent, versions: readonly string[], rows: readonly VersionsRow[]): string[] {
  const groups = new Map<string, { readonly cells: readonly string[]; readonly names: string[] }>();
  for (const { name, steps } of rows) {
    for (const [n, changes] of steps.entries()) {
      const rest = changes.filter((change) => !isSeen(agent, change)).map(sentence);
      for (const said of new Set(rest)) {
        const cells = [versions[n + 1] ?? "", said];
        const key = cells.join("|");
        const group = groups.get(key) ?? { cells, names: [] };
        group.names.push(name);
        groups.set(key, group);
      }
    }
  }
  if (groups.size === 0) return [];
  const body = [...groups.values()]
    .toSorted((a, b) => compareCells(a.cells, b.cells))
    .map(({ cells, names }) => [
      ...cells,
      names.length > 3 ? `${names.length}, such as \`${names[0]}\`` : shortened(names),
    ]);
  return ["Other texts, fields and events, by change:", table(["Since", "Change", "Conditions"], body)];
}

const compareCells = (a: readonly string[], b: readonly string[]) =>
  a.join("|").localeCompare(b.join("|"), "en", { numeric: true });

function sentence({ aspect, path, from, to }: Change): string {
  const name =
    aspect === "exit" || aspect === "stream" ? aspect : `${aspect === "events" ? "event " : ""}\`${path}\``;
  if (from === undefined) return `${name} is new`;
  if (to === undefined) return `${name} is gone`;
  return `${name} ${shown(from)} → ${shown(to)}`;
}
