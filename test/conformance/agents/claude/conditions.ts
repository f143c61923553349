import type { Condition } from "../../condition.ts";
import { conversations } from "./conversations.ts";

const SCHEMA = '{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}';

const SESSION = "11111111-2222-4333-8444-555555555555";
const STREAM = ["--output-format", "stream-json", "--verbose"];
const STREAM_INPUT = ["-p", "--input-format", "stream-json", ...STREAM];
const FORMATS = {
  text: [],
  json: ["--output-format", "json"],
  "stream-json": STREAM,
} as const;

type Rest = Omit<Condition, "name" | "api" | "mode" | "args" | "spoken">;

/** What goes wrong (or right) behind the CLI, each in the three output formats. */
function inEachFormat(
  name: string,
  api: readonly string[],
  mode: string,
  args: readonly string[] = [],
  rest?: Rest,
) {
  return Object.entries(FORMATS).map(([format, flags]): Condition => ({
    name: `${name}/${format}`,
    api,
    mode,
    args: ["-p", "x", ...args, ...flags],
    spoken: `${name}/stream-json`,
    ...rest,
  }));
}

/** What the CLI says to its command line and its stdin while everything behind it works. */
function withArgs(name: string, args: readonly string[], rest?: Rest): Condition {
  return { name, api: ["--mode", "ok"], mode: "ok", args, spoken: "ok/stream-json", ...rest };
}

const userLine = (content: string) =>
  `${JSON.stringify({ type: "user", message: { role: "user", content } })}\n`;
const controlLine = (subtype: string) =>
  `${JSON.stringify({ type: "control_request", request_id: "c1", request: { subtype } })}\n`;

/** An OAuth token in place of a key makes it a subscription, which is limited by the hour and the week. */
const SUBSCRIPTION = { ANTHROPIC_API_KEY: null, CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-a-dummy" };

const behind: readonly Condition[] = [
  ...inEachFormat("ok", ["--mode", "ok"], "ok"),
  ...inEachFormat("empty", ["--mode", "empty"], "empty"),
  ...inEachFormat("blank", ["--mode", "blank"], "blank"),
  ...inEachFormat("rate-limit", ["--mode", "429"], "rate-limit"),
  ...inEachFormat("usage-limit", ["--mode", "429-long"], "usage-limit", [], { env: SUBSCRIPTION }),
  ...inEachFormat("overloaded", ["--mode", "529"], "overloaded"),
  ...inEachFormat("server-error", ["--mode", "500"], "server-error"),
  ...inEachFormat("forbidden", ["--mode", "403"], "forbidden"),
  ...inEachFormat("recovered", ["--mode", "529,ok"], "recovered"),
  ...inEachFormat("connection-reset", ["--mode", "reset"], "connection-reset"),
  ...inEachFormat("auth", ["--mode", "401"], "auth"),
  ...inEachFormat("not-logged-in", ["--mode", "ok"], "not-logged-in", [], {
    env: { ANTHROPIC_API_KEY: null },
  }),
  ...inEachFormat("credit", ["--mode", "400-credit"], "credit"),
  ...inEachFormat("prompt-too-long", ["--mode", "400-prompt-too-long"], "prompt-too-long"),
  ...inEachFormat("model-not-found", ["--mode", "404-model"], "model-not-found"),
  ...inEachFormat("max-tokens", ["--mode", "max-tokens"], "max-tokens"),
  ...inEachFormat("refusal", ["--mode", "refusal"], "refusal"),
  ...inEachFormat("max-turns", ["--mode", "tool"], "max-turns", [
    "--max-turns",
    "1",
    "--allowedTools",
    "Bash",
  ]),
  ...inEachFormat("max-budget", ["--mode", "ok"], "max-budget", ["--max-budget-usd", "0.0001"]),
  ...inEachFormat("permission-denied", ["--mode", "tool"], "permission-denied"),
  ...inEachFormat("schema-honoured", ["--mode", "structured"], "ok", ["--json-schema", SCHEMA]),
  ...inEachFormat("schema-missing", ["--mode", "structured-ignored"], "schema-missing", [
    "--json-schema",
    SCHEMA,
  ]),
  ...inEachFormat("hang/SIGTERM", ["--mode", "hang"], "hang", [], { signal: "SIGTERM" }),
  ...inEachFormat("hang/SIGINT", ["--mode", "hang"], "hang", [], { signal: "SIGINT", races: true }),
  ...inEachFormat("hang/SIGHUP", ["--mode", "hang"], "hang", [], { signal: "SIGHUP" }),
  ...inEachFormat("midstream/SIGTERM", ["--mode", "stall"], "hang-midstream", [], { signal: "SIGTERM" }),
  ...inEachFormat("midstream/SIGINT", ["--mode", "stall"], "hang-midstream", [], {
    signal: "SIGINT",
    races: true,
  }),
  withArgs("partial-messages", ["-p", "x", ...STREAM, "--include-partial-messages"]),
  {
    ...withArgs("midstream/partial-messages", ["-p", "x", ...STREAM, "--include-partial-messages"]),
    api: ["--mode", "stall"],
    mode: "hang-midstream",
    spoken: "midstream/SIGINT/stream-json",
    signal: "SIGTERM",
  },
];

const flags: readonly Condition[] = [
  withArgs("version", ["--version"]),
  withArgs("version/-v", ["-v"]),
  withArgs("flag=value", ["-p", "x", "--output-format=json", `--session-id=${SESSION}`]),
  withArgs("session-id", ["-p", "x", "--session-id", SESSION, "--output-format", "json"]),
  withArgs("session-id/stream-json", ["-p", "x", "--session-id", SESSION, ...STREAM]),
  withArgs("model", ["-p", "x", "--model", "sonnet", ...STREAM]),
  withArgs("model/full", ["-p", "x", "--model", "claude-haiku-4-5", ...STREAM]),
  withArgs("model/unknown", ["-p", "x", "--model", "nosuch"]),
  withArgs("model/unknown/stream-json", ["-p", "x", "--model", "nosuch", ...STREAM]),
  withArgs("max-turns/enough", ["-p", "x", "--max-turns", "3", "--output-format", "json"]),
  withArgs("max-turns/0", ["-p", "x", "--max-turns", "0"]),
  withArgs("max-budget/enough", ["-p", "x", "--max-budget-usd", "5", "--output-format", "json"]),
  withArgs("json/verbose", ["-p", "x", "--output-format", "json", "--verbose"]),
  withArgs("text/verbose", ["-p", "x", "--verbose"]),
  withArgs("tools/none", ["-p", "x", "--tools", "", ...STREAM]),
  withArgs("permission-mode", ["-p", "x", "--permission-mode", "plan", ...STREAM]),
  withArgs("effort/unknown", ["-p", "x", "--effort", "nope"]),
  withArgs("system-prompt", ["-p", "x", "--system-prompt", "Be brief.", "--append-system-prompt", "Please."]),
  withArgs("no-session-persistence", ["-p", "x", "--no-session-persistence", "--output-format", "json"]),
  withArgs("nested", ["-p", "x"], { env: { CLAUDECODE: "1" } }),
  withArgs("--print", ["--print", "x"]),
  withArgs("prompt-first", ["x", "-p"]),
  withArgs("two-prompts", ["-p", "x", "y"]),
  withArgs("after--", ["-p", "--", "--x"]),
  withArgs("resume/known", ["-p", "x", "--resume", SESSION, "--output-format", "json"], {
    before: ["-p", "x", "--session-id", SESSION],
  }),
  withArgs("session-id/used", ["-p", "x", "--session-id", SESSION], {
    before: ["-p", "x", "--session-id", SESSION],
  }),
  withArgs("continue/nothing", ["-p", "x", "--continue"]),
];

const refusals: readonly Condition[] = [
  withArgs("no-prompt", ["-p"]),
  withArgs("empty-prompt", ["-p", ""]),
  withArgs("blank-prompt", ["-p", "   "]),
  withArgs("unknown-option", ["-p", "x", "--nosuchflag"]),
  withArgs("unknown-option/similar", ["-p", "x", "--modell", "sonnet"]),
  withArgs("unknown-option/similar-hidden", ["-p", "x", "--max-turn", "3"]),
  withArgs("unknown-option/short", ["-p", "x", "-x"]),
  withArgs("missing-value", ["-p", "x", "--model"]),
  withArgs("bad-output-format", ["-p", "x", "--output-format", "yaml"]),
  withArgs("bad-output-format/=", ["-p", "x", "--output-format=yaml"]),
  withArgs("bad-input-format", ["-p", "x", "--input-format", "yaml"]),
  withArgs("stream-json-without-verbose", ["-p", "x", "--output-format", "stream-json"]),
  withArgs("partial-without-stream-json", ["-p", "x", "--include-partial-messages"]),
  withArgs("replay-without-stream-json", ["-p", "x", "--replay-user-messages"]),
  withArgs("input-stream-json-alone", ["-p", "--input-format", "stream-json"]),
  withArgs("bad-session-id", ["-p", "x", "--session-id", "notauuid"]),
  withArgs("resume/unknown", ["-p", "x", "--resume", "00000000-0000-4000-8000-000000000000"]),
  withArgs("resume/unknown/json", [
    "-p",
    "x",
    "--resume",
    "00000000-0000-4000-8000-000000000000",
    ...FORMATS.json,
  ]),
  withArgs("resume/unknown/stream-json", [
    "-p",
    "x",
    "--resume",
    "00000000-0000-4000-8000-000000000000",
    ...STREAM,
  ]),
  withArgs("resume/title/stream-json", ["-p", "x", "--resume", "notauuid", ...STREAM]),
  withArgs("resume/title", ["-p", "x", "--resume", "notauuid"]),
  withArgs("resume/nothing", ["-p", "x", "--resume"]),
  withArgs("session-id-and-resume", ["-p", "x", "--session-id", SESSION, "--resume", SESSION]),
  withArgs("bad-json-schema", ["-p", "x", "--json-schema", "{bad", "--output-format", "json"]),
  withArgs("json-schema/array", ["-p", "x", "--json-schema", "[]"]),
  withArgs("json-schema/type", ["-p", "x", "--json-schema", '{"type":"nonsense"}']),
  withArgs("bad-permission-mode", ["-p", "x", "--permission-mode", "nope"]),
  withArgs("bad-max-turns", ["-p", "x", "--max-turns", "abc"]),
  withArgs("bad-max-budget", ["-p", "x", "--max-budget-usd", "0"]),
  withArgs("settings/missing", ["-p", "x", "--settings", "/nonexistent.json"]),
  withArgs("settings/missing-first", ["-p", "x", "--settings", "/nonexistent.json", "--nosuchflag"]),
  withArgs("settings/given", ["-p", "x", "--settings", "{}"]),
  withArgs("mcp-config/empty", ["-p", "x", "--mcp-config", "{}"]),
  withArgs("mcp-config/given", ["-p", "x", "--mcp-config", '{"mcpServers":{}}']),
  withArgs("mcp-config/missing", ["-p", "x", "--mcp-config", "/nonexistent.json"]),
  withArgs("system-prompt-file/missing", ["-p", "x", "--system-prompt-file", "/nonexistent"]),
  withArgs("setting-sources/unknown", ["-p", "x", "--setting-sources", "nope"]),
];

const input: readonly Condition[] = [
  withArgs("stdin/prompt", ["-p"], { stdin: "say hi\n" }),
  withArgs("stdin/prompt-json", ["-p", "--output-format", "json"], { stdin: "say hi" }),
  withArgs("stdin/both", ["-p", "x"], { stdin: "more\n" }),
  withArgs("stdin/blank", ["-p"], { stdin: "  \n" }),
  withArgs("stdin/empty", ["-p"], { stdin: "" }),
  withArgs("stdin/empty-and-prompt", ["-p", "x"], { stdin: "" }),
  withArgs("stdin/open", ["-p", "x"], { stdin: { open: true } }),
  withArgs("stdin/large", ["-p"], { stdin: "word ".repeat(400_000) }),
  withArgs("stdin/over-10MB", ["-p"], { stdin: "word ".repeat(2_200_000) }),
  withArgs("input-stream-json", STREAM_INPUT, { stdin: userLine("x") }),
  withArgs("input-stream-json/two", STREAM_INPUT, { stdin: userLine("x") + userLine("y") }),
  withArgs("input-stream-json/none", STREAM_INPUT, { stdin: "" }),
  withArgs("input-stream-json/not-json", STREAM_INPUT, { stdin: "not json\n" }),
  withArgs("input-stream-json/replay", [...STREAM_INPUT, "--replay-user-messages"], { stdin: userLine("x") }),
  withArgs("input-stream-json/initialize", STREAM_INPUT, {
    stdin: controlLine("initialize") + userLine("x"),
  }),
  withArgs("input-stream-json/sdk", STREAM_INPUT.slice(1), {
    stdin: controlLine("initialize") + userLine("x"),
  }),
  withArgs("input-stream-json/odd-control", STREAM_INPUT, { stdin: controlLine("nosuch") + userLine("x") }),
  withArgs("input-stream-json/prompt-too", [...STREAM_INPUT, "x"], { stdin: userLine("y") }),
];

export const CONDITIONS: readonly Condition[] = [
  ...behind,
  ...flags,
  ...refusals,
  ...input,
  ...conversations,
];
