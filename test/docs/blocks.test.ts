import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "../helpers/postgres.ts";
import { checkOf } from "./check-block.ts";
import { titleOf, type Block } from "./page.ts";
import { RUN_PAGES } from "./pages.ts";
import { makeProject, save, type Project } from "./project.ts";
import type { Ended } from "./run-block.ts";

/** A page that names it has an empty database of its own in it. */
const DATABASE = "DATABASE_URL";

type Database = Awaited<ReturnType<typeof createDatabase>>;

// Pages side by side; the blocks of a page one after the other in one folder, as a reader would type them.
describe.concurrent.each(RUN_PAGES)("$name", ({ blocks }) => {
  const checks = blocks.flatMap((block) => {
    const check = checkOf(block);
    return check === undefined ? [] : [[titleOf(block), block, check] as const];
  });
  let project: Project;
  let last: Ended | undefined;
  let database: Database | undefined;
  beforeAll(async () => {
    project = makeProject();
    if (!blocks.some(({ code }) => code.includes(DATABASE))) return;
    database = await createDatabase();
    project.env[DATABASE] = database.url;
  });
  afterAll(async () => {
    project.remove();
    await database?.drop();
  });

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
