import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simplePattern } from "../../src/sentinel/count/pattern.ts";
import { walk } from "../../src/sentinel/count/walk.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hardcall-walk-"));
  for (const inside of ["", "a", "a/b", "a/b/a", "b", "b/c.d", ".hidden", "a/.hidden", "2026"]) {
    mkdirSync(path.join(folder, inside), { recursive: true });
    for (const name of ["a", "x.md", "y.md", "x.MD", ".x.md", "we[ird].md", "x.md~", "(1) $.md"]) {
      const file = path.join(folder, inside, inside.startsWith("a") && name === "a" ? "aa" : name);
      if (inside !== "" || name !== "a") writeFileSync(file, "text");
    }
  }
  symlinkSync("a", path.join(folder, "link"));
  symlinkSync("x.md", path.join(folder, "linked.md"));
  symlinkSync("nowhere", path.join(folder, "broken.md"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Node.js also finds folders, which no sentinel counts, and a walk may find what a look shows not to be there. */
const filesOf = (found: readonly string[]) => found.filter(isNoFolder).toSorted();
const isNoFolder = (name: string) =>
  lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory() === false;

async function walked(pattern: string): Promise<string[]> {
  const found: string[] = [];
  await walk(folder, pattern, async (names) => void found.push(...names));
  return filesOf(found);
}

async function globbed(pattern: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of glob(pattern, { cwd: folder })) found.push(name);
  return filesOf(found);
}

const SIMPLE = [
  "*.md",
  "**/*.md",
  "**",
  "*",
  "a/**",
  "a/b/*",
  "*/*.md",
  "**/b/*.md",
  "*/b/**/x.md",
  "**/a/*/*.md",
  "**/x.md",
  "**/.hidden/*",
  ".hidden/**",
  "link/*.md",
  "link/**/*.md",
  "./*.md",
  "././a/*.md",
  "x?md",
  "*??md",
  "*.{md,MD}",
  "**/{x,y}.md",
  "{a,b}/*.md",
  "x*md*",
  "x.md/**",
  "nowhere/*.md",
  "x.md/*",
  "2026/*",
  "* $.md",
];

describe("a walk finds what Node.js's glob finds", () => {
  it.each(SIMPLE)("of %j, which it reads itself", async (pattern) => {
    const ignoresCase = process.platform === "win32" || process.platform === "darwin";
    if (!ignoresCase) expect(simplePattern(pattern)).toBeDefined();
    expect(await walked(pattern)).toEqual(await globbed(pattern));
  });

  it.each([
    "x.md",
    "[xy].md",
    "!(x).md",
    "../*/x.md",
    "a/../*.md",
    "{*,a/*}.md",
    "**.md",
    "\\*.md",
    "a//*.md",
  ])("of %j, which it leaves to Node.js", async (pattern) => {
    expect(simplePattern(pattern)).toBeUndefined();
    expect(await walked(pattern)).toEqual(await globbed(pattern));
  });

  it("of any pattern that is made of these", async () => {
    const part = fc.constantFrom(
      "**",
      "*",
      "a",
      "b",
      "*.md",
      "*?*",
      "?*",
      "{a,b}",
      "x.*",
      ".*",
      ".hidden",
      "[ab]",
    );
    const patterns = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    await fc.assert(
      fc.asyncProperty(patterns, async (pattern) => {
        const found = await walked(pattern);
        expect([...new Set(found)]).toEqual(found);
        expect(found).toEqual(await globbed(pattern));
      }),
      { numRuns: 300 },
    );
  });
});
