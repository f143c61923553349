import { spawnSync } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXAMPLES } from "../../src/cli/interface/example-list.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { packedProject, type PackedProject } from "./packed-project.ts";

let project: PackedProject;
let copied = 0;

beforeAll(async () => {
  project = await packedProject();
}, 180_000);
afterAll(() => project?.remove());

const hasPython = spawnSync("python3", ["--version"], { timeout: 30_000 }).status === 0;

/** Copies an example into a folder of its own, and runs the lines that it tells to run there. */
async function tried(name: string): Promise<{ readonly folder: string; readonly ends: readonly End[] }> {
  const into = `jobs-${++copied}`;
  const { exitCode, stdout, stderr } = await project.shell(`npx hardcall example ${name} ${into}`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [, told = ""] = stdout.toString().split("To try it:\n");
  const [cd = "", ...lines] = told.split("\n").flatMap((line) => (line === "" ? [] : [line.trim()]));
  expect(cd).toMatch(/^cd /);
  expect(lines).toEqual(EXAMPLES.find((each) => each.name === name)?.run);
  const folder = cd.slice("cd ".length);
  const ends: End[] = [];
  for (const line of lines) {
    const end = await project.shell(line, folder);
    ends.push({ code: end.exitCode, out: end.stdout.toString(), err: end.stderr });
  }
  return { folder: path.join(project.folder, folder), ends };
}

interface End {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const SUCCESS = { code: 0, err: "" };

describe("in a project that has only the packed package, as its header says:", () => {
  it("bigquery-report, with Google's client", async () => {
    const missing = await project.shell("npx hardcall example bigquery-report without-client");
    expect(missing.stdout.toString()).toContain("  npm install @google-cloud/bigquery google-auth-library\n");
    project.link("@google-cloud/bigquery", "google-auth-library");
    const { ends } = await tried("bigquery-report");
    expect(ends).toEqual([
      { ...SUCCESS, out: expect.stringContaining("after: 2 jobs started, 1 cancelled\n") },
    ]);
  });

  it("claude-draft", async () => {
    const { ends } = await tried("claude-draft");
    expect(ends).toMatchObject([{ code: 0, err: expect.stringContaining(": attempt 2, ") }]);
    expect(JSON.parse(ends[0]?.out ?? "")).toHaveProperty("title");
  });

  it("cron-job", async () => {
    const { ends } = await tried("cron-job");
    expect(ends).toEqual([
      { ...SUCCESS, out: "" },
      { ...SUCCESS, out: expect.stringMatching(/ \d\d:\d\d:\d\d /) },
    ]);
  });

  it("demo: it starts; test/demo reads its whole table", async () => {
    const { exitCode, stdout } = await project.shell(
      "npx hardcall example demo && cd demo && node main.mts | head -n 12",
    );
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toMatch(
      /^claude, codex and gemini can answer, fail or hang in \d+ ways[^]*^ok +"The morn…" /m,
    );
  });

  it("detached-job: a second run takes the result from the ledger", async () => {
    const { folder, ends } = await tried("detached-job");
    expect(ends).toEqual([{ ...SUCCESS, out: "executed: saved\n" }]);
    const [line = ""] = EXAMPLES.find(({ name }) => name === "detached-job")?.run ?? [];
    const again = await project.shell(line, path.relative(project.folder, folder));
    expect(again.stdout.toString()).toBe("replayed: saved\n");
  });

  it("fleet: a second worker completes what a killed one began, and there is one post", async () => {
    project.env["DATABASE_URL"] = await freshDatabase();
    project.link("pg-boss", "pg");
    const { ends } = await tried("fleet");
    expect(ends).toEqual([
      {
        ...SUCCESS,
        out: `worker 1 was killed while it waited for the blog's answer
worker 2: the job is completed, its call recovered
1 post on the blog
`,
      },
    ]);
  }, 150_000);

  it("merge-gate", async () => {
    const { ends } = await tried("merge-gate");
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(ends[1]?.out).toContain("test result: ok.");
    expect(ends[2]?.out).toBe("0 errors, 0 warnings, 0 in the baseline.\n");
  });

  it("property-configs", async () => {
    const { ends } = await tried("property-configs");
    expect(ends).toEqual([
      { code: 1, out: "", err: "configs/casa-azul.json: max_daily_posts is 0, and 3 to 8 in the other 5\n" },
    ]);
  });

  it("publish-once", async () => {
    const { ends } = await tried("publish-once");
    expect(ends).toEqual([
      {
        ...SUCCESS,
        out: `a plain retry: 3 requests, 3 posts on the service
publish-once, first run: recovered, 1 request, 1 post on the service
publish-once, second run: recovered, 0 requests, 1 post on the service
`,
      },
    ]);
  });

  it.runIf(hasPython)("python", async () => {
    const { ends } = await tried("python");
    expect(ends).toEqual([{ code: 0, out: "", err: expect.stringMatching(/^Ran 6 tests in [^]*^OK$/m) }]);
  });

  it("sentinels", async () => {
    const { ends } = await tried("sentinels");
    expect(ends.map(({ code }) => code)).toEqual([0, 1, 0, 0, 0]);
    expect(ends[1]?.out).toMatch(/^silent +daily-report /m);
    expect(ends[3]?.out).toMatch(/^ok +daily-report /m);
    expect(ends[4]?.out).toMatch(/^daily-report is silent: .*\nRecovered: daily-report is ok: .*\n$/);
  });
});

it("the package has these examples and their index, and nothing else of the folder", async () => {
  const { stdout } = await project.shell("ls node_modules/hardcall/examples");
  const listed = new Set(EXAMPLES.flatMap(({ name, files }) => files ?? [name]));
  expect(stdout.toString().trim().split("\n").toSorted()).toEqual(["README.md", ...listed].toSorted());
});
