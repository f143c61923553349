import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { anchorsOf, linksOf, testsNamedIn } from "./links.ts";
import { readPage } from "./page.ts";
import { ALL_PAGES } from "./pages.ts";

const { files } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { files: string[] };

/** What `npm pack` takes along, named in package.json or not. */
const shipped = (file: string) =>
  /^(README\.md|LICENSE|package\.json)$/.test(file) ||
  (!files.includes(`!${file}`) && files.some((entry) => file === entry || file.startsWith(`${entry}/`)));

/** A link of this page to a file of ours, or to an anchor, that leads nowhere. */
function problemOf(page: string, target: string): string | undefined {
  const [file = "", anchor] = decodeURI(target).split("#");
  const goal = file === "" ? page : path.join(path.dirname(page), file);
  if (!existsSync(path.join(ROOT, goal))) return `${goal} is not there`;
  if (shipped(page) && !shipped(goal)) return `${goal} is not in the package`;
  if (anchor === undefined || !goal.endsWith(".md")) return undefined;
  return anchorsOf(readPage(goal)).has(anchor) ? undefined : `${goal} has no heading #${anchor}`;
}

describe.each(ALL_PAGES)("$name", (page) => {
  const links = linksOf(page).filter(({ target }) => !/^[a-z]+:/i.test(target));

  it("links to what is there", () => {
    const broken = links.flatMap(({ target, line }) => {
      const problem = problemOf(page.name, target);
      return problem === undefined ? [] : [`line ${line}: ${problem}`];
    });
    expect(broken).toEqual([]);
  });

  // npm shows the README alone, and finds no file beside it. The pages of docs/ are read where their charts are.
  it("has no image that npm cannot show", () => {
    expect(page.name === "README.md" ? links.filter(({ isImage }) => isImage) : []).toEqual([]);
  });

  it("names tests that are there", () => {
    expect(testsNamedIn(page).filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it("says of each block what language it is in", () => {
    expect(page.blocks.filter(({ language }) => language === "").map(({ line }) => `line ${line}`)).toEqual(
      [],
    );
  });
});
