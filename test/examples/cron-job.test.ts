import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(report(job.file)).toBe(YESTERDAY);
    expect(report(`${job.file}.log`)).toContain("HTTP status 429");
  });

  it("is no news on the first days of a file that was never made", async () => {
    const job = limited();
    expect(await job.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    // The second run does not begin a new wait.
    utimesSync(`${job.file}.waits`, Date.now() / 1000 - 86_400, Date.now() / 1000 - 86_400);
    expect(await job.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    utimesSync(`${job.file}.waits`, Date.now() / 1000 - 3 * 86_400, Date.now() / 1000 - 3 * 86_400);
    const ended = await job.run();
    expect(ended).toMatchObject({ code: 75, stdout: "" });
    expect(ended.stderr).toContain("report.txt is not there after two days");
    expect(ended.stderr).toContain("HTTP status 429");
  });

  it("ends its wait with the first success", async () => {
    const job = cronJob(["claude", "Write the post"], { FAKE_CLAUDE_MODE: "rate-limit,ok" });
    await job.run();
    expect(existsSync(`${job.file}.waits`)).toBe(true);
    expect(await job.run()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(existsSync(`${job.file}.waits`)).toBe(false);
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

it.each([
  ["no arguments", []],
  ["a command that is none of hardcall's two", ["report.txt", "runn", "--", "date"]],
  ["a file without a name", ["", "run", "--", "date"]],
])("says how it is used: %s", async (_, args) => {
  const { root, home, run } = userMachine();
  const ended = await run(`${root}/examples/cron-job.sh`, args);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toMatch(/^usage: .*\n$/);
  expect(readdirSync(home)).toEqual([]);
});

it("starts nothing where the file cannot be written", async () => {
  const { root, home, run } = userMachine();
  const args = ["nowhere/report.txt", "run", "--", "touch", "made"];
  const ended = await run(`${root}/examples/cron-job.sh`, args);
  expect(ended).toMatchObject({ code: 2, stdout: "" });
  expect(ended.stderr).toContain("nowhere/report.txt cannot be written, so nothing was started");
  expect(readdirSync(home)).toEqual([]);
});

describe("with the environment that cron gives a job", () => {
  /** A project with hardcall in node_modules, and the script in a folder below. */
  async function underCron(searchPath: string) {
    const { root, home, run } = userMachine();
    const bin = `${home}/node_modules/.bin`;
    for (const made of [bin, `${home}/jobs`, `${home}/opt`]) mkdirSync(made, { recursive: true });
    copyFileSync(`${root}/examples/cron-job.sh`, `${home}/jobs/cron-job.sh`);
    symlinkSync(`${root}/dist/cli.js`, `${bin}/hardcall`);
    symlinkSync(process.execPath, `${home}/opt/node`);
    const PATH = searchPath.replace("~", home);
    const line = `cd ${home} && jobs/cron-job.sh report.txt run -- echo 12 rooms`;
    const environment = [`HOME=${home}`, "SHELL=/bin/sh", `PATH=${PATH}`, `XDG_STATE_HOME=${home}/state`];
    const ended = await run("env", ["-i", ...environment, "/bin/sh", "-c", line]);
    return { ended, file: `${home}/report.txt` };
  }

  it("finds hardcall in node_modules above, if PATH has node", async () => {
    const { ended, file } = await underCron("~/opt:/usr/bin:/bin");
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(report(file)).toBe("12 rooms\n");
  });

  it("says what to do where PATH has no node", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "hardcall-cron-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    // Of a machine whose node is elsewhere: the programs that the script needs, and no more.
    for (const name of ["sh", "dirname", "find", "mv", "rm", "cat"])
      symlinkSync(`/bin/${name}`, path.join(folder, name));
    const { ended } = await underCron(folder);
    expect(ended).toMatchObject({ code: 127, stdout: "" });
    expect(ended.stderr).toMatch(
      /^node is not on PATH, so report\.txt is unchanged\. Set PATH in the crontab/,
    );
  });
});
