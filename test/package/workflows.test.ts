import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

interface Job {
  readonly "timeout-minutes"?: number;
  readonly "runs-on"?: string;
  readonly permissions?: object;
  readonly strategy?: {
    readonly "fail-fast": boolean;
    readonly matrix: Readonly<Record<string, readonly unknown[]>>;
  };
  readonly steps: readonly { readonly run?: string; readonly uses?: string; readonly with?: object }[];
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const workflow = (name: string) => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const { scripts } = JSON.parse(read("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe.each(["test", "release", "drift"])("the workflow %s", (name) => {
  const text = read(`.github/workflows/${name}.yml`);
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("has a time limit for each job, may write nothing unless it says so, and hides no failure", () => {
    for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
    expect(permissions).toEqual({ contents: "read" });
    expect(text).not.toContain("continue-on-error");
  });

  test("uses each action at a commit, with its version beside it", () => {
    const used = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(used.length).toBeGreaterThan(0);
    for (const line of used) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("runs scripts that bash can read, and npm scripts that there are", async () => {
    for (const script of steps.flatMap((step) => step.run ?? [])) {
      const file = path.join(tempFolder(), "step.sh");
      writeFileSync(file, script.replaceAll(/\$\{\{.*?\}\}/g, "1"));
      expect(await run("bash", ["-n", file])).toMatchObject({ exitCode: 0, stderr: "" });
      for (const [, named] of script.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty([named!]);
    }
  });
});

test("tests run on three systems and three versions of Node, and one failure does not stop the others", () => {
  const { jobs } = workflow("test");
  expect(jobs["test"]!.strategy).toEqual({
    "fail-fast": false,
    matrix: { os: ["ubuntu-latest", "macos-latest"], node: [22, 24, 26] },
  });
  const windows = jobs["windows"]!;
  expect(windows.strategy).toEqual({ "fail-fast": false, matrix: { node: [22, 24, 26] } });
  expect(windows["runs-on"]).toBe("windows-latest");
  expect(windows.steps.at(-1)).toEqual({ run: "npm run test:windows" });
});

test("the tests for Windows fail on Linux if Wine is missing there", () => {
  const { steps } = workflow("test").jobs["wine"]!;
  expect(steps.at(-2)).toEqual({ run: ".ci/install-wine" });
  const env = { HARDCALL_TEST_REQUIRE_WINE: 1 };
  expect(steps.at(-1)).toEqual({ run: "npm run test:windows", env });
});

test("a release tests first, and is published with provenance", () => {
  const { permissions, steps } = workflow("release").jobs["publish"]!;
  expect(permissions).toEqual({ contents: "read", "id-token": "write" });
  const order = steps.flatMap(({ run: script }) => script ?? []);
  expect(order.at(-2)).toBe("npm test");
  expect(order.at(-1)).toContain("npm publish --provenance --access public");
});

/** What GitHub knows in an issue form. */
const FIELDS = ["markdown", "textarea", "input", "dropdown", "checkboxes"];

test.each(["bug", "feature"])("the issue form %s is one that GitHub can show", (name) => {
  const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`)) as {
    readonly name: string;
    readonly description: string;
    readonly body: readonly {
      readonly type: string;
      readonly id?: string;
      readonly attributes: { readonly label?: string };
    }[];
  };
  expect([form.name, form.description].every((text) => text.length > 0)).toBe(true);
  const asked = form.body.filter(({ type }) => type !== "markdown");
  expect(form.body.map(({ type }) => type).filter((type) => !FIELDS.includes(type))).toEqual([]);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
  expect(asked.filter(({ id, attributes }) => !/^[\w-]+$/.test(id ?? "") || !attributes.label)).toEqual([]);
});
