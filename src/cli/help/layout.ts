import { paint } from "../terminal/paint.ts";

/** Columns that the help fits into. */
const WIDTH = 100;
const GAP = "  ";

/** Words as lines of at most `width` columns; each but the first behind `indent` spaces. */
export function wrap(text: string, width = WIDTH, indent = 0): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width - indent) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}

/** Two columns under each other: a name and what it is. A long name has a line of its own. */
export function twoColumns(rows: readonly (readonly [string, string])[], left: number): string {
  const indent = GAP.length + left + GAP.length;
  return rows
    .map(([name, text]) => {
      const start = `${GAP}${paint("cyan", name)}`;
      const between =
        name.length > left ? `\n${" ".repeat(indent)}` : " ".repeat(left - name.length + GAP.length);
      return `${start}${between}${wrap(text, WIDTH, indent)}\n`;
    })
    .join("");
}

export const title = (text: string): string => `${paint("bold", text)}\n`;

/** The widest name, where it leaves enough room for the text. */
export const leftColumn = (names: readonly string[], most = 26): number =>
  Math.max(...names.map(({ length }) => length).filter((length) => length <= most));
