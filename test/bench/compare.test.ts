import { describe, expect, it } from "vitest";
import { compareFigures, confirmed, told } from "./compare.ts";
import type { Figures } from "./figures.ts";
import type { BenchTable } from "./part.ts";
import { figuresOf, TABLE } from "./tables.ts";

const withRatio = (value: number): Figures =>
  figuresOf([{ ...TABLE, ratios: [{ name: "hardcall × raw", value }] }]);

describe("compareFigures", () => {
  it.each([
    { before: 1, now: 1.24, worse: 0 },
    { before: 1, now: 1.25, worse: 1 },
    { before: 1, now: 0.5, worse: 0 },
    { before: 0, now: 0, worse: 0 },
    { before: 0, now: 1, worse: 1 },
    { before: 1, now: Number.NaN, worse: 0 },
  ])("$before then and $now now: worse by a quarter $worse times", ({ before, now, worse }) => {
    expect(compareFigures(withRatio(before), withRatio(now)).worse).toHaveLength(worse);
  });

  it("names the ratio with both values", () => {
    const comparison = compareFigures(withRatio(1), withRatio(2));
    expect(comparison.worse).toEqual([
      { part: "starts", table: "start", ratio: "hardcall × raw", before: 1, now: 2 },
    ]);
    expect(told(comparison)).toBe(
      [
        "Worse by a quarter or more:",
        "- start: hardcall × raw: 1.00 then, 2.00 now",
        "",
        "1 ratio compared, 1 worse by a quarter or more.",
      ].join("\n"),
    );
  });

  it("says what is no longer measured and what is new, each once", () => {
    const [first, ...rows] = TABLE.rows;
    const then = figuresOf([TABLE, { ...TABLE, id: "end" }]);
    const added = { name: "2 GiB", cells: [] };
    const now: readonly BenchTable[] = [
      { ...TABLE, rows: [...rows, added] },
      { ...TABLE, id: "middle" },
    ];
    const comparison = compareFigures(then, figuresOf(now));
    expect(first?.name).toBe("50 MiB");
    expect(comparison.gone).toEqual(['starts › start › row "50 MiB"', "starts › end"]);
    expect(comparison.added).toEqual(['starts › start › row "2 GiB"', "starts › middle"]);
  });

  it("says nothing of parts that were not asked for now", () => {
    const then = figuresOf([TABLE], "starts");
    const comparison = compareFigures(then, figuresOf([{ ...TABLE, id: "end" }], "ends"));
    expect(comparison.gone).toEqual([]);
    expect(comparison.added).toEqual(["ends"]);
  });

  it("says first that a file is of another machine, another Node or a quick run", () => {
    const now = figuresOf([TABLE]);
    const then: Figures = {
      ...now,
      machine: { ...now.machine, processor: "8 × other", node: "22.18.0" },
      parts: now.parts.map((part) => ({ ...part, effort: "quick" })),
    };
    const lines = told(compareFigures(then, now)).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "The two runs differ, so their figures say less about the change:",
      "- processor: 8 × other then, 2 × AMD EPYC now",
      "- Node: 22.18.0 then, 24.21.0 now",
      "- starts: a quick run then, a full run now",
    ]);
  });

  it("compares a file with what it was before it was written", () => {
    const figures = figuresOf([TABLE]);
    const read = JSON.parse(JSON.stringify(figures)) as Figures;
    expect(compareFigures(read, figures)).toMatchObject({ doubts: [], worse: [], gone: [], added: [] });
  });
});

describe("confirmed", () => {
  it("keeps what is worse in both runs, with the better value", () => {
    const [first, second, third] = [1.3, 2, 1].map(
      (value) => compareFigures(withRatio(1), withRatio(value)).worse,
    );
    expect(confirmed(second ?? [], first ?? [])).toMatchObject([{ now: 1.3 }]);
    expect(confirmed(second ?? [], third ?? [])).toEqual([]);
  });
});
