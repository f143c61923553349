import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { format, resolveConfig } from "prettier";

export type Cell = string;

/** A table, in Markdown. */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Names that differ in their last part only are written once: `ok/{text,json}`. */
export function shortened(names: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const cut = name.lastIndexOf("/") + 1;
    const stem = name.slice(0, cut);
    groups.set(stem, [...(groups.get(stem) ?? []), name.slice(cut)]);
  }
  return [...groups]
    .flatMap(([stem, ends]) => {
      if (stem === "") return ends.map((end) => `\`${end}\``);
      return ends.length === 1 ? [`\`${stem}${ends[0]}\``] : [`\`${stem}{${ends.join(",")}}\``];
    })
    .join(", ");
}

/** A value as a cell shows it. */
export function shown(value: unknown, length = 60): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  const short = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  return `\`${short.replaceAll("`", "'")}\``;
}

/**
 * Puts the text between the markers of that name: `<!-- conformance: NAME -->` and `<!-- end -->`. A file that is not
 * there is made.
 *
 * @throws Error when the file has no such markers
 */
export async function writeBetweenMarkers(file: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- conformance: ${name} -->`, "<!-- end -->"];
  const page = existsSync(file) ? await readFile(file, "utf8") : `${begin}\n\n${end}\n`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no markers ${begin} and ${end}`);
  const whole = `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
  await writeFile(file, await format(whole, { ...(await resolveConfig(file)), parser: "markdown" }));
}
