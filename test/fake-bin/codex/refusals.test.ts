import { describe, expect, test } from "vitest";
import { runExec, runCodex } from "./harness.ts";

// What the genuine 0.169.0 said to these on this machine; the other refusals are in reference.test.ts.
const USAGE = "Usage: codex exec [OPTIONS] [PROMPT]\n       codex exec [OPTIONS] <COMMAND> [ARGS]\n\n";
const MORE = "For more information, try '--help'.\n";

describe("a command line that codex does not accept", () => {
  test.each([
    [["-m"], `error: a value is required for '--model <MODEL>' but none was supplied\n\n${MORE}`],
    [
      ["-s", "nope", "x"],
      "error: invalid value 'nope' for '--sandbox <SANDBOX_MODE>'\n" +
        `  [possible values: read-only, workspace-write, danger-full-access]\n\n${MORE}`,
    ],
    [
      ["--json", "--json", "x"],
      `error: the argument '--json' cannot be used multiple times\n\n${USAGE}${MORE}`,
    ],
    [
      ["-m", "a", "-m", "b", "x"],
      `error: the argument '--model <MODEL>' cannot be used multiple times\n\n${USAGE}${MORE}`,
    ],
    [
      ["--mode", "x"],
      `error: unexpected argument '--mode' found\n\n  tip: a similar argument exists: '--model'\n\n${USAGE}${MORE}`,
    ],
    [
      ["-z", "x"],
      `error: unexpected argument '-z' found\n\n  tip: to pass '-z' as a value, use '-- -z'\n\n${USAGE}${MORE}`,
    ],
    [
      ["--oss=1", "x"],
      `error: unexpected value '1' for '--oss' found; no more were expected\n\n${USAGE}${MORE}`,
    ],
    [
      ["resume", "a", "b", "c"],
      `error: unexpected argument 'c' found\n\nUsage: codex exec resume [OPTIONS] [SESSION_ID] [PROMPT]\n\n${MORE}`,
    ],
  ])("%j", async (args, stderr) => {
    expect(await runExec(args, { mode: "ok" })).toMatchObject({ exitCode: 2, stdout: "", stderr });
  });

  test("settings that codex refuses", async () => {
    const refusalOf = async (setting: string) => (await runExec(["-c", setting, "x"], { mode: "ok" })).stderr;
    expect(await refusalOf("model_providers.openai.stream_max_retries=0")).toMatch(
      /^Error loading config\.toml: model_providers contains reserved built-in provider IDs: `openai`\. /,
    );
    expect(await refusalOf("model_providers.mock.stream_max_retries=abc")).toBe(
      'Error loading config.toml: invalid type: string "abc", expected u64\nin `model_providers.mock.stream_max_retries`\n\n',
    );
    expect(await refusalOf('sandbox_mode="nope"')).toBe(
      "Error loading config.toml: unknown variant `nope`, expected one of `read-only`, `workspace-write`, " +
        "`danger-full-access`\nin `sandbox_mode`\n\n",
    );
    expect(await refusalOf("approval_policy=nope")).toMatch(
      /^Error loading config\.toml: unknown variant `nope`/,
    );
    expect(await refusalOf("=x")).toBe("Error parsing -c overrides: Empty key in override: =x\n");
    expect(await refusalOf('model=""')).toMatch(/\nError: thread\/start: .*: No models are available\./);
    expect(await refusalOf("model_provider=nope")).toBe("Error: Model provider `nope` not found\n");
  });

  test("a folder that is in no Git repository", async () => {
    const run = await runCodex(["exec", "--json", "-C", "/", "x"], { mode: "ok" });
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(
      "Not inside a trusted directory and --skip-git-repo-check was not specified.\n",
    );
  });
});

describe("input", () => {
  test("above 1,048,576 characters: thread.started, then a refusal on stderr", async () => {
    const run = await runExec(["--json", "-"], { mode: "ok", stdin: "p".repeat(1_048_577) });
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/^\{"type":"thread.started","thread_id":"[^"]+"\}\n$/);
    expect(run.stderr).toBe(
      "Error: turn/start: turn/start failed: Input exceeds the maximum length of 1048576 characters. (code -32602), " +
        'data: {"input_error_code":"input_too_large","max_chars":1048576,"actual_chars":1048577}\n',
    );
    expect(await runExec(["--json", "-"], { mode: "ok", stdin: "p".repeat(1_048_576) })).toMatchObject({
      exitCode: 0,
    });
  });

  test("none, or blanks", async () => {
    const none = "Reading prompt from stdin...\nNo prompt provided via stdin.\n";
    expect(await runExec(["--json"], { mode: "ok", stdin: " \n" })).toMatchObject({
      exitCode: 1,
      stderr: none,
    });
  });
});
