import type { Condition } from "../../condition.ts";

const MODEL = ["-m", "gemini-2.5-flash"];
const STREAM = ["--output-format", "stream-json"];
const FORMATS = {
  text: [],
  json: ["--output-format", "json"],
  "stream-json": STREAM,
} as const;
const SESSION = "11111111-2222-4333-8444-555555555555";
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

type Rest = Omit<Condition, "name" | "api" | "mode" | "args" | "spoken">;

/** What goes wrong (or right) behind the CLI, each in the three output formats. */
function inEachFormat(
  name: string,
  api: string | readonly string[],
  mode: string,
  args: readonly string[] = [],
  rest?: Rest,
) {
  return Object.entries(FORMATS).map(([format, flags]): Condition => ({
    name: `${name}/${format}`,
    api: typeof api === "string" ? ["--mode", api] : api,
    mode,
    args: [...MODEL, ...args, ...flags, "-p", "say hi"],
    spoken: `${name}/stream-json`,
    ...rest,
  }));
}

/** What the CLI says to its command line and its stdin while everything behind it works. */
function withArgs(name: string, args: readonly string[], rest?: Rest): Condition {
  return {
    name,
    api: ["--mode", "ok"],
    mode: "ok",
    args: [...MODEL, ...args],
    spoken: "ok/stream-json",
    ...rest,
  };
}

/** The half answer of the gateway is always the same words: the fake is to say them too. */
const HALF = { env: { FAKE_GEMINI_TEXT: "partial text" } };
const withTool = (mode: string, command = "echo tool-ran") => ["--mode", mode, "--tool-command", command];
const TOUCH = [
  "--tool",
  "run_shell_command",
  "--tool-input",
  '{"command":"touch ./written-by-tool","description":"x"}',
];
const turns = (maxSessionTurns: number) => ({ settings: { model: { maxSessionTurns } } });

const answers: readonly Condition[] = [
  ...inEachFormat("ok", "ok", "ok"),
  ...inEachFormat("empty", "empty", "empty"),
  ...inEachFormat("no-parts", "no-parts", "empty"),
  ...inEachFormat("blank", "blank", "blank"),
  ...inEachFormat("max-tokens", "max-tokens", "max-tokens", [], HALF),
  ...inEachFormat("recitation", "recitation", "max-tokens", [], HALF),
  ...inEachFormat("other-reason", "other", "max-tokens", [], HALF),
  ...inEachFormat("safety", "safety", "safety", [], HALF),
  ...inEachFormat("prohibited", "prohibited", "safety", [], HALF),
  ...inEachFormat("glued-retry", "no-finish,ok", "glued-retry", [], HALF),
  ...inEachFormat("invalid-stream", "no-finish", "invalid-stream", [], HALF),
  ...inEachFormat("error-in-stream", "error-in-stream", "invalid-stream", [], HALF),
  ...inEachFormat("recovered", "500,ok", "recovered"),
];

const tools: readonly Condition[] = [
  ...inEachFormat("tools", withTool("tool"), "tools", ["-y"]),
  ...inEachFormat("permission-denied", ["--mode", "tool-unknown", ...TOUCH], "permission-denied"),
  ...inEachFormat("partial-after-tool", withTool("tool,no-finish"), "partial-after-tool", ["-y"], HALF),
  ...inEachFormat("empty-after-tool", withTool("tool,empty"), "empty-after-tool", ["-y"]),
  ...inEachFormat("max-turns", withTool("tool-forever", "echo turn-%n"), "max-turns", ["-y"], turns(2)),
  ...inEachFormat("loop", withTool("tool-forever"), "loop", ["-y"]),
];

const errors: readonly Condition[] = [
  ...inEachFormat("status-512", "512", "status-512"),
  ...inEachFormat("rate-limit", "429", "rate-limit"),
  ...inEachFormat("rate-limit-wait", "429-retry-info", "rate-limit-wait"),
  ...inEachFormat("auth", "401", "auth"),
  ...inEachFormat("forbidden", "403", "forbidden"),
  ...inEachFormat("not-logged-in", "ok", "not-logged-in", [], { env: { GEMINI_API_KEY: null } }),
  ...inEachFormat("prompt-too-long", "400", "prompt-too-long"),
  ...inEachFormat("payload-too-large", "413", "payload-too-large"),
  ...inEachFormat("model-not-found", "404", "model-not-found"),
  ...inEachFormat("server-error", "500", "server-error"),
  ...inEachFormat("overloaded", "503", "overloaded"),
  ...inEachFormat("timeout-504", "504", "timeout-504"),
  ...inEachFormat("connection-reset", "midreset", "connection-reset", [], HALF),
  ...inEachFormat("network", "reset", "network"),
  ...inEachFormat("connection-refused", "ok", "network", [], { unreachable: true }),
  ...inEachFormat("untrusted-folder", "ok", "untrusted-folder", [], {
    env: { GEMINI_CLI_TRUST_WORKSPACE: null },
  }),
  ...inEachFormat("bad-settings", "ok", "bad-settings", [], { settings: "{not json" }),
];

const signals: readonly Condition[] = [
  ...inEachFormat("hang/SIGTERM", "hang", "hang", [], { signal: "SIGTERM" }),
  ...inEachFormat("hang/SIGINT", "hang", "hang", [], { signal: "SIGINT" }),
  ...inEachFormat("hang/SIGHUP", "hang", "hang", [], { signal: "SIGHUP" }),
  ...inEachFormat("hang/SIGKILL", "hang", "hang", [], { signal: "SIGKILL" }),
  ...inEachFormat("midstream/SIGTERM", "midhang", "hang-midstream", [], { ...HALF, signal: "SIGTERM" }),
  ...inEachFormat("all-said/SIGTERM", "ok-no-close", "hang-before-result", [], { signal: "SIGTERM" }),
];

const json = (...args: readonly string[]) => [...FORMATS.json, ...args];

const commandLine: readonly Condition[] = [
  withArgs("version", ["--version"]),
  withArgs("version/-v", ["-v"]),
  withArgs("list-sessions", ["--list-sessions"]),
  withArgs("output-format/-o", ["-o", "stream-json", "-p", "x"]),
  withArgs("output-format/=", ["--output-format=json", "-p", "x"]),
  withArgs("output-format/bad", ["--output-format", "yaml", "-p", "x"]),
  withArgs("approval-mode/bad", ["--approval-mode", "never", "-p", "x"]),
  withArgs("approval-mode/plan", [...STREAM, "--approval-mode", "plan", "-p", "x"]),
  withArgs("approval-mode/auto_edit", [...STREAM, "--approval-mode", "auto_edit", "-p", "x"]),
  withArgs("yolo", [...STREAM, "-y", "-p", "x"]),
  withArgs("yolo-and-approval-mode", ["-y", "--approval-mode", "yolo", "-p", "x"]),
  withArgs("allowed-tools", [...STREAM, "--allowed-tools", "run_shell_command(echo)", "-p", "x"]),
  withArgs("include-directories", [...STREAM, "--include-directories", "<home>", "-p", "x"]),
  withArgs("unknown-option", ["--nosuchflag", "-p", "x"]),
  withArgs("unknown-option/json", json("--nosuchflag", "-p", "x")),
  withArgs("unknown-options", ["--nosuchflag", "--another", "-p", "x"]),
  withArgs("prompt/positional", json("x")),
  withArgs("prompt/and-positional", json("-p", "x", "y")),
  withArgs("prompt/empty", ["-p", ""]),
  withArgs("prompt/blank", [...STREAM, "-p", "   "]),
  withArgs("prompt/without-value", ["-p"]),
  withArgs("prompt/dashes", ["-p", "--x"]),
  withArgs("prompt/none", []),
  withArgs("prompt/none/json", FORMATS.json),
  withArgs("prompt/none/stream-json", STREAM),
  withArgs("stdin/prompt", STREAM, { stdin: "say hi\n" }),
  withArgs("stdin/prompt/text", [], { stdin: "say hi" }),
  withArgs("stdin/both", [...STREAM, "-p", "x"], { stdin: "more\n" }),
  withArgs("stdin/dash", [...STREAM, "-p", "-"], { stdin: "say hi\n" }),
  withArgs("stdin/empty", STREAM, { stdin: "" }),
  withArgs("stdin/open", [...STREAM, "-p", "x"], { stdin: { open: true } }),
  {
    ...withArgs("stdin/over-context", FORMATS.json, { stdin: "word ".repeat(1_200_000) }),
    mode: "prompt-over-context",
  },
  withArgs("session-id", [...STREAM, "--session-id", SESSION, "-p", "x"]),
  withArgs("session-id/no-uuid", [...STREAM, "--session-id", "notauuid", "-p", "x"]),
  withArgs("session-id/empty", ["--session-id", "", "-p", "x"]),
  withArgs("session-id/used", ["--session-id", SESSION, "-p", "x"], {
    before: [...MODEL, "--session-id", SESSION, "-p", "x"],
  }),
  withArgs("resume/known", [...STREAM, "--resume", SESSION, "-p", "x"], {
    before: [...MODEL, "--session-id", SESSION, "-p", "x"],
  }),
  withArgs("resume/latest", [...STREAM, "--resume", "latest", "-p", "x"]),
  withArgs("resume/none", [...STREAM, "--resume", UNKNOWN, "-p", "x"]),
  withArgs("resume/unknown", [...STREAM, "--resume", UNKNOWN, "-p", "x"], {
    before: [...MODEL, "-p", "x"],
  }),
  withArgs("resume/unknown-index", ["--resume", "99", "-p", "x"]),
  withArgs("resume-and-session-id", ["--resume", SESSION, "--session-id", SESSION, "-p", "x"]),
];

export const CONDITIONS: readonly Condition[] = [...answers, ...tools, ...errors, ...signals, ...commandLine];
