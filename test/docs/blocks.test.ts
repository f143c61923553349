import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOf } from "./check-block.ts";
import { titleOf } from "./page.ts";
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

  it.each(checks)("%s", { concurrent: false }, async (_, block, check) => {
    if (block.steering.file !== undefined) save(project.folder, block.steering.file, block.code);
    const { expected, actual, ended } = await check(project, block, last);
    last = ended ?? last;
    expect(actual).toEqual(expected);
  });
});
