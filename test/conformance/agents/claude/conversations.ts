import type { Condition } from "../../condition.ts";
import { SERVER } from "../../mcp-server.ts";
import type { Step } from "../../run.ts";

// What the SDK's query() passes, as no text is to be asked for twice.
const ARGS = ["--input-format", "stream-json", "--output-format", "stream-json", "--verbose"];
const MESSAGE = "11111111-2222-4333-8444-555555555555";
const OTHER = "11111111-2222-4333-8444-666666666666";

/** A user message that gets its answer. */
const say: Step = {
  line: { type: "user", message: { role: "user", content: "x" } },
  until: '"type":"result"',
};

/** Stands for the number of a step, which is the id of its request. */
const NUMBER = "<number>";

/** Control requests, each of which is answered before the next is sent. */
const ask = (...requests: readonly object[]): Step[] =>
  requests.map((request) => ({
    line: { type: "control_request", request_id: NUMBER, request },
    until: `"request_id":"${NUMBER}"`,
  }));

const numbered = (steps: readonly Step[]): Step[] =>
  steps.map((step, n) => JSON.parse(JSON.stringify(step).replaceAll(NUMBER, `request-${n}`)) as Step);

/** The message with an id of its own, up to the event that says that it is done. */
const withId = ({ line }: Step, uuid: string): Step => ({
  line: { ...line, uuid },
  until: '"state":"completed"',
});

/** A change of the permission mode, up to the event that follows the reply. */
const changeMode = (mode: string): Step[] =>
  ask({ subtype: "set_permission_mode", mode }).map((step) => ({ ...step, until: '"subtype":"status"' }));

const setModel = (model?: unknown) => ({ subtype: "set_model", model });
const flagSettings = (settings: unknown) => ({ subtype: "apply_flag_settings", settings });
const updateSettings = (source: string, settings: unknown) => ({
  subtype: "update_settings",
  source,
  settings,
});
const setServers = (servers: unknown) => ({ subtype: "mcp_set_servers", servers });
const toggle = (enabled: unknown, serverName: unknown = "m") => ({
  subtype: "mcp_toggle",
  serverName,
  enabled,
});
const reconnect = (serverName: unknown = "m") => ({ subtype: "mcp_reconnect", serverName });
const rewind = (id: unknown, dry_run = false) => ({ subtype: "rewind_files", user_message_id: id, dry_run });
const status = { subtype: "mcp_status" };

function condition(name: string, steps: readonly Step[], rest?: Partial<Condition>): Condition {
  return {
    name: `control/${name}`,
    api: ["--mode", "ok"],
    mode: "ok",
    args: ARGS,
    spoken: "ok/stream-json",
    stdin: { steps: numbered(steps) },
    ...rest,
  };
}

/** Conversations of the SDK's control protocol. */
export const conversations: readonly Condition[] = [
  condition("context-usage", [
    ...ask(
      { subtype: "get_context_usage", detail: "summary" },
      { subtype: "get_context_usage", detail: "nope" },
    ),
  ]),
  condition(
    "rewind-files",
    ask({ subtype: "rewind_files" }, rewind(MESSAGE), rewind(MESSAGE, true), rewind(5)),
  ),
  condition("rewind-files/checkpointing", ask(rewind(MESSAGE), rewind(MESSAGE, true)), {
    env: { CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: "true" },
  }),
  condition(
    "reload-plugins",
    ask(
      { subtype: "reload_plugins" },
      { subtype: "reload_plugins", hold_on_cache_impact: true },
      { subtype: "reload_plugins", refuse_if_busy: true },
      { subtype: "reload_plugins", add_plugins: "x" },
      { subtype: "reload_plugins", add_plugins: [{ type: "local", path: "x" }] },
      { subtype: "reload_skills" },
      { subtype: "reload_output_styles" },
    ),
  ),
  condition("mcp", [
    ...ask(status, setServers(undefined), setServers([]), setServers({ a: 5 }), setServers({})),
    ...ask(setServers({ m: SERVER }), status),
    say,
    ...ask(toggle(false), status, reconnect()),
    say,
    ...ask(toggle(true), toggle(true), reconnect(), setServers({ m: SERVER }), status),
    ...ask(setServers({ m: { ...SERVER, env: { A: "b" } } }), status, setServers({}), status),
    say,
  ]),
  condition("mcp/failed", [
    ...ask(toggle(true, "x"), toggle("x", "x"), toggle(true, 5), reconnect("x"), reconnect(5)),
    ...ask(setServers({ m: { type: "stdio", command: "/nonexistent", args: [] } }), status),
    ...ask(toggle(true), reconnect(), toggle(false), status),
    ...ask(setServers({ n: { type: "stdio", command: "/nonexistent" } })),
    ...ask(setServers({ o: { type: "stdio", command: "/bin/true", args: [] } })),
    say,
  ]),
  condition(
    "tasks",
    ask(
      { subtype: "stop_task" },
      { subtype: "stop_task", task_id: "x" },
      { subtype: "background_tasks" },
      { subtype: "background_tasks", tool_use_id: "x" },
      { subtype: "background_tasks", tool_use_id: 5 },
    ),
  ),
  condition("flag-settings", [
    ...ask(...[undefined, null, [], "x", {}].map(flagSettings)),
    ...ask(flagSettings({ model: 5, permissions: "x", env: 3 }), flagSettings({ permissions: { allow: 5 } })),
    ...ask(
      flagSettings({ permissions: { defaultMode: "nope" } }),
      flagSettings({ nosuch: 1, effortLevel: "x" }),
    ),
    ...ask(flagSettings({ model: "haiku", outputStyle: "Explanatory" })),
    say,
    ...ask(flagSettings({ model: null, outputStyle: null })),
    say,
  ]),
  condition("update-settings", [
    ...ask({ subtype: "update_settings" }, updateSettings("nosuch", {}), updateSettings("localSettings", {})),
    ...ask(updateSettings("localSettings", { outputStyle: "Learning", model: "x", a: "b" })),
    ...ask(updateSettings("localSettings", { outputStyle: 5 })),
    ...ask(updateSettings("userSettings", { outputStyle: "Learning" })),
    ...ask(updateSettings("userSettings", { effortLevel: "x" })),
    ...ask(updateSettings("userSettings", { effortLevel: "high" })),
    ...ask(updateSettings("localSettings", { outputStyle: "Learning" })),
    say,
  ]),
  condition("model", [
    ...ask(setModel("sonnet")),
    say,
    ...ask(
      setModel("sonnet"),
      setModel("HAIKU"),
      setModel("claude-opus-5-5"),
      setModel("fable[1m]"),
      setModel(),
    ),
    ...ask(setModel(""), setModel(5)),
    say,
  ]),
  condition("permission-mode", [
    ...changeMode("plan"),
    ...ask(
      { subtype: "set_permission_mode", mode: "plan" },
      { subtype: "set_permission_mode", mode: "nope" },
    ),
    ...ask({ subtype: "set_permission_mode", mode: "bypassPermissions" }),
    say,
    ...changeMode("acceptEdits"),
    say,
  ]),
  condition("odd", [
    ...ask(
      {},
      { subtype: "nosuch" },
      { subtype: "rename_session" },
      { subtype: "rename_session", title: "T" },
    ),
    ...ask({ subtype: "set_max_thinking_tokens", max_thinking_tokens: "x" }),
    ...ask({ subtype: "set_max_thinking_tokens", max_thinking_tokens: 100 }),
    ...ask({ subtype: "set_mcp_permission_mode_override", serverName: "x", mode: "default" }),
    ...ask({ subtype: "get_usage", skip_behaviors: true }),
    { line: { type: "keep_alive" }, until: "" },
    { line: { type: "control_cancel_request", request_id: "x" }, until: "" },
    { line: { type: "control_response", response: { subtype: "success", request_id: "x" } }, until: "" },
    ...ask(status),
  ]),
  condition("message-id", [withId(say, MESSAGE), withId(say, OTHER)]),
  condition("message-id/replayed", [withId(say, MESSAGE)], { args: [...ARGS, "--replay-user-messages"] }),
  condition("message-id/failed", [{ ...withId(say, MESSAGE), until: '"state":"cancelled"' }], {
    api: ["--mode", "429"],
    mode: "rate-limit",
  }),
  condition(
    "message-id/queued",
    [
      { ...withId(say, MESSAGE), until: '"subtype":"init"' },
      { ...withId(say, OTHER), until: '"state":"queued"' },
      { ...ask({ subtype: "interrupt" })[0]!, until: '"subtype":"init"' },
      { ...ask({ subtype: "interrupt" })[0]!, until: '"state":"cancelled"' },
    ],
    { api: ["--mode", "hang"], mode: "hang" },
  ),
  condition("no-request", [{ line: { type: "control_request", request_id: "a" }, until: "never" }]),
  // While a turn runs.
  condition(
    "running",
    [
      { ...say, until: '"subtype":"init"' },
      ...ask(
        { subtype: "reload_plugins", refuse_if_busy: true },
        setModel("haiku"),
        flagSettings({ model: "sonnet" }),
        { subtype: "background_tasks" },
        { subtype: "rewind_files", user_message_id: MESSAGE, dry_run: true },
      ),
      ...changeMode("plan"),
      { ...ask({ subtype: "interrupt" })[0]!, until: '"type":"result"' },
    ],
    { api: ["--mode", "hang"], mode: "hang" },
  ),
];
