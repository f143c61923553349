import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";

/** A table, in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Parts that names have in common are written once: `{ok,empty}/{text,json}`. */
export function shortened(names: readonly string[]): string {
  const split = names.map((name) => {
    const cut = name.lastIndexOf("/");
    return { stem: name.slice(0, Math.max(cut, 0)), end: name.slice(cut + 1) };
  });
  const byStem = [...Map.groupBy(split, ({ stem }) => stem)].map(([stem, of]) => ({
    stem,
    ends: of.map(({ end }) => end),
  }));
  return [...Map.groupBy(byStem, ({ stem, ends }) => (stem === "" ? "" : ends.join(",")))]
    .flatMap(([ends, of]) => {
      if (ends === "") return of.flatMap((group) => group.ends.map((end) => `\`${end}\``));
      return [`\`${alternatives(of.map(({ stem }) => stem))}/${alternatives(ends.split(","))}\``];
    })
    .join(", ");
}

const alternatives = (of: readonly string[]) => (of.length === 1 ? of[0] : `{${of.join(",")}}`);

/** A value as a cell shows it. */
export function shown(value: unknown, length = 60): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  const short = text.length > length ? `${text.slice(0, length - 1)}…` : text;
  return `\`${short.replaceAll("`", "'")}\``;
}

/**
 * Puts the text between the markers of that name: `<!-- conformance: NAME -->` and `<!-- end -->`. A file that is not
 * there is made. Prettier would pad each cell to the longest of its column, so it leaves the text alone.
 *
 * @throws Error when the file has no such markers
 */
export async function writeBetweenMarkers(file: string, name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- conformance: ${name} -->`, "<!-- end -->"];
  const page = existsSync(file) ? await readFile(file, "utf8") : `${begin}\n\n${end}\n`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no markers ${begin} and ${end}`);
  const [off, on] = ["<!-- prettier-ignore-start -->", "<!-- prettier-ignore-end -->"];
  const before = page.slice(0, from + begin.length);
  await writeFile(file, `${before}\n\n${off}\n\n${text}\n\n${on}\n\n${page.slice(to)}`);
}
