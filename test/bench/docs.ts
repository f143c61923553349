import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeCharts } from "./chart.ts";
import { differences, merged, parseFigures, type Figures, type Machine } from "./figures.ts";
import { aboutRun, tableText } from "./markdown.ts";
import { PARTS } from "./parts.ts";
import { summaryOf } from "./summary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The pages that have places for tables. */
export const PAGES = ["docs/benchmarks.md", "docs/benchmarks/ledger.md", "docs/scale.md"].map((page) =>
  path.join(ROOT, page),
);
export const CHARTS = path.join(ROOT, "docs/benchmarks");
export const FIGURES = path.join(CHARTS, "figures.json");

/** A place on the page, from its marker to its end. What stands between them is written by `--write-docs` alone. */
const PLACE = /(?<=<!-- bench: (?<id>[\w-]+) -->\n)(?<old>[\s\S]*?)(?=<!-- \/bench -->)/g;

/** The figures that the page shows, if there are any. */
export function shownFigures(): Figures | undefined {
  if (!existsSync(FIGURES)) return undefined;
  const figures = parseFigures(readFileSync(FIGURES, "utf8"));
  if ("wrong" in figures) throw new Error(`${FIGURES} ${figures.wrong}`);
  return figures;
}

/** Why a run of these parts cannot go beside the figures that the pages show, as a sentence: they are of one machine. */
export function unfit(
  shown: Figures | undefined,
  { machine, parts }: { readonly machine: Machine; readonly parts: readonly string[] },
): string | undefined {
  const others = shown?.parts.map(({ name }) => name).filter((name) => !parts.includes(name)) ?? [];
  const doubts = shown === undefined ? [] : differences(shown.machine, machine);
  if (others.length === 0 || doubts.length === 0) return undefined;
  return `the other figures of the page are of another machine (${doubts.join("; ")}): also measure ${others.join(", ")}`;
}

/** The page in this file with the tables of these figures in their places. */
export function pageWith(file: string, page: string, figures: Figures): string {
  const texts = new Map([
    ["machine", aboutRun(figures)],
    ["summary", summaryOf(figures)],
  ]);
  const charts = path.relative(path.dirname(file), CHARTS).split(path.sep);
  for (const part of figures.parts) {
    for (const table of part.tables) {
      const chart = table.chart && path.posix.join(...charts, `${table.id}.svg`);
      texts.set(table.id, tableText(table, part, chart));
    }
  }
  return page.replaceAll(PLACE, (old, id: string) => {
    const text = texts.get(id);
    return text === undefined ? old : `\n${text}\n\n`;
  });
}

/** The ids of the places that a page has. */
export const placesOf = (page: string): string[] =>
  [...page.matchAll(PLACE)].map(({ groups }) => groups?.["id"] as string);

/** Writes pages, charts and figures. @returns what does not fit, as sentences */
export async function writeDocs(now: Figures): Promise<string[]> {
  const order = PARTS.map(({ name }) => name);
  const figures = merged(shownFigures(), now, order);
  const places: string[] = [];
  for (const page of PAGES) {
    const text = readFileSync(page, "utf8");
    places.push(...placesOf(text));
    writeFileSync(page, await formatted(page, pageWith(page, text, figures)));
  }
  writeFileSync(FIGURES, await formatted(FIGURES, JSON.stringify(figures)));
  const tables = figures.parts.flatMap((part) => part.tables);
  for (const file of readdirSync(CHARTS)) if (file.endsWith(".svg")) rmSync(path.join(CHARTS, file));
  writeCharts(CHARTS, tables);
  const ids = ["machine", "summary", ...tables.map(({ id }) => id)];
  return [
    ...ids.filter((id) => !places.includes(id)).map((id) => `no page has a place for the table ${id}`),
    ...places.filter((id) => !ids.includes(id)).map((id) => `no figures for the place ${id}`),
  ];
}

/** As `npm run lint` wants it. */
export async function formatted(file: string, text: string): Promise<string> {
  const prettier = await import("prettier");
  const config = await prettier.resolveConfig(file);
  return await prettier.format(text, { ...config, filepath: file });
}
