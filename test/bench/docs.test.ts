import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { chartOf } from "./chart.ts";
import { CHARTS, formatted, PAGES, pageWith, placesOf, shownFigures, unfit } from "./docs.ts";
import { merged } from "./figures.ts";
import type { Row } from "./part.ts";
import { summaryOf } from "./summary.ts";
import { figuresOf, TABLE } from "./tables.ts";

const figures = shownFigures();
const tables = figures?.parts.flatMap((part) => part.tables) ?? [];
const pages = PAGES.map((page) => [path.basename(page), page] as const);

// What differs was written by hand, or before the code changed: `npm run bench -- --write-docs` writes it.
describe("the pages of the benchmark", () => {
  it("have one place for every table of figures.json", () => {
    const places = PAGES.flatMap((page) => placesOf(readFileSync(page, "utf8")));
    expect(new Set(places).size).toBe(places.length);
    expect(places).toEqual(expect.arrayContaining(["machine", "summary", ...tables.map(({ id }) => id)]));
  });

  it.each(pages)("%s shows the figures of figures.json", async (_, page) => {
    const text = readFileSync(page, "utf8");
    expect(text).toBe(await formatted(page, pageWith(page, text, figures!)));
  });

  it("have a chart for each table that asks for one, no other, each under 12 kB", () => {
    const charts = readdirSync(CHARTS).filter((file) => file.endsWith(".svg"));
    const drawn = tables.filter(({ chart }) => chart !== undefined);
    expect(charts.toSorted()).toEqual(drawn.map(({ id }) => `${id}.svg`).toSorted());
    for (const table of drawn) {
      const file = path.join(CHARTS, `${table.id}.svg`);
      expect(readFileSync(file, "utf8")).toBe(chartOf(table));
      expect(statSync(file).size).toBeLessThan(12_000);
    }
  });

  it("say in one sentence what a table means, without a link: the pages are in two folders", () => {
    for (const { means } of tables) {
      expect(means.replaceAll(/\d\.\d/g, "")).toMatch(/^[^.]+\.$/);
      expect(means).not.toContain("](");
    }
  });

  it("show charts that are there", () => {
    const shown = pages.flatMap(([, page]) =>
      [...readFileSync(page, "utf8").matchAll(/\(([\w./-]+\.svg)\)/g)].map(([, chart = ""]) =>
        path.resolve(path.dirname(page), chart),
      ),
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const chart of shown) expect(existsSync(chart)).toBe(true);
  });
});

describe("how many timeouts at once the bound holds for", () => {
  const named = [
    ["README.md", /when ([\d,]+) calls time out at once/],
    ["docs/guarantees.md", /bound of 1 holds for ([\d,]+) calls that time out at the same moment/],
  ] as const;

  it.each(named)(
    "%s names a number that was measured to keep it, as were all smaller ones",
    (page, sentence) => {
      const count = sentence.exec(readFileSync(path.join(CHARTS, "../..", page), "utf8"))?.[1];
      const { columns, rows } = tables.find(({ id }) => id === "timeouts")!;
      const cell = (row: Row, id: string) => row.cells[columns.findIndex((column) => column.id === id) - 1];
      const upTo = rows.slice(0, rows.findIndex(({ name }) => name === count) + 1);
      expect(upTo.at(-1)?.name).toBe(count);
      for (const row of upTo) expect(cell(row, "late")).toBeLessThanOrEqual(cell(row, "allowed") as number);
    },
  );
});

describe("pageWith", () => {
  const FILE = path.join(CHARTS, "../page.md");
  const page =
    "# A page\n\n<!-- bench: start -->\n\nold\n\n<!-- /bench -->\n\n<!-- bench: other -->\n\nkept\n\n<!-- /bench -->\n";

  it("writes a table, its meaning, its chart and its limits between its markers, and nothing else", () => {
    expect(pageWith(FILE, page, figuresOf([TABLE]))).toBe(
      [
        "# A page\n",
        "<!-- bench: start -->\n",
        "A start takes 2 ms.\n",
        "![What a start costs](benchmarks/start.svg)\n",
        "| memory | raw, ms | hardcall, ms |",
        "| --- | ---: | ---: |",
        "| 50 MiB | 1.00 | 2.0 (1.5-4.0) |",
        "| 1 GiB | 36.00 |  |\n",
        "|  | measured | at most |",
        "| --- | ---: | ---: |",
        "| 50 MiB: hardcall × raw | **2.00** | 1.10 |\n",
        "Median (lowest-highest). 2026-11-22, load 0.4.\n",
        "<!-- /bench -->\n",
        "<!-- bench: other -->\n",
        "kept\n",
        "<!-- /bench -->\n",
      ].join("\n"),
    );
  });

  it("names the chart as seen from the page's folder", () => {
    expect(pageWith(path.join(CHARTS, "page.md"), page, figuresOf([TABLE]))).toContain("](start.svg)");
  });

  it("writes the same again", () => {
    const written = pageWith(FILE, page, figuresOf([TABLE]));
    expect(pageWith(FILE, written, figuresOf([TABLE]))).toBe(written);
  });
});

describe("summaryOf", () => {
  const asked = { ...TABLE, id: "call-cost" };

  it("answers what a user asks with the sentence of a table, and tells which figures are over their limits", () => {
    expect(summaryOf(figuresOf([asked, { ...TABLE, id: "fake-start" }]))).toBe(
      [
        "- [What does a call cost?](#what-a-call-costs) A start takes 2 ms.\n",
        "Of 2 figures with a limit, 2 are over it (the limit in brackets): " +
          "50 MiB: hardcall × raw 2.00 (1.10); 50 MiB: hardcall × raw 2.00 (1.10).",
      ].join("\n"),
    );
  });

  it("says so when all keep their limits", () => {
    const ratios = [{ name: "one", value: 1, limit: 2 }];
    expect(summaryOf(figuresOf([{ ...asked, ratios }]))).toMatch(/\n\nAll 1 figures with a limit keep it\.$/);
  });

  it("answers every question from the figures that the pages show", () => {
    expect(summaryOf(figures!).match(/^- \[/gm)).toHaveLength(9);
  });
});

describe("unfit", () => {
  const { machine } = figuresOf([]);
  const other = { ...machine, node: "22.18.0" };
  const shown = figuresOf([TABLE], "starts");

  it("is a run of some parts on another machine than the others", () => {
    expect(unfit(shown, { machine: other, parts: ["ends"] })).toBe(
      "the other figures of the page are of another machine (Node: 24.21.0 then, 22.18.0 now): also measure starts",
    );
  });

  it.each([
    { shown: undefined, now: { machine: other, parts: ["ends"] } },
    { shown, now: { machine, parts: ["ends"] } },
    { shown, now: { machine: other, parts: ["starts", "ends"] } },
  ])("is no run on the same machine, and none of all parts", ({ shown: before, now }) => {
    expect(unfit(before, now)).toBeUndefined();
  });
});

describe("merged", () => {
  it("forgets a part that is none any more", () => {
    expect(
      merged(figuresOf([TABLE], "gone"), figuresOf([], "a"), ["a"]).parts.map(({ name }) => name),
    ).toEqual(["a"]);
  });

  it("keeps the parts that were not measured anew, in the order of the list", () => {
    const [older, newer] = [figuresOf([TABLE], "b"), figuresOf([], "a")];
    const both = merged({ ...older, parts: [...older.parts, ...figuresOf([TABLE], "a").parts] }, newer, [
      "a",
      "b",
    ]);
    expect(both.parts.map(({ name, tables: list }) => [name, list.length])).toEqual([
      ["a", 0],
      ["b", 1],
    ]);
  });
});
