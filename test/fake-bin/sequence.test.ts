import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { numberOf, readLog, resultOf, runFake, temporaryFolder } from "./harness.ts";

describe("a sequence of modes", () => {
  test("is one invocation each, and the last repeats", async () => {
    const env = { FAKE_CLAUDE_STATE_DIR: join(temporaryFolder(), "state") };
    const codes: (number | null)[] = [];
    for (let i = 0; i < 5; i++) {
      const { exitCode } = await runFake(["-p", "x"], { mode: "fail,ok, rate-limit ,empty-stdout", env });
      codes.push(exitCode);
    }
    expect(codes).toEqual([1, 0, 1, 0, 0]);
  });

  test("gives 50 invocations at once 50 different steps", async () => {
    const folder = temporaryFolder();
    const log = join(folder, "log");
    const env = { FAKE_CLAUDE_STATE_DIR: join(folder, "state"), FAKE_CLAUDE_LOG: log };
    const mode = [
      ...Array.from({ length: 25 }, () => "fail"),
      ...Array.from({ length: 25 }, () => "ok"),
    ].join(",");
    const runs = await Promise.all(Array.from({ length: 50 }, () => runFake(["-p", "x"], { mode, env })));
    expect(runs.filter((run) => run.exitCode === 1)).toHaveLength(25);
    expect(runs.filter((run) => run.exitCode === 0)).toHaveLength(25);
    const starts = readLog(log).filter((record) => record["event"] === "start");
    const steps = starts.map((record) => numberOf(record["step"])).toSorted((a, b) => a - b);
    expect(steps).toEqual(Array.from({ length: 50 }, (_, step) => step));
  });

  test("needs a folder to count in", async () => {
    const run = await runFake(["-p", "x"], { mode: "fail,ok" });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("FAKE_CLAUDE_STATE_DIR must name a folder");
  });

  test("with an unknown mode names it and lists those there are", async () => {
    const run = await runFake(["-p", "x"], { mode: "ok,okay" });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /unknown mode "okay"\. The modes are: ok, fail, empty, hang, .*, flood, slow\.\n$/,
    );
  });

  test("is not advanced by --version", async () => {
    const env = { FAKE_CLAUDE_STATE_DIR: temporaryFolder() };
    const version = await runFake(["--version"], { mode: "fail,ok", env });
    expect(version).toMatchObject({ exitCode: 0, stdout: "2.1.329 (Claude Code) [fake]\n", stderr: "" });
    expect(await runFake(["-p", "x"], { mode: "fail,ok", env })).toMatchObject({ exitCode: 1 });
  });
});

describe("sessions", () => {
  test("can be resumed once seen, and keep their id", async () => {
    const id = "11111111-2222-4333-8444-555555555555";
    const env = { FAKE_CLAUDE_STATE_DIR: temporaryFolder() };
    const resume = ["-p", "x", "--resume", id, "--output-format", "json"];
    const before = await runFake(resume, { mode: "ok", env });
    expect(before).toMatchObject({ exitCode: 1, stderr: `No conversation found with session ID: ${id}\n` });
    await runFake(["-p", "x", "--session-id", id], { mode: "ok", env });
    const after = await runFake(resume, { mode: "ok", env });
    expect(JSON.parse(after.stdout)).toMatchObject({ session_id: id, is_error: false });
    expect(await runFake(["-p", "x", "--session-id", id], { mode: "ok", env })).toMatchObject({
      exitCode: 1,
      stderr: `Error: Session ID ${id} is already in use.\n`,
    });
    const forked = await runFake([...resume, "--fork-session"], { mode: "ok", env });
    expect(resultOf(forked.stdout)["session_id"]).not.toBe(id);
  });

  test("of the SDK's protocol can be resumed, too, and those not to be kept cannot", async () => {
    const env = { FAKE_CLAUDE_STATE_DIR: temporaryFolder() };
    const ids = ["11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa"];
    const sdk = [
      "--output-format",
      "stream-json",
      "--verbose",
      "--input-format",
      "stream-json",
      "--session-id",
      ids[0]!,
    ];
    await runFake(sdk, { mode: "ok", env, stdin: "" });
    await runFake(["-p", "x", "--session-id", ids[1]!, "--no-session-persistence"], { mode: "ok", env });
    const resumed = ids.map((id) => runFake(["-p", "x", "--resume", id], { mode: "ok", env }));
    expect((await Promise.all(resumed)).map((run) => run.exitCode)).toEqual([0, 1]);
  });

  test("listed in FAKE_CLAUDE_SESSIONS were always there", async () => {
    const id = "11111111-2222-4333-8444-555555555555";
    const env = { FAKE_CLAUDE_SESSIONS: `weekly-post,${id}` };
    expect(await runFake(["-p", "x", "-r", id], { mode: "ok", env })).toMatchObject({ exitCode: 0 });
    expect(await runFake(["-p", "x", "-r", "weekly-post"], { mode: "ok", env })).toMatchObject({
      exitCode: 0,
    });
  });
});
