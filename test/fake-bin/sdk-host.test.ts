import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Json, jsonLines, listOf, objectOf, resultOf, runFake, temporaryFolder } from "./harness.ts";

const SDK_ARGS = ["--output-format", "stream-json", "--verbose", "--input-format", "stream-json"];
const line = (message: object) => `${JSON.stringify(message)}\n`;
const user = line({ type: "user", session_id: "", message: { role: "user", content: "Write the post." } });
const initialize = (more: object) =>
  line({ type: "control_request", request_id: "1", request: { subtype: "initialize", ...more } });

/** One run of the fake whose model calls a tool and says "Done."; stdin is closed at once, so nothing is answered. */
function runWith(args: readonly string[], tool: object, stdin?: string) {
  const folder = realpathSync(temporaryFolder());
  const cwd = join(folder, "work");
  mkdirSync(cwd);
  const scenario = join(folder, "scenario.json");
  writeFileSync(scenario, JSON.stringify({ replies: [{ tools: [tool], text: "Done." }] }));
  const env = { FAKE_CLAUDE_SCENARIO: scenario };
  return runFake(args, { env, cwd, ...(stdin !== undefined && { stdin }) });
}

/** "runs", "asks" (of whoever is on stdin), "refused" (nobody is asked) or "gone" (there is no such tool). */
async function whatBecomesOf(name: string, input: object, flags: readonly string[]): Promise<string> {
  const args = [...SDK_ARGS, "--permission-prompt-tool", "stdio", ...flags];
  const { stdout } = await runWith(args, { name, input, output: "" }, user);
  const events = jsonLines(stdout);
  if (events.some(({ request }) => objectOf(request ?? {})["subtype"] === "can_use_tool")) return "asks";
  if (listOf(resultOf(stdout)["permission_denials"]).length > 0) return "refused";
  return stdout.includes("No such tool available") ? "gone" : "runs";
}

const bash = (command: string) => ["Bash", { command }] as const;
const write = (file_path: string) => ["Write", { file_path, content: "x" }] as const;

describe("which calls need permission", () => {
  test.each<readonly [string, readonly [string, Json], readonly string[], string]>([
    ["a command that reads", bash("ls -l"), [], "runs"],
    ["two that read", bash("cat a | grep b && git log"), [], "runs"],
    ["one that reads, then one that removes", bash("ls; rm a"), [], "asks"],
    ["a redirection", bash("echo x > a"), [], "asks"],
    ["a substitution", bash("echo $(rm a)"), [], "asks"],
    ["a command that nobody knows", bash("./deploy"), [], "asks"],
    [
      "a file outside, with edits accepted",
      write("/elsewhere/a"),
      ["--permission-mode", "acceptEdits"],
      "asks",
    ],
    ["a file inside, with edits accepted", write("a"), ["--permission-mode", "acceptEdits"], "runs"],
    ["a file inside", write("a"), [], "asks"],
    ["reading inside", ["Read", { file_path: "a" }], [], "runs"],
    ["a tool of the CLI that changes nothing", ["TaskStop", {}], [], "runs"],
    ["everything bypassed", bash("rm a"), ["--permission-mode", "bypassPermissions"], "runs"],
    ["a rule with a prefix", bash("git push origin"), ["--allowedTools", "Bash(git push:*)"], "runs"],
    ["a rule for another command", bash("git pushes"), ["--allowedTools", "Bash(git push:*)"], "asks"],
    ["a rule with a comma", bash("echo a,b > c"), ["--allowedTools", "Read,Bash(echo a,b > c)"], "runs"],
    ["a rule for a path", write("drafts/a.md"), ["--allowedTools", "Write(drafts/*)"], "runs"],
    [
      "a rule for a host",
      ["WebFetch", { url: "https://a.test/x" }],
      ["--allowedTools", "WebFetch(domain:a.test)"],
      "runs",
    ],
    [
      "a denying rule before an allowing one",
      bash("rm a"),
      ["--allowedTools", "Bash", "--disallowedTools", "Bash(rm:*)"],
      "refused",
    ],
    ["a tool taken away", bash("ls"), ["--disallowedTools", "Bash"], "gone"],
    ["a tool that was not chosen", bash("ls"), ["--tools", "Read,Write"], "gone"],
    ["a server that nobody has, scripted", ["mcp__x__y", {}], ["--allowedTools", "mcp__x"], "runs"],
  ])("%s: %j with %j %s", async (_, [name, input], flags, expected) => {
    expect(await whatBecomesOf(name, input, flags)).toBe(expected);
  });
});

test("rules of apply_flag_settings hold", async () => {
  const settings = { permissions: { deny: ["Bash(rm:*)"] } };
  const apply = line({
    type: "control_request",
    request_id: "s",
    request: { subtype: "apply_flag_settings", settings },
  });
  const tool = { name: "Bash", input: { command: "rm a" }, output: "" };
  const { stdout } = await runWith([...SDK_ARGS, "--allowedTools", "Bash"], tool, apply + user);
  expect(resultOf(stdout)["permission_denials"]).toHaveLength(1);
});

describe("without an SDK", () => {
  const args = ["-p", "Write the post.", "--output-format", "stream-json", "--verbose"];
  const remove = { name: "Bash", input: { command: "rm a" }, output: "removed" };

  test("a call runs as the scenario has it", async () => {
    const { stdout } = await runWith(args, remove);
    expect(resultOf(stdout)["permission_denials"]).toEqual([]);
    expect(stdout).toContain("removed");
  });

  test('"permission": "ask" has it refused, as the genuine CLI refuses it', async () => {
    const { stdout, exitCode } = await runWith(args, { ...remove, permission: "ask" });
    expect(exitCode).toBe(0);
    expect(resultOf(stdout)["permission_denials"]).toMatchObject([{ tool_name: "Bash" }]);
    expect(jsonLines(stdout).map(({ subtype, type }) => subtype ?? type)).toContain("permission_denied");
    expect(stdout).not.toContain("removed");
  });

  test('"permission" must be ask or allow', async () => {
    const { stderr, exitCode } = await runWith(args, { ...remove, permission: "perhaps" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/replies\[0\]\.tools\[0\]\.permission/);
  });
});

describe("hooks that the fake does not have", () => {
  const bashLs = { name: "Bash", input: { command: "ls" }, output: "" };
  const hooks = (...events: readonly string[]) =>
    initialize({ hooks: Object.fromEntries(events.map((event) => [event, [{ hookCallbackIds: ["h"] }]])) });

  test("are named on stderr", async () => {
    const { stderr } = await runWith(SDK_ARGS, bashLs, hooks("PreCompact", "SubagentStop") + user);
    expect(stderr).toBe(
      "fake claude: it never runs the hooks of PreCompact, SubagentStop; see fake-bin/README.md\n",
    );
  });

  test("are not named if the genuine CLI does not run them either", async () => {
    const { stderr } = await runWith(SDK_ARGS, bashLs, hooks("SessionStart") + user);
    expect(stderr).toBe("");
  });
});
