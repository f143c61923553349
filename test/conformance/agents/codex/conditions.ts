import type { Condition } from "../../condition.ts";

const EXEC = ["exec", "--skip-git-repo-check"];
const FORMATS = { text: [], json: ["--json"] } as const;
const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const SCHEMA = JSON.stringify({
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
});

type Rest = Omit<Condition, "name" | "api" | "mode" | "args" | "spoken">;

/** What goes wrong (or right) behind the CLI, in both output formats. */
function inBothFormats(
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
    args: [...EXEC, ...flags, ...args, "say hi"],
    spoken: `${name}/json`,
    ...rest,
  }));
}

/** What the CLI says to its command line and its stdin while everything behind it works. */
function withArgs(name: string, args: readonly string[], rest?: Rest): Condition {
  return { name, api: ["--mode", "ok"], mode: "ok", args, spoken: "ok/json", ...rest };
}

const json = (...args: readonly string[]) => [...EXEC, "--json", ...args];
const withTool = (mode: string, command = "echo tool-ran") => ["--mode", mode, "--tool-command", command];
const schema = { files: { "work/schema.json": SCHEMA } };
const SCHEMA_FILE = ["--output-schema", "schema.json"];
const escalation = JSON.stringify({
  cmd: "touch ./written-by-tool",
  sandbox_permissions: "require_escalated",
  justification: "need to write",
});

const answers: readonly Condition[] = [
  ...inBothFormats("ok", "ok", "ok"),
  ...inBothFormats("empty", "empty", "empty"),
  ...inBothFormats("blank", "blank", "blank"),
  ...inBothFormats("no-message", "no-items", "no-message"),
  ...inBothFormats("deltas-only", "deltas-only", "no-message"),
  ...inBothFormats("refusal", "refusal", "refusal"),
  ...inBothFormats("two-messages", "two-messages", "two-messages"),
  ...inBothFormats("reasoning", "with-reasoning", "reasoning"),
  ...inBothFormats("web-search", "web-search", "web-search"),
  ...inBothFormats("recovered", "midreset,ok", "recovered"),
  ...inBothFormats("reconnecting", "no-completed,ok", "reconnecting"),
  ...inBothFormats("malformed-once", "malformed-once", "ok"),
  ...inBothFormats("all-said", "ok-no-close", "ok"),
  ...inBothFormats("schema-honoured", "ok", "ok", SCHEMA_FILE, schema),
  ...inBothFormats("schema-ignored", "ok", "schema-ignored", SCHEMA_FILE, schema),
  ...inBothFormats("warnings", "ok", "ok", ["-m", "nosuchmodel"]),
];

const tools: readonly Condition[] = [
  ...inBothFormats("tools", withTool("tool"), "tools"),
  ...inBothFormats("two-tools", withTool("two-tools"), "two-tools"),
  ...inBothFormats(
    "tool-failed",
    withTool("tool", "echo to-stdout; echo to-stderr >&2; exit 3"),
    "tool-failed",
  ),
  ...inBothFormats(
    "permission-denied",
    ["--mode", "tool", "--tool", "exec_command", "--tool-input", escalation],
    "permission-denied",
  ),
  ...inBothFormats("patch", "patch", "patch", ["-s", "workspace-write"]),
  ...inBothFormats("patch-denied", "patch", "patch-denied"),
  ...inBothFormats("tools-then-error", withTool("tool,500"), "tools-then-error"),
];

const errors: readonly Condition[] = [
  ...inBothFormats("rate-limit", "429", "rate-limit"),
  ...inBothFormats("rate-limit-retried", "429-retry-after", "rate-limit-retried"),
  ...inBothFormats("rate-limit-wait", "failed-rate-limit", "rate-limit-wait"),
  ...inBothFormats("slow-down", "503-slow-down", "slow-down"),
  ...inBothFormats("usage-limit", "usage-limit", "usage-limit"),
  ...inBothFormats("usage-not-included", "usage-not-included", "usage-not-included"),
  ...inBothFormats("quota", "quota", "quota"),
  ...inBothFormats("quota-in-stream", "failed-quota", "quota"),
  ...inBothFormats("overloaded", "503", "overloaded"),
  ...inBothFormats("server-error", "500", "server-error"),
  ...inBothFormats("bad-gateway", "502-html", "bad-gateway"),
  ...inBothFormats("connection-reset", "reset", "connection-reset"),
  ...inBothFormats("stream-broken", "no-completed", "stream-broken"),
  ...inBothFormats("error-event", "error-event", "stream-broken"),
  ...inBothFormats("stream-closed", "no-completed-empty", "stream-closed"),
  ...inBothFormats("no-done-items", "no-done-items", "stream-closed"),
  ...inBothFormats("not-sse", "not-sse", "stream-closed"),
  ...inBothFormats("json-body", "json-body", "stream-closed"),
  ...inBothFormats("stream-reset", "midreset", "stream-reset"),
  ...inBothFormats("auth", "401", "auth"),
  ...inBothFormats("no-key", "ok", "no-key", [], { env: { MOCK_API_KEY: null } }),
  ...inBothFormats("forbidden", "403", "forbidden"),
  ...inBothFormats("forbidden-html", "403-html", "forbidden-html"),
  ...inBothFormats("too-large", "413", "too-large"),
  ...inBothFormats("model-not-found", "404", "model-not-found"),
  ...inBothFormats("context", "400", "context"),
  ...inBothFormats("context-in-stream", "failed-context", "context"),
  ...inBothFormats("max-tokens", "incomplete-max", "max-tokens"),
  ...inBothFormats("content-filter", "incomplete-filter", "content-filter"),
  ...inBothFormats("policy", "failed-policy", "policy"),
  ...inBothFormats("invalid-request", "failed-invalid-prompt", "invalid-request"),
];

const idle = { settings: { "model_providers.mock.stream_idle_timeout_ms": 60_000 } };

const hangs: readonly Condition[] = [
  ...inBothFormats("hang/SIGTERM", "hang", "hang", [], { signal: "SIGTERM" }),
  ...inBothFormats("hang/SIGINT", "hang", "hang", [], { signal: "SIGINT" }),
  ...inBothFormats("hang/SIGHUP", "hang", "hang", [], { signal: "SIGHUP" }),
  ...inBothFormats("hang/SIGKILL", "hang", "hang", [], { signal: "SIGKILL" }),
  ...inBothFormats("midstream/SIGTERM", "midhang", "hang-midstream", [], { ...idle, signal: "SIGTERM" }),
  ...inBothFormats("midstream/SIGINT", "midhang", "hang-midstream", [], { ...idle, signal: "SIGINT" }),
  ...inBothFormats("midstream/gives-up", "midhang", "hang-midstream"),
  ...inBothFormats("drip/SIGTERM", "drip", "drip", [], { signal: "SIGTERM" }),
];

const commandLine: readonly Condition[] = [
  withArgs("version", ["--version"]),
  withArgs("exec-version", ["exec", "--version"]),
  withArgs("not-in-git", ["exec", "x"]),
  withArgs("unknown-option", json("--nosuchflag", "x")),
  withArgs("unknown-option/full-auto", json("--full-auto", "x")),
  withArgs("unknown-option/max-turns", json("--max-turns", "3", "x")),
  withArgs("sandbox/bad", json("-s", "none", "x")),
  withArgs("sandbox/workspace-write", [...EXEC, "-s", "workspace-write", "x"]),
  withArgs("sandbox/danger-full-access", [...EXEC, "-s", "danger-full-access", "x"]),
  withArgs("sandbox/without-value", json("x", "-s")),
  withArgs("model", [...EXEC, "-m", "gpt-5.5", "x"]),
  withArgs("effort", [...EXEC, "-c", 'model_reasoning_effort="high"', "x"]),
  withArgs("config/bad-override", json("-c", "novalue", "x")),
  withArgs("config/bad-type", json("x"), { settings: { model_reasoning_effort: 7 } }),
  withArgs("config/not-toml", json("x"), { settings: 'model = "x\n' }),
  withArgs("profile/unknown", json("-p", "nosuch", "x")),
  withArgs("folder/missing", json("-C", "/nonexistent", "x")),
  withArgs("ephemeral", json("--ephemeral", "x")),
  withArgs("two-prompts", json("x", "y")),
  withArgs("prompt/none", EXEC),
  withArgs("prompt/none/json", json()),
  withArgs("prompt/blank", json("   ")),
  withArgs("prompt/too-large", json("-"), { stdin: "word ".repeat(400_000) }),
  withArgs("stdin/prompt", json(), { stdin: "say hi\n" }),
  withArgs("stdin/dash", json("-"), { stdin: "say hi\n" }),
  withArgs("stdin/dash/text", [...EXEC, "-"], { stdin: "say hi\n" }),
  withArgs("stdin/both", json("x"), { stdin: "more\n" }),
  withArgs("stdin/blank", json(), { stdin: "  \n" }),
  withArgs("stdin/open", json("x"), { stdin: { open: true }, signal: "SIGTERM", signalAt: 3000 }),
  withArgs("schema/missing", json("--output-schema", "/nonexistent.json", "x")),
  withArgs("schema/not-json", json(...SCHEMA_FILE, "x"), { files: { "work/schema.json": "{bad" } }),
  withArgs("output-file", json("-o", "out.txt", "x")),
  withArgs("output-file/folder-missing", json("-o", "/nonexistent/out.txt", "x")),
  withArgs("resume/unknown", json("resume", UNKNOWN, "x")),
  withArgs("resume/unknown/text", [...EXEC, "resume", UNKNOWN, "x"]),
  withArgs("resume/name", json("resume", "nosuchname", "x")),
  withArgs("resume/last-of-none", json("resume", "--last", "x")),
  withArgs("resume/last", json("resume", "--last", "x"), { before: json("first") }),
];

export const CONDITIONS: readonly Condition[] = [...answers, ...tools, ...errors, ...hangs, ...commandLine];
