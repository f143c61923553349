import type { Agent } from "./agents/agent.ts";
import { shortened, table } from "./markdown.ts";
import { summary, verdict, type Row } from "./table.ts";

/** How the fake compares with a published version, by condition. Conditions that end in the same way share a row. */
export function fakeMarkdown(agent: Agent, version: string, rows: readonly Row[]): string {
  const groups = new Map<string, { readonly cells: readonly string[]; readonly names: string[] }>();
  for (const row of rows) {
    const cells = [row.genuine.exit, row.genuine.streams, verdict(row)];
    const [first = ""] = row.name.split("/");
    const key = [first, ...cells].join("|");
    const group = groups.get(key) ?? { cells, names: [] };
    group.names.push(row.name);
    groups.set(key, group);
  }
  const body = [...groups.values()].map(({ cells, names }) => [shortened(names), ...cells]);
  return [
    `${summary(agent, version, rows)}.`,
    table(["Condition", "Exit", "Streams", "The fake"], body),
  ].join("\n\n");
}
