import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOf } from "./check-block.ts";
import { titleOf, type Block } from "./page.ts";
import { RUN_PAGES } from "./pages.ts";
import { makeProject, save, type Project } from "./project.ts";
import type { Ended } from "./run-block.ts";

// Pages side by side; the blocks of a page one after the other in one folder, as a reader would type them.
describe.concurrent.each(RUN_PAGES)("$name", ({ blocks }) => {
  const checks = blocks.flatMap((block) => {
    const check = checkOf(block);
    return check === undefined ? [] : [[titleOf(block), block, check] as const];
  });
  let project: Project;
  let last: Ended | undefined;
  beforeAll(() => {
    project = makeProject();
  });
  afterAll(() => project.remove());

  for (const [title, block, check] of checks) {
    it.skipIf(lacks(block))(title, { concurrent: false }, async () => {
      if (block.steering.file !== undefined) save(project.folder, block.steering.file, block.code);
      const { expected, actual, ended } = await check(project, block, last);
      last = ended ?? last;
      expect(actual).toEqual(expected);
    });
  }
});

/** Whether this machine has not what the block needs. */
const lacks = ({ language, steering }: Block): boolean => {
  const needs = language === "python" ? ["python3", ...steering.needs] : steering.needs;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return needs.some((program) => !folders.some((folder) => existsSync(path.join(folder, program))));
};
