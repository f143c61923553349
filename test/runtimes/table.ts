import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import type { Checked } from "./programs/lib/check.ts";
import { ROOT } from "./root.ts";
import type { Runtime } from "./runtimes.ts";

const PAGE = path.join(ROOT, "docs/compatibility.md");
const BEGIN = "<!-- runtimes: begin, written by npm run test:runtimes -->";
const END = "<!-- runtimes: end -->";

/** Writes what each runtime showed into docs/compatibility.md. */
export async function writeTable(results: ReadonlyMap<Runtime, readonly Checked[]>): Promise<void> {
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${BEGIN} … ${END}`);
  const written = `${before}${BEGIN}\n\n${tableOf(results)}\n\n${END}${after}`;
  writeFileSync(PAGE, await format(written, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

/** A row for each thing that was tried, a column for each runtime. */
export function tableOf(results: ReadonlyMap<Pick<Runtime, "name" | "version">, readonly Checked[]>): string {
  const all = [...results.values()].flat();
  const rows = [...new Map(all.map((each) => [each.what, each])).values()].map(({ what, guarantees }) => {
    const cells = [...results.values()].map((checks) => cellOf(checks.find((each) => each.what === what)));
    return [what, guarantees.join(", "), ...cells];
  });
  const heads = [...results.keys()].map(({ name, version }) => `${name} ${version}`);
  const lines = [
    ["what was tried", "guarantees", ...heads],
    ["---", "---", ...heads.map(() => "---")],
    ...rows,
  ];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function cellOf(checked: Checked | undefined): string {
  if (checked === undefined) return "not run";
  return checked.problem === undefined ? "yes" : "**fails**";
}
