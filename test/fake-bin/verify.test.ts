import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FAKE_BIN, runFake, temporaryFolder } from "./harness.ts";

const executable = join(FAKE_BIN, "claude-verify");
const verify = (...args: string[]) => runFake(args, { executable });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** Three invocations, in the modes fail, empty and ok. */
async function threeCalls(more: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const log = join(folder, "log");
  const env = { FAKE_CLAUDE_LOG: log, FAKE_CLAUDE_STATE_DIR: join(folder, "state"), ...more };
  for (const topic of ["tides", "boats", "nets"]) {
    const stdin = `Write, as agreed with everybody who was there and in the usual order of things, a post about ${topic}`;
    await runFake(["-p", "--model=sonnet", "--tools", ""], { mode: "fail,empty,ok", stdin, env });
  }
  return log;
}

describe("claude-verify", () => {
  test("exits 0 when everything fits", async () => {
    const log = await threeCalls({ FAKE_CLAUDE_LOG_PROMPT: "1" });
    const hash = sha256(
      "Write, as agreed with everybody who was there and in the usual order of things, a post about boats",
    );
    const checks = [
      "--calls",
      "3",
      "--min-calls=2",
      "--modes",
      "fail,empty,ok",
      "--all-used",
      "--flag",
      "model=sonnet",
    ];
    const more = [
      "--flag=print",
      "--flag",
      "tools=",
      "--prompt-contains",
      "about nets",
      "--prompt-sha256",
      hash,
    ];
    const run = await verify(log, ...checks, ...more);
    expect(run).toMatchObject({ exitCode: 0, stdout: `ok: 3 invocations in ${log}\n`, stderr: "" });
  });

  test("exits 1 with every difference when not", async () => {
    const log = await threeCalls({ FAKE_CLAUDE_LOG_PROMPT: "1" });
    const wrong = [
      "--calls",
      "4",
      "--modes",
      "fail,hang,ok,slow",
      "--all-used",
      "--flag",
      "model=opus",
      "--flag",
      "bare",
    ];
    const run = await verify(log, ...wrong, "--prompt-contains", "whales", "--prompt-sha256", sha256(""));
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    for (const difference of [
      "- expected 4 invocations, found 3\n",
      "- invocation 2 ran in mode empty, expected hang\n",
      "- never reached: slow\n",
      '- invocation 1 had --model "sonnet", expected opus\n',
      "- invocation 3 had no --bare\n",
      '- no prompt contains "whales"\n',
      `- no prompt has the SHA-256 ${sha256("")}\n`,
      "  1. fail: exit 1\n  2. empty: exit 0\n  3. ok: exit 0\n",
    ]) {
      expect(run.stderr).toContain(difference);
    }
  });

  test("the last mode may repeat", async () => {
    expect(await verify(await threeCalls(), "--modes", "fail,empty,ok,ok")).toMatchObject({ exitCode: 0 });
    expect(await verify(await threeCalls(), "--modes", "fail,empty")).toMatchObject({ exitCode: 1 });
  });

  test("cannot tell what is in a prompt the log does not have", async () => {
    const log = await threeCalls();
    expect(await verify(log, "--prompt-contains", "Write, as agreed")).toMatchObject({ exitCode: 0 });
    const run = await verify(log, "--prompt-contains", "about nets");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("the log has no text of prompts. Set FAKE_CLAUDE_LOG_PROMPT=1");
  });

  test("knows which replies of a scenario were used", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "scenario.json");
    const log = join(folder, "log");
    writeFileSync(path, JSON.stringify({ replies: [{ text: "a" }, { match: { prompt: "b" }, text: "b" }] }));
    const env = { FAKE_CLAUDE_SCENARIO: path, FAKE_CLAUDE_LOG: log };
    await runFake(["-p", "x"], { env });
    const half = await verify(log, "--scenario", path, "--all-used");
    expect(half.exitCode).toBe(1);
    expect(half.stderr).toContain("- replies[1] was never used\n");
    await runFake(["-p", "b"], { env });
    expect(await verify(log, "--scenario", path, "--all-used")).toMatchObject({ exitCode: 0 });
  });

  test.each([[[]], [["--flag", "model=opus"]], [["--modes", "ok"]], [["--min-calls", "0"]]])(
    "a log without any invocation does not fit %j",
    async (checks) => {
      const log = join(temporaryFolder(), "log");
      writeFileSync(log, "");
      const run = await verify(log, ...checks);
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toContain("- the fake was never called\n");
      expect(await verify(log, "--calls", "0")).toMatchObject({ exitCode: 0 });
    },
  );

  test("says of one that was killed that it never ended", async () => {
    const log = join(temporaryFolder(), "log");
    const start = { event: "start", invocation: "1-a", mode: "hang", step: 0, flags: {} };
    writeFileSync(log, `${JSON.stringify(start)}\n`);
    const run = await verify(log, "--calls", "2");
    expect(run.stderr).toContain("  1. hang: killed, or still running\n");
  });

  test.each([
    [[], "which log?"],
    [["log", "--calls"], "--calls needs a value"],
    [["log", "--prompt-contains", ""], "--prompt-contains needs a value"],
    [["log", "--modes="], "--modes needs a value"],
    [["log", "--calls", "many"], '--calls must be a whole number, not "many"'],
    [["log", "--colour"], "unknown option --colour"],
    [["log", "--all-used"], "--all-used needs --modes or --scenario, to know what there was to use"],
    [
      ["/nowhere/log", "--calls", "1"],
      "there is no log /nowhere/log: the fake writes it when it runs with FAKE_CLAUDE_LOG=/nowhere/log\n",
    ],
  ])("exits 2 for %j", async (args, problem) => {
    const run = await verify(...args);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(`claude-verify: ${problem}`);
  });
});
