import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleOf } from "./chart/scale.ts";
import { widthOf } from "./chart/svg.ts";
import { chartOf } from "./chart.ts";
import type { BenchTable } from "./part.ts";
import { TABLE } from "./tables.ts";

/** What a reader sees, in the order of the file. */
const textsIn = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

describe("chartOf", () => {
  it.each(["bars", "lines"] as const)("%s: title, legend, rows and unit are text", (kind) => {
    const svg = chartOf({ ...TABLE, chart: { ...TABLE.chart!, kind } }) ?? "";
    expect(textsIn(svg)).toEqual(
      expect.arrayContaining(["What a start costs", "raw", "hardcall", "50 MiB", "1 GiB", "ms"]),
    );
    expect(svg).toContain("<desc>A start takes 2 ms.</desc>");
  });

  it("has colours for dark and light, no script, and nothing from elsewhere", () => {
    const svg = chartOf(TABLE) ?? "";
    expect(svg).toContain("@media (prefers-color-scheme:dark)");
    expect(svg).not.toMatch(/<script|href|url\(|@import|@font-face/);
  });

  it("a bar without a figure says so: the host may have crashed", () => {
    const svg = chartOf({ ...TABLE, chart: { kind: "bars", columns: ["own"], unit: "ms" } }) ?? "";
    expect(svg.match(/<rect class="bar/g)).toHaveLength(1);
    expect(textsIn(svg)).toContain("no figure");
  });

  it("reads null as no figure: so JSON holds it", () => {
    const read = JSON.parse(JSON.stringify(TABLE)) as BenchTable;
    expect(chartOf(read)).toBe(chartOf(TABLE));
  });

  it("puts rows where their numbers are: 1 GiB is 1024 MiB", () => {
    const rows = ["512 MiB", "1 GiB", "2 GiB"].map((name) => ({ name, cells: [1, 1] }));
    const svg = chartOf({ ...TABLE, rows, chart: { kind: "lines", columns: ["raw"], unit: "ms" } }) ?? "";
    const [first = 0, second = 0, third = 0] = [...svg.matchAll(/<circle[^>]* cx="([\d.]+)"/g)].map(([, x]) =>
      Number(x),
    );
    expect((third - second) / (second - first)).toBeCloseTo(2, 1);
  });

  it("leaves out the name of a row that would lie on that of another", () => {
    const rows = ["1", "300", "310", "1,000"].map((name) => ({ name, cells: [1, 1] }));
    const svg = chartOf({ ...TABLE, rows }) ?? "";
    expect(textsIn(svg)).toEqual(expect.arrayContaining(["1", "310", "1,000"]));
    expect(textsIn(svg)).not.toContain("300");
    expect(svg.match(/<circle/g)).toHaveLength(8);
  });

  it("leaves room between the names of rows: 300 beside 400 does not read 300400", () => {
    const names = ["1", "16", "100", "300", "400", "1,000"];
    const svg = chartOf({ ...TABLE, rows: names.map((name) => ({ name, cells: [1, 1] })) }) ?? "";
    const shown = names.flatMap((name) => {
      const [, x] = new RegExp(`<text x="([\\d.]+)"[^>]*"middle"[^>]*>${name}<`).exec(svg) ?? [];
      const half = widthOf(name) / 2;
      return x === undefined ? [] : [{ from: Number(x) - half, to: Number(x) + half }];
    });
    expect(shown).toHaveLength(5);
    for (const [index, { from }] of shown.slice(1).entries())
      expect(from - (shown[index]?.to ?? 0)).toBeGreaterThan(widthOf(" "));
  });

  it("cuts no name of a row on the pages", () => {
    const name = "another process holds the write lock, one after the other";
    const svg = chartOf({
      ...TABLE,
      rows: [{ name, cells: [1, 1] }],
      chart: { kind: "bars", columns: ["raw"], unit: "ms" },
    });
    const end = Number(new RegExp(`<text x="([\\d.]+)"[^>]*>${name}`).exec(svg ?? "")?.[1]);
    expect(end).toBeGreaterThanOrEqual(widthOf(name));
  });

  it("escapes what SVG would read as a tag", () => {
    const svg = chartOf({ ...TABLE, title: "a < b & c" }) ?? "";
    expect(svg).toContain("<title>a &lt; b &amp; c</title>");
  });

  it("draws nothing of a table without a chart, and refuses a column that is not there", () => {
    const { chart, ...plain } = TABLE;
    expect(chartOf(plain)).toBeUndefined();
    expect(() => chartOf({ ...plain, chart: { ...chart!, columns: ["other"] } })).toThrow(
      'table start draws a column "other" that it has not',
    );
  });
});

describe("scaleOf", () => {
  const values = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 9 });

  it("has all values between its ends, larger ones further on, and few ticks", () => {
    fc.assert(
      fc.property(values, fc.boolean(), (list, logarithmic) => {
        const { at, ticks } = scaleOf(list, logarithmic);
        const places = list.toSorted((one, other) => one - other).map(at);
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const place of places) expect(place).toBeGreaterThanOrEqual(0);
        for (const place of places) expect(place).toBeLessThanOrEqual(1 + 1e-9);
        expect(at(ticks.at(-1) ?? 0)).toBeCloseTo(1);
        expect(ticks.length).toBeLessThan(20);
      }),
    );
  });

  it.each([
    { list: [68, 3], logarithmic: false, ticks: [0, 20, 40, 60, 80] },
    { list: [0.3], logarithmic: false, ticks: [0, 0.1, 0.2, 0.3] },
    { list: [], logarithmic: false, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { list: [0.5, 68], logarithmic: true, ticks: [0.1, 1, 10, 100] },
    { list: [0, 10], logarithmic: true, ticks: [10, 100] },
  ])("$list, logarithmic $logarithmic: $ticks", ({ list, logarithmic, ticks }) => {
    expect(scaleOf(list, logarithmic).ticks).toEqual(ticks);
  });
});
