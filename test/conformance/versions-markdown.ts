import type { Agent } from "./agents/agent.ts";
import { eventOf, isSeen, type Change } from "./changes.ts";
import { shortened, shown, table } from "./markdown.ts";
import type { VersionsRow } from "./versions-table.ts";

/** A change of some condition, with the version that brought it. */
interface Found {
  readonly condition: string;
  readonly since: string;
  readonly change: Change;
}

/** What changed between the versions: exit codes and streams, then the fields that hardcall reads, then the rest by event. */
export function versionsMarkdown(
  agent: Agent,
  versions: readonly string[],
  rows: readonly VersionsRow[],
): string {
  const all = rows.flatMap(({ name, steps }) =>
    steps.flatMap((changes, n) =>
      changes.map((change): Found => ({ condition: name, since: versions[n + 1] ?? "", change })),
    ),
  );
  const isEnd = ({ change: { aspect, path } }: Found) =>
    aspect === "exit" || aspect === "stream" || path === "form";
  const seen = all.filter(({ change }) => isSeen(agent, change));
  const same = rows.filter(({ steps }) => steps.flat().length === 0).length;
  const parts: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ["Exit codes and streams:", byChange(seen.filter(isEnd))],
    ["What hardcall reads:", byChange(seen.filter((found) => !isEnd(found)))],
    ["The rest:", byEvent(all.filter(({ change }) => !isSeen(agent, change)))],
  ];
  const changed = new Set(seen.map(({ condition }) => condition)).size;
  return [
    `The published \`${agent.name}\` ${versions.join(", ")} in ${rows.length} conditions. Nothing changed in ${same}. In ${changed} ` +
      "a caller sees a change: of the exit code, of the stream, or of a field that hardcall reads.",
    ...parts.flatMap(([title, body]) =>
      body.length > 0 ? [title, table(["Since", "Change", "Conditions"], body)] : [],
    ),
  ].join("\n\n");
}

/** A row for each change, with all of its conditions. */
function byChange(found: readonly Found[]): string[][] {
  return grouped(found, ({ since, change }) => `${since}|${sentence(change)}`).map(([first, all]) => [
    first.since,
    sentence(first.change),
    shortened(unique(all.map(({ condition }) => condition))),
  ]);
}

/** A row for each event or text. */
function byEvent(found: readonly Found[]): string[][] {
  const subject = ({ since, change }: Found) =>
    `${since}|${change.aspect === "text" ? "text" : eventOf(change.path)}`;
  return grouped(found, subject).map(([first, all]) => {
    const conditions = unique(all.map(({ condition }) => condition));
    return [
      first.since,
      summaryOf(all.map(({ change }) => change)),
      conditions.length > 3 ? `${conditions.length}, such as \`${conditions[0]}\`` : shortened(conditions),
    ];
  });
}

/** The changes of one event: `result`: new `a`, `b`; gone `c`; changed `d`. */
function summaryOf(changes: readonly Change[]): string {
  const [{ aspect, path } = { aspect: "text", path: "" }] = changes;
  if (aspect === "text") return unique(changes.map(sentence)).join("; ");
  const event = eventOf(path);
  const fields = (kind: string, test: (change: Change) => boolean) => {
    const names = unique(changes.filter(test).map((change) => change.path.slice(event.length + 1)));
    return names.length > 0 ? [`${kind} ${names.map((name) => `\`${name}\``).join(", ")}`] : [];
  };
  const isField = (change: Change) => change.aspect === "fields";
  const whole = unique(changes.filter((change) => !isField(change)).map(sentence));
  const parts = [
    ...fields("new", (change) => isField(change) && change.from === undefined),
    ...fields("gone", (change) => isField(change) && change.to === undefined),
    ...fields("changed", (change) => isField(change) && change.from !== undefined && change.to !== undefined),
  ];
  return [...whole, ...(parts.length > 0 ? [`\`${event}\`: ${parts.join("; ")}`] : [])].join("; ");
}

function sentence({ aspect, path, from, to }: Change): string {
  if (aspect === "exit" || aspect === "stream") return `${aspect} \`${String(from)}\` → \`${String(to)}\``;
  const name = `${aspect === "events" ? "event " : ""}\`${path}\``;
  if (from === undefined) return `${name} is new`;
  if (to === undefined) return `${name} is gone`;
  return `${name} ${shown(from)} → ${shown(to)}`;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): (readonly [T, readonly T[]])[] {
  return [...Map.groupBy(items, keyOf).values()].flatMap((all) => (all[0] ? [[all[0], all] as const] : []));
}

const unique = (names: readonly string[]) => [...new Set(names)];
