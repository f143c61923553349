import { execFile } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { titleOf, type Block } from "./page.ts";
import { RUN_PAGES } from "./pages.ts";
import { makeProject, save, type Project } from "./project.ts";

const OPTIONS = {
  module: "nodenext",
  target: "es2024",
  lib: ["es2024", "esnext.disposable"],
  types: ["node"],
  strict: true,
  noEmit: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
};

/** Each page has a folder, in which its blocks may import the files that the page names. */
const folderOf = (page: string) => page.replaceAll(/\W/g, "-");
const fileOf = ({ page, line }: Block) => `${folderOf(page)}/block-${line}.ts`;
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
    save(
      project.folder,
      "tsconfig.json",
      JSON.stringify({ compilerOptions: OPTIONS, include: ["*/block-*.ts"] }),
    );
    problems = await compile(project.folder);
  });

  it.each(blocks.map((block) => [titleOf(block), block] as const))("%s", (_, block) => {
    const own = problems.filter((problem) => problem.startsWith(`${fileOf(block)}(`));
    if (block.steering.failsToCompile) expect(own).not.toEqual([]);
    else expect(own).toEqual([]);
  });

  it("has no other problem", () => {
    expect(problems.filter((problem) => !/\/block-\d+\.ts\(/.test(problem))).toEqual([]);
  });
});

/** The problems, a line each; all pages in one run. tsc exits with 0, or with 1 or 2 if there are some. */
const compile = (folder: string): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const tsc = path.join(ROOT, "node_modules/.bin/tsc");
    execFile(tsc, ["-p", ".", "--pretty", "false"], { cwd: folder, timeout: 50_000 }, (error, stdout) => {
      const problems = stdout.split("\n").filter((line) => /^\S/.test(line));
      if (error !== null && problems.length === 0) reject(error);
      else resolve(problems);
    });
  });
