import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { userMachine } from "./user-machine.ts";

/** The job as a crontab line runs it. */
function cronJob(args: readonly string[], env: Record<string, string> = {}) {
  const { root, home, run } = userMachine();
  const file = `${home}/report.txt`;
  return {
    file,
    run: () => run(`${root}/examples/cron-job.sh`, ["report.txt", ...args], { cwd: home, env }),
  };
}

const shell = (script: string) => ["run", "--", "sh", "-c", script];
const YESTERDAY = "yesterday's report\n";
const report = (file: string) => readFileSync(file, "utf8");

describe("a report that is one", () => {
  it("replaces the file, and nothing is printed for cron to mail", async () => {
    const job = cronJob(shell("echo line one; echo line two"));
    writeFileSync(job.file, YESTERDAY);
    expect(await job.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(report(job.file)).toBe("line one\nline two\n");
    expect(existsSync(`${job.file}.part`)).toBe(false);
  });
});

describe("a report that is none leaves the file as it was", () => {
  it.each([
    ["nothing printed, exit code 0", "true", 65, "its output is blank or incomplete"],
    ["half of it printed, exit code 1", "echo half; exit 1", 69, "is unchanged"],
    ["a hang after half of it", "echo half; sleep 20", 124, "the command took too long"],
  ])("%s", async (_, script, code, message) => {
    const job = cronJob(shell(script), { HARDCALL_CRON_JOB_TIMEOUT: "500ms" });
    writeFileSync(job.file, YESTERDAY);
    const ended = await job.run();
    expect(ended).toMatchObject({ code, stdout: "" });
    expect(ended.stderr).toContain(message);
    expect(report(job.file)).toBe(YESTERDAY);
  });
});

const limited = () => cronJob(["claude", "Write the post"], { FAKE_CLAUDE_MODE: "rate-limit" });

describe("a service that is not there (exit code 75)", () => {
  it("is no news while the file is fresh", async () => {
    const job = limited();
    writeFileSync(job.file, YESTERDAY);
    const ended = await job.run();
    expect(ended).toMatchObject({ code: 0, stdout: "" });
    expect(ended.stderr).not.toContain("older than");
    expect(report(job.file)).toBe(YESTERDAY);
  });

  it("is news when the file is three days old", async () => {
    const job = limited();
    writeFileSync(job.file, YESTERDAY);
    const threeDaysAgo = Date.now() / 1000 - 3 * 86_400;
    utimesSync(job.file, threeDaysAgo, threeDaysAgo);
    const ended = await job.run();
    expect(ended).toMatchObject({ code: 75, stdout: "" });
    expect(ended.stderr).toContain("older than two days");
  });
});

it("takes claude as well", async () => {
  const job = cronJob(["claude", "Write the post"], { FAKE_CLAUDE_MODE: "ok" });
  expect(await job.run()).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(report(job.file)).toContain("morning light");
});

it("says how it is used", async () => {
  const { root, run } = userMachine();
  expect(await run(`${root}/examples/cron-job.sh`, [])).toMatchObject({ code: 2 });
});
