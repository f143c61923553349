import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "./compile.ts";
import { titleOf, type Block } from "./page.ts";
import { RUN_PAGES } from "./pages.ts";
import { makeProject, save, type Project } from "./project.ts";

/** Each page has a folder, in which its blocks may import the files that the page names. */
const folderOf = (page: string) => page.replaceAll(/\W/g, "-");
const fileOf = ({ page, line }: Block) => `${folderOf(page)}/block-${line}.mts`;
const blocks = RUN_PAGES.flatMap((page) => page.blocks.filter(({ language }) => language === "ts"));

describe.skipIf(blocks.length === 0)("the TypeScript of the pages", () => {
  let project: Project;
  afterAll(() => project.remove());
  let problems: readonly string[] = [];

  beforeAll(async () => {
    project = makeProject();
    for (const block of blocks) {
      save(project.folder, fileOf(block), block.code);
      const { file } = block.steering;
      if (file !== undefined) save(project.folder, `${folderOf(block.page)}/${file}`, block.code);
    }
    problems = await compile(project.folder, ["*/block-*.mts"]);
  });

  it.each(blocks.map((block) => [titleOf(block), block] as const))("%s", (_, block) => {
    const own = problems.filter((problem) => problem.startsWith(`${fileOf(block)}(`));
    if (block.steering.failsToCompile) expect(own).not.toEqual([]);
    else expect(own).toEqual([]);
  });

  it("has no other problem", () => {
    expect(problems.filter((problem) => !/\/block-\d+\.mts\(/.test(problem))).toEqual([]);
  });
});
