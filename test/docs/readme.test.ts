import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { linksOf } from "./links.ts";
import { readPage } from "./page.ts";

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const page = readPage("README.md");
const cellsOf = (row: string) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

describe("the README", () => {
  it("is read in one go: at most 150 lines", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  });

  it("has the two commands of a fresh clone", () => {
    const lines = page.blocks.flatMap(({ code }) => code.split("\n"));
    expect(lines).toEqual(expect.arrayContaining(["npm ci && npm run demo", "npm ci && npm test"]));
  });

  it("shows the example that test/examples runs", () => {
    const [example] = page.blocks.filter(({ language }) => language === "ts");
    expect(example?.code).toBe(read("examples/readme.ts"));
  });

  it("leads to every page of docs/", () => {
    const targets = linksOf(page).map(({ target }) => target.split("#")[0]);
    expect(targets).toEqual(expect.arrayContaining(globSync("docs/*.md", { cwd: ROOT })));
  });

  it("compares with others by rows of the benchmark", () => {
    const measured = readPage("docs/benchmarks.md").prose.map((line) => {
      const [, spawn, , execaBoth, , , zx, hardcall] = cellsOf(line);
      return [spawn, execaBoth, zx, hardcall];
    });
    const rows = page.prose.filter((line) => /\d left/.test(line) && line.startsWith("|")).map(cellsOf);
    expect(rows).toHaveLength(4);
    for (const [, ...cells] of rows) expect(measured).toContainEqual(cells);
  });
});
