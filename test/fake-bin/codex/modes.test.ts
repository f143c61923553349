import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { jsonLines, objectOf, stringOf } from "../harness.ts";
import { codexHome, runExec, runCodex } from "./harness.ts";
import { reference } from "./reference.ts";

const { modeNames } = createRequire(import.meta.url)("../../../fake-bin/lib/codex/modes/index.cjs") as {
  readonly modeNames: () => readonly string[];
};

const page = readFileSync(new URL("../../../fake-bin/codex/README.md", import.meta.url), "utf8");

test("the page's table has every mode, and names observed runs only", () => {
  const [, table = ""] = /\n## Modes\n(.*?)\nModes without a run/s.exec(page) ?? [];
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.map((row) => /`([\w-]+)`/.exec(row)?.[1])).toEqual(modeNames());
  const names = new Set(reference.map(({ name }) => name));
  const named = rows.flatMap((row) =>
    [...(row.split("|")[4] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(45);
  expect(named.filter((name) => !names.has(name ?? ""))).toEqual([]);
});

const messagesOf = (stdout: string) =>
  jsonLines(stdout)
    .map((event) => event["item"])
    .filter((item) => item !== undefined)
    .map((item) => objectOf(item))
    .filter((item) => item["type"] === "agent_message")
    .map((item) => stringOf(item["text"]));

const typesOf = (stdout: string) => jsonLines(stdout).map((event) => event["type"]);

describe("modes without an observed run", () => {
  test("fail: one line on stderr, nothing on stdout", async () => {
    for (const format of [[], ["--json"]]) {
      const run = await runExec([...format, "x"], { mode: "fail" });
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toContain("the fake codex fails because FAKE_CODEX_MODE=fail says so\n");
    }
  });

  test("truncated: 65,536 bytes, cut inside the message", async () => {
    for (const format of [[], ["--json"]]) {
      const run = await runExec([...format, "x"], { mode: "truncated" });
      expect(run.exitCode).toBe(0);
      expect(run.stdoutBytes).toHaveLength(65_536);
    }
  });

  test("missing-result: exit 0 without turn.completed", async () => {
    const run = await runExec(["--json", "x"], { mode: "missing-result" });
    expect(run.exitCode).toBe(0);
    expect(typesOf(run.stdout)).toEqual(["thread.started", "turn.started", "item.completed"]);
  });

  test("crash: a panic and exit code 101", async () => {
    const run = await runExec(["--json", "x"], { mode: "crash" });
    expect(run.exitCode).toBe(101);
    expect(run.stderr).toMatch(/^thread 'codex-main' \(\d+\) panicked at /m);
  });

  test("oom: dies of SIGKILL", async () => {
    expect(await runExec(["--json", "x"], { mode: "oom" })).toMatchObject({
      exitCode: null,
      signal: "SIGKILL",
    });
  });

  test("split-utf8, no-final-newline and noise-before have the whole answer", async () => {
    const split = await runExec(["--json", "x"], { mode: "split-utf8" });
    expect(messagesOf(split.stdout)[0]).toContain("日本語のテキスト, 👩‍👩‍👧‍👦 and ✨");
    const cut = await runExec(["--json", "x"], { mode: "no-final-newline" });
    expect(cut.stdout).toMatch(/\}$/);
    expect(typesOf(cut.stdout).at(-1)).toBe("turn.completed");
    const noisy = await runExec(["--json", "x"], { mode: "noise-before" });
    expect(noisy.stdout).toMatch(/^Now using node [^\n]*\r\n\n[^\n]*\{not json\}\n\{"type":"thread.started"/);
  });

  test("big-line: a message of 2 MiB; unknown-events: lines of no known type", async () => {
    const big = await runExec(["--json", "x"], { mode: "big-line" });
    expect(messagesOf(big.stdout)[0]?.length).toBeGreaterThan(2_000_000);
    const unknown = await runExec(["--json", "x"], { mode: "unknown-events" });
    expect(typesOf(unknown.stdout)).toEqual([
      "thread.started",
      "turn.started",
      "item.updated",
      "tide_table",
      undefined,
      "item.completed",
      "turn.completed",
    ]);
  });

  test("flood: 32 MiB, and then the answer", async () => {
    const run = await runExec(["--json", "x"], { mode: "flood" });
    expect(run.stdoutBytes.length).toBeGreaterThan(32 * 1024 * 1024);
    expect(typesOf(run.stdout.slice(-1000).replace(/^.*?\n/s, "")).at(-1)).toBe("turn.completed");
  });
});

const HANGS = /^(?:hang|waits-for-network|drip|ignore-sigterm|exit0-on-sigterm|hold-pipe|orphan|flood)/;

test.each(modeNames().filter((name) => !HANGS.test(name)))(
  "%s ends by itself, and is no defect of the fake",
  async (mode) => {
    for (const format of [[], ["--json"]]) {
      const run = await runExec([...format, "x"], { mode, env: { FAKE_CODEX_DELAY_MS: "1" } });
      expect(run.stderr).not.toMatch(/fake codex: |\n {4}at /);
    }
  },
);

describe("the answer", () => {
  test("ends with the one-time last line that the prompt asks for, unless there is a schema", async () => {
    const prompt = "Write.\nEnd with a line of HARDCALL-END-0123456789abcdef";
    const run = await runExec(["--json", "-"], { mode: "ok", stdin: prompt });
    expect(messagesOf(run.stdout)[0]).toMatch(/\nHARDCALL-END-0123456789abcdef$/);
    const lost = await runExec(["--json", "-"], { mode: "prompt-lost", stdin: prompt });
    expect(messagesOf(lost.stdout)[0]).not.toContain("HARDCALL-END");
  });

  test("RUST_LOG shows the start, tools and pieces of text", async () => {
    const RUST_LOG = "error,codex_otel.trace_safe=info,codex_app_server::outgoing_message=trace";
    const { stderr, stdout } = await runExec(["--json", "x"], { mode: "tools", env: { RUST_LOG } });
    expect(stderr).toMatch(
      /Z {2}INFO codex_otel\.trace_safe: event\.name="codex\.conversation_starts" .*sandbox_policy=read-only /,
    );
    expect(stderr).toMatch(
      /event\.name="codex\.tool_call_received" tool_name="exec_command" tool_source="direct" /,
    );
    expect(stderr).toMatch(
      /Z TRACE codex_app_server::outgoing_message: app-server event: item\/agentMessage\/delta /,
    );
    expect(stdout).not.toContain("trace");
    const silent = await runExec(["--json", "x"], { mode: "tools" });
    expect(silent.stderr).toBe("Reading additional input from stdin...\n");
  });

  test("retries are as many as stream_max_retries, 5 by default and none when it is 0", async () => {
    const attempts = async (args: readonly string[], config?: string) => {
      const HOME = codexHome(config);
      const run = await runCodex(["exec", "--skip-git-repo-check", "--json", ...args, "x"], {
        mode: "server-error",
        env: { HOME },
      });
      return run.stdout.match(/Reconnecting\.\.\. \d+\/\d+/g) ?? [];
    };
    expect(await attempts([])).toEqual(["Reconnecting... 1/1"]);
    expect(await attempts([], "")).toHaveLength(5);
    expect(await attempts(["-c", "model_providers.mock.stream_max_retries=0"])).toEqual([]);
  });
});
