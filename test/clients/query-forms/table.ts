import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { ROOT } from "../../helpers/files.ts";
import { CAP_S, MODES } from "./modes.ts";
import type { Row } from "./run.ts";

const PAGE = path.join(ROOT, "docs/bigquery-timeouts.md");

/** Replaces one of the page's tables, if `WRITE_TABLE=1` is set. */
export async function writeTable(
  name: "python" | "node",
  client: string,
  rows: readonly Row[],
): Promise<void> {
  if (process.env["WRITE_TABLE"] !== "1") return;
  const begin = `<!-- ${name}: begin, written by npm run test:clients -->`;
  const end = `<!-- ${name}: end -->`;
  const [before, rest] = readFileSync(PAGE, "utf8").split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${begin} … ${end}`);
  const page = `${before}${begin}\n\n${client}\n\n${tableOf(rows)}\n\n${end}${after}`;
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE }));
}

function tableOf(rows: readonly Row[]): string {
  const columns = Object.keys(MODES);
  const lines = rows.flatMap((row) => {
    if ("missing" in row)
      return [`| ${nameOf(row)} | not run here: ${row.missing} |${" |".repeat(columns.length)}`];
    const cells = columns.map((what) => seconds(row.ends[what]?.seconds));
    return [`| ${nameOf(row)} | ${row.form.ends ? "**yes**" : "no"} | ${cells.join(" | ")} |`];
  });
  return [
    `| form | ends | ${columns.join(" | ")} |`,
    `|${" --- |".repeat(columns.length + 2)}`,
    ...lines,
  ].join("\n");
}

const nameOf = ({ form: { title, code } }: Row) => title ?? `\`${code.replaceAll("|", "\\|")}\``;

const seconds = (value: number | undefined) => (value === undefined ? `**> ${CAP_S}**` : value.toFixed(0));
