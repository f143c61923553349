import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { jsonLines, objectOf, readLog, stringOf, temporaryFolder } from "../harness.ts";
import { runExec, runCodex } from "./harness.ts";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const events = (stdout: string) => jsonLines(stdout);
const threadOf = (stdout: string) => stringOf(events(stdout)[0]?.["thread_id"]);
const usageOf = (stdout: string) => objectOf(events(stdout).at(-1)?.["usage"]);

test("a thread is resumed, and its usage adds up", async () => {
  const env = { FAKE_CODEX_STATE_DIR: temporaryFolder() };
  const first = await runExec(["--json", "one"], { mode: "ok", env });
  const thread = threadOf(first.stdout);
  const second = await runExec(["--json", "resume", thread, "-"], { mode: "ok", env, stdin: "two" });
  expect(second).toMatchObject({ exitCode: 0, stderr: "" });
  expect(threadOf(second.stdout)).toBe(thread);
  expect([usageOf(first.stdout), usageOf(second.stdout)]).toMatchObject([
    { input_tokens: 10, output_tokens: 5 },
    { input_tokens: 20, output_tokens: 10 },
  ]);
});

test("an unknown id is refused, as the genuine one does; a name begins a new thread", async () => {
  const refused = await runExec(["--json", "resume", UNKNOWN, "x"], { mode: "ok" });
  expect(refused).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: `Error: thread/resume: thread/resume failed: no rollout found for thread id ${UNKNOWN} (code -32600)\n`,
  });
  expect(await runExec(["--json", "resume", "a-name", "x"], { mode: "ok" })).toMatchObject({ exitCode: 0 });
});

test("new-thread: another thread than the one to be resumed", async () => {
  const run = await runExec(["--json", "resume", UNKNOWN, "x"], { mode: "new-thread" });
  expect(run.exitCode).toBe(0);
  expect(threadOf(run.stdout)).not.toBe(UNKNOWN);
});

test("FAKE_CODEX_SESSIONS names threads that are known", async () => {
  const run = await runExec(["--json", "resume", UNKNOWN, "x"], {
    mode: "ok",
    env: { FAKE_CODEX_SESSIONS: UNKNOWN },
  });
  expect([run.exitCode, threadOf(run.stdout)]).toEqual([0, UNKNOWN]);
});

test("each invocation takes the next mode, and the log has its flags and its prompt's size", async () => {
  const folder = temporaryFolder();
  const env = { FAKE_CODEX_STATE_DIR: folder, FAKE_CODEX_LOG: join(folder, "log") };
  const codes = [];
  for (let n = 0; n < 3; n++) {
    const run = await runExec(["--json", "-m", "gpt-5.5", "-"], {
      mode: "server-error,ok",
      env,
      stdin: "a secret",
    });
    codes.push(run.exitCode);
  }
  expect(codes).toEqual([1, 0, 0]);
  const log = readLog(join(folder, "log"));
  expect(log.filter(({ event }) => event === "end")).toMatchObject([
    {
      mode: "server-error",
      step: 0,
      exitCode: 1,
      flags: { model: "gpt-5.5", json: true },
      prompts: [{ bytes: 8 }],
    },
    { mode: "ok", step: 1, exitCode: 0 },
    { mode: "ok", step: 2, exitCode: 0 },
  ]);
});

test("a scenario: replies by prompt, with tools, a refused one and raw chunks", async () => {
  const file = join(temporaryFolder(), "scenario.json");
  writeFileSync(
    file,
    JSON.stringify({
      replies: [
        { match: { prompt: "weekly", flags: { json: true } }, mode: "quota" },
        { match: { prompt: "raw" }, chunks: [{ stdout: "half a" }], exitCode: 7 },
        {
          reasoning: "Thinking",
          messages: ["I look."],
          tools: [{ command: "ls", output: "a\n" }, { refused: "no" }],
          text: "A post.",
        },
      ],
    }),
  );
  const env = { FAKE_CODEX_SCENARIO: file };
  expect((await runExec(["--json", "the weekly one"], { env })).stdout).toContain("Quota exceeded.");
  expect(await runExec(["--json", "raw"], { env })).toMatchObject({ exitCode: 7, stdout: "half a" });
  const run = await runExec(["--json", "x"], { env });
  expect(events(run.stdout).map(({ item }) => (item === undefined ? "" : objectOf(item)["type"]))).toEqual([
    "",
    "",
    "reasoning",
    "agent_message",
    "command_execution",
    "command_execution",
    "agent_message",
    "",
  ]);
  expect(run.stderr).toMatch(/ERROR codex_core::tools::router: error=no\n/);
});

test("it says what it is without a mode, in its version, and of a command that it has not", async () => {
  const nothing = await runCodex(["exec", "x"]);
  expect(nothing).toMatchObject({ exitCode: 1, stdout: "" });
  expect(nothing.stderr).toContain("This is not the real codex: it is hardcall's fake, first on PATH.\n");
  expect((await runCodex(["--version"])).stdout).toBe("codex-cli 0.169.0 [fake]\n");
  expect((await runCodex(["exec", "--version"])).stdout).toBe("codex-cli-exec 0.169.0 [fake]\n");
  expect((await runCodex(["login", "status"], { mode: "ok" })).stderr).toBe(
    'fake codex: the command "login" is not imitated, only "exec" is.\n',
  );
  const unknown = await runExec(["x"], { mode: "nosuch" });
  expect(unknown.stderr).toMatch(
    /^fake codex: FAKE_CODEX_MODE has the unknown mode "nosuch"\. The modes are: ok, fail, /,
  );
});
