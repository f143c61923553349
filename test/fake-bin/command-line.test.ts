import { createHash } from "node:crypto";
import { cpSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  FAKE_BIN,
  jsonLines,
  listOf,
  objectOf,
  readLog,
  resultOf,
  runFake,
  temporaryFolder,
} from "./harness.ts";

const PROMPT_USAGE =
  "Error: Input must be provided either through stdin or as a prompt argument when using --print\n";
const BLANK_PROMPT =
  "Error: Input contained only whitespace. Provide a prompt with text through stdin or as a prompt argument when " +
  "using --print\n";
const RESUME_USAGE =
  "Error: --resume requires a valid session ID or session title when used with --print. Usage: claude -p --resume " +
  "<session-id|title>";

// Each seen of the real 2.1.329.
const REFUSALS: [string, string[], string][] = [
  [
    "a misspelt flag",
    ["-p", "x", "--modle", "sonnet"],
    "error: unknown option '--modle'\n(Did you mean --model?)\n",
  ],
  [
    "a value for a switch",
    ["-p", "x", "--verbose=1"],
    "error: unknown option '--verbose=1'\n(Did you mean --verbose?)\n",
  ],
  [
    "a misspelt flag that the help leaves out",
    ["-p", "x", "--max-turn", "3"],
    "error: unknown option '--max-turn'\n",
  ],
  [
    "settings that are not there, before anything else",
    ["-p", "x", "--settings", "/nonexistent.json", "--nosuchflag"],
    "Error: Settings file not found: /nonexistent.json\n",
  ],
  [
    "a setting source that is none",
    ["-p", "x", "--setting-sources", "user,nope"],
    "Error processing --setting-sources: Invalid setting source: nope. Valid options are: user, project, local\n",
  ],
  [
    "servers that are not there",
    ["-p", "x", "--mcp-config", "/nonexistent.json"],
    "Error: Invalid MCP configuration:\nMCP config file not found: /nonexistent.json\n",
  ],
  [
    "servers that are none",
    ["-p", "x", "--mcp-config", "{}"],
    "Error: Invalid MCP configuration:\nmcpServers: Invalid input: expected record, received undefined\n",
  ],
  ["an unknown letter", ["-pz", "x"], "error: unknown option '-z'\n"],
  ["no value", ["-p", "x", "--model"], "error: option '--model <model>' argument missing\n"],
  [
    "turns that are no number",
    ["-p", "x", "--max-turns", "abc"],
    "error: option '--max-turns <turns>' argument 'abc' is invalid. must be a number\n",
  ],
  [
    "a budget of nothing",
    ["-p", "x", "--max-budget-usd", "0"],
    "error: option '--max-budget-usd <amount>' argument '0' is invalid. --max-budget-usd must be a number greater than 0\n",
  ],
  [
    "a bad input format",
    ["-p", "x", "--input-format", "yaml"],
    "error: option '--input-format <format>' argument 'yaml' is invalid. Allowed choices are text, stream-json.\n",
  ],
  [
    "stream-json in, text out",
    ["-p", "x", "--input-format", "stream-json"],
    "Error: --input-format=stream-json requires output-format=stream-json.\n",
  ],
  [
    "partial messages in text",
    ["-p", "x", "--include-partial-messages"],
    "Error: --include-partial-messages requires --print and --output-format=stream-json.\n",
  ],
  [
    "replayed messages in text",
    ["-p", "x", "--replay-user-messages"],
    "Error: --replay-user-messages requires both --input-format=stream-json and --output-format=stream-json.\n",
  ],
  [
    "a schema that is a list",
    ["-p", "x", "--json-schema", "[]"],
    "Error: --json-schema must be a JSON object\n",
  ],
  [
    "a schema of an unknown type",
    ["-p", "x", "--json-schema", '{"type":"object","properties":{"a":{"type":"wat"}}}'],
    "Error: --json-schema is not a valid JSON Schema: data/properties/a/type must be equal to one of the allowed " +
      "values, data/properties/a/type must be array, data/properties/a/type must match a schema in anyOf\n",
  ],
  ["a blank prompt", ["-p", "   "], BLANK_PROMPT],
  ["no prompt and no -p", ["--output-format", "json"], PROMPT_USAGE],
  ["--resume alone", ["-p", "x", "--resume"], `${RESUME_USAGE}\n`],
  [
    "a title that no session has",
    ["-p", "x", "--resume", "weekly"],
    `${RESUME_USAGE}. Provided value "weekly" is not a UUID and does not match any session title.\n`,
  ],
  [
    "a session id for a resumed session",
    ["-p", "x", "--session-id", "11111111-2222-4333-8444-555555555555", "--continue"],
    "Error: --session-id with --continue or --resume also needs --fork-session.\n",
  ],
  // The variadic flag takes the prompt, which is what happens to people.
  ["a prompt after a variadic flag", ["-p", "--allowedTools", "Read", "say hi"], PROMPT_USAGE],
];

describe("refusals: stderr, exit 1, nothing on stdout", () => {
  test.each(REFUSALS)("%s", async (_, args, stderr) => {
    const run = await runFake(args, { mode: "ok" });
    expect(run).toMatchObject({ exitCode: 1, stdout: "", stderr });
  });

  test("a prompt of blanks on stdin", async () => {
    expect(await runFake(["-p"], { mode: "ok", stdin: " \n\t\n" })).toMatchObject({
      exitCode: 1,
      stderr: BLANK_PROMPT,
    });
  });

  test("a system prompt file that is not there", async () => {
    const run = await runFake(["-p", "x", "--system-prompt-file", "/nowhere/x"], { mode: "ok" });
    expect(run).toMatchObject({ exitCode: 1, stderr: "Error: System prompt file not found: /nowhere/x\n" });
  });

  test("nothing set: it says what to set, and does not pass for the real one", async () => {
    const run = await runFake(["-p", "x"]);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toMatch(
      /^fake claude: nothing says what to do\. Set FAKE_CLAUDE_MODE .* or FAKE_CLAUDE_SCENARIO/,
    );
  });
});

describe("accepted", () => {
  test("every flag wrappers and SDKs send", async () => {
    const args = [
      ..."-p --verbose --output-format=stream-json --model=sonnet --fallback-model opus,haiku --effort high".split(
        " ",
      ),
      ..."--max-turns 3 --max-budget-usd=1 --permission-mode plan --strict-mcp-config --no-session-persistence".split(
        " ",
      ),
      ..."--setting-sources= --add-dir /a /b --betas x --session-id=11111111-2222-4333-8444-555555555555".split(
        " ",
      ),
      ..."--thinking=adaptive --permission-prompt-tool=stdio --initialize-fields=a --session-mirror".split(
        " ",
      ),
      ..."--resume-session-at m --task-budget 9 --plugin-dir-no-mcp /p --plugin-dir /q --bare --safe-mode".split(
        " ",
      ),
      ..."--append-system-prompt-file package.json --include-hook-events --include-partial-messages".split(
        " ",
      ),
      "--tools",
      "",
      ...'--allowed-tools Read Edit --disallowedTools=Bash --mcp-config {"mcpServers":{}}'.split(" "),
    ];
    const run = await runFake(args, { mode: "ok", stdin: "say hi" });
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const [init] = jsonLines(run.stdout);
    expect(init).toMatchObject({
      model: "claude-sonnet-5-5",
      permissionMode: "plan",
      tools: [],
      additional_directories: ["/a", "/b"],
      session_id: "11111111-2222-4333-8444-555555555555",
    });
    expect(Object.keys(objectOf(resultOf(run.stdout)["modelUsage"]))).toEqual(["claude-sonnet-5-5"]);
  });

  test("a prompt as argument and on stdin, the argument first", async () => {
    const log = join(temporaryFolder(), "log");
    const env = { FAKE_CLAUDE_LOG: log };
    await runFake(["-p", "sum up:"], { mode: "ok", stdin: "a page\n", env });
    const sha256 = createHash("sha256").update("sum up:\na page\n").digest("hex");
    expect(readLog(log)[1]).toMatchObject({ prompt: { sha256 } });
  });

  test("an unknown effort, with the real warning", async () => {
    const run = await runFake(["-p", "x", "--effort", "huge"], { mode: "ok" });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toBe(
      "Warning: Unknown --effort value 'huge' — ignoring it and using the default effort. " +
        "Valid values: low, medium, high, xhigh, max.\n",
    );
  });

  test("json with --verbose, as an array of events", async () => {
    const run = await runFake(["-p", "x", "--output-format", "json", "--verbose"], { mode: "ok" });
    const events = listOf(JSON.parse(run.stdout)).map(objectOf);
    expect(events.map((event) => event["type"])).toEqual(["system", "assistant", "result"]);
  });

  test("--help, which lists the modes", async () => {
    const run = await runFake(["--help"], { mode: "ok" });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("Modes: ok, fail, empty, hang");
    expect(run.stdout).toContain("--output-format <format>");
  });
});

describe("subcommands", () => {
  test("auth status tells whether the user is logged in", async () => {
    const yes = await runFake(["auth", "status"], { mode: "ok" });
    expect(yes.exitCode).toBe(0);
    expect(JSON.parse(yes.stdout)).toMatchObject({ loggedIn: true, apiKeySource: "ANTHROPIC_API_KEY" });
    const no = await runFake(["auth", "status"], { mode: "not-logged-in" });
    expect(no.exitCode).toBe(1);
    expect(JSON.parse(no.stdout)).toMatchObject({ loggedIn: false, authMethod: "none" });
  });

  test("others are refused", async () => {
    expect(await runFake(["mcp", "list"], { mode: "ok" })).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: 'fake claude: the command "mcp list" is not imitated, only "auth status" is.\n',
    });
  });
});

describe("installed elsewhere", () => {
  test.each([
    ["no package.json", undefined],
    ['a package.json with "type": "module"', "module"],
    ['a package.json with "type": "commonjs"', "commonjs"],
  ])("in a folder with %s", async (_, type) => {
    const folder = temporaryFolder();
    if (type) writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
    const copy = join(folder, "bin with blanks");
    cpSync(FAKE_BIN, copy, { recursive: true });
    // Without its own package.json the folder is what the package round it says.
    for (const own of [true, false]) {
      if (!own) rmSync(join(copy, "package.json"));
      const run = await runFake(["-p", "x"], { mode: "ok", executable: join(copy, "claude") });
      expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("through a link on PATH", async () => {
    const link = join(temporaryFolder(), "claude");
    symlinkSync(join(FAKE_BIN, "claude"), link);
    expect(await runFake(["-p", "x"], { mode: "empty-stdout", executable: link })).toMatchObject({
      exitCode: 0,
    });
  });
});
