import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";
import { ROOT } from "../helpers/files.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { compile } from "./compile.ts";
import { readPage } from "./page.ts";
import { makeProject, save, type Project } from "./project.ts";

const FIXTURES = path.join(ROOT, "test/fixtures/recipes");

// In the cache folder and no devDependencies: 14 MB and 255 MB. What their install scripts would build is not used here.
const bullmq = await cachedPackageOrReason("bullmq", "6.7.0", ["--ignore-scripts"]);
const temporal = await cachedPackageOrReason("@temporalio/testing", "1.24.0", ["--ignore-scripts"]);
for (const found of [bullmq, temporal]) {
  if ("reason" in found) console.warn(`The tests of a recipe are skipped: ${found.reason}`);
}

/** A call id. */
const ANY_ID: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);

/** A reader's project with the files of a page, the queue's packages, and what runs the page's code here. */
function projectOf(page: string, found: { readonly folder: string } | object, packages: readonly string[]) {
  const project = makeProject();
  onTestFinished(project.remove);
  // As the pages ask for by `npm pkg set type=module`.
  save(project.folder, "package.json", '{ "type": "module", "private": true }\n');
  for (const { code, steering } of readPage(`docs/recipes/${page}.md`).blocks) {
    if (steering.file !== undefined) save(project.folder, steering.file, code);
  }
  for (const name of ["blog.ts", `${page}-run.ts`]) {
    copyFileSync(path.join(FIXTURES, name), path.join(project.folder, name));
  }
  for (const name of packages) {
    const target = path.join((found as { readonly folder: string }).folder, name);
    const link = path.join(project.folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
  return project;
}

async function run({ folder, env }: Project, page: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [`${page}-run.ts`, ...args], {
    cwd: folder,
    env,
    timeout: 50_000,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as unknown;
}

describe.skipIf("reason" in bullmq)("the BullMQ recipe", () => {
  test("compiles against BullMQ", async () => {
    const { folder } = projectOf("bullmq", bullmq, ["bullmq"]);
    expect(await compile(folder, ["*.ts"])).toEqual([]);
  });

  test("does with each job what its call's outcome asks for", async () => {
    const url = await freshDatabase();
    const done = await run(projectOf("bullmq", bullmq, ["bullmq"]), "bullmq", url);
    const completed = { answer: { status: 200, callId: ANY_ID }, attemptsMade: 1 };
    const aside = (what: string, attemptsMade: number) => ({
      answer: expect.stringMatching(new RegExp(`^${what}, call [0-9a-f-]{36}: The call "publish-post" `)),
      attemptsMade,
    });
    expect(done).toEqual({
      outcomes: {
        works: completed,
        "delivered again": completed,
        slow: completed,
        meanwhile: { state: "delayed", attemptsMade: 0 },
        limited: { ...completed, attemptsMade: 2 },
        refused: aside("invalid_request, effect rejected", 1),
        dies: aside("job_failed, effect unknown", 1),
        // The second delivery finds that the first may have taken effect.
        hangs: aside("in_doubt, effect unknown", 2),
      },
      posts: ["dies", "hangs", "limited", "limited", "refused", "slow", "works"],
    });
  });
});

const TEMPORAL = ["activity", "client", "testing", "worker", "workflow"].map((name) => `@temporalio/${name}`);

describe.skipIf("reason" in temporal)("the Temporal recipe", () => {
  test("compiles against Temporal's packages", async () => {
    const { folder } = projectOf("temporal", temporal, TEMPORAL);
    expect(await compile(folder, ["*.ts"])).toEqual([]);
  });

  test("ends the activity as its call's outcome asks for", async () => {
    const done = await run(projectOf("temporal", temporal, TEMPORAL), "temporal");
    const completed = { status: 200, callId: ANY_ID };
    const failed = (type: string, effect: string, nonRetryable: boolean) => ({
      name: "ApplicationFailure",
      type,
      nonRetryable,
      details: [{ effect, callId: ANY_ID }],
    });
    expect(done).toEqual({
      outcomes: {
        "works 1": completed,
        "works 2": completed,
        "limited 1": failed("rate_limited", "rejected", false),
        "limited 2": completed,
        "refused 1": failed("invalid_request", "rejected", true),
        "refused 2": failed("invalid_request", "rejected", true),
        "dies 1": failed("job_failed", "unknown", true),
        "dies 2": failed("in_doubt", "unknown", true),
        "hangs 1": { name: "CancelledFailure", details: [] },
        "hangs 2": failed("in_doubt", "unknown", true),
      },
      posts: ["dies", "hangs", "limited", "limited", "refused", "refused", "works"],
    });
  });
});
