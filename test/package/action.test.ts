import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ACTION, Job } from "./github-job.ts";

describe("the GitHub Action", () => {
  test("is composite, and uses no input that it does not declare", () => {
    expect(ACTION.runs.using).toBe("composite");
    const used = [...JSON.stringify(ACTION.runs).matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name!);
    expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining([...new Set(used)]));
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(ACTION.inputs).toSorted());
  });

  test("puts the fake claude on PATH for the job, and finds its calls as expected", async () => {
    const job = new Job();
    const setUp = await job.uses({ mode: "fail,ok" });
    expect(setUp).toMatchObject({ exitCode: 0, stderr: "" });
    expect(setUp.stdout).toContain("[fake]");
    expect(setUp.output).toEqual([expect.stringMatching(/^log=/)]);
    expect((await job.runs("claude -p one")).exitCode).toBe(1);
    expect(await job.runs("claude -p two")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await job.uses({ verify: "--calls 2 --modes fail,ok\n--all-used" })).toMatchObject({
      exitCode: 0,
    });
  });

  test("fails when the calls were others", async () => {
    const job = new Job();
    await job.uses({ mode: "ok" });
    await job.runs("claude -p one");
    const checked = await job.uses({ verify: "--calls 2" });
    expect(checked.exitCode).toBe(1);
    expect(checked.stdout + checked.stderr).toMatch(/2 .*1|1 .*2/);
  });

  test("takes a scenario, and a log in a place with blanks in its name", async () => {
    const job = new Job();
    const log = path.join(job.folder, "my log.jsonl");
    const scenario = path.join(job.folder, "scenario.json");
    writeFileSync(scenario, JSON.stringify({ replies: [{ text: "A post." }] }));
    await job.uses({ scenario, log });
    expect((await job.runs("claude -p hi")).stdout).toBe("A post.\n");
    expect(await job.uses({ verify: `--calls 1`, log })).toMatchObject({ exitCode: 0 });
  });

  test("means the same file by a relative path in all steps, wherever they run", async () => {
    const job = new Job();
    writeFileSync(path.join(job.folder, "scenario.json"), JSON.stringify({ replies: [{ text: "A post." }] }));
    const setUp = await job.uses({ scenario: "scenario.json", log: "calls.log" });
    expect(setUp.output).toEqual([`log=${path.join(job.folder, "calls.log")}`]);
    expect((await job.runs("mkdir package && cd package && claude -p hi")).stdout).toBe("A post.\n");
    expect(await job.uses({ verify: "--calls 1" })).toMatchObject({ exitCode: 0 });
  });

  test("refuses to check a log that there is not", async () => {
    const end = await new Job().uses({ verify: "--calls 1" });
    expect(end).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining("::error::There is no log to check.") as string,
    });
  });

  test("refuses an input that would set another variable", async () => {
    const job = new Job();
    expect(await job.uses({ mode: "ok\nNODE_OPTIONS=--import=evil.mjs" })).toMatchObject({ exitCode: 2 });
    expect((await job.runs('echo "[$NODE_OPTIONS]"')).stdout).toBe("[]\n");
  });
});
