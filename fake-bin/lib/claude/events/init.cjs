"use strict";
const { join, resolve } = require("node:path");
const { uuid } = require("../../shared/ids.cjs");
const { setting } = require("../../shared/runtime/program.cjs");
const { modelFacts } = require("./models.cjs");

/** The version of the real CLI that the fake imitates. */
const VERSION = setting("VERSION") ?? "2.1.329";

// Loading `node:os` for these two would cost a hundredth of the start time.
const home = process.env.HOME ?? process.env.USERPROFILE ?? "/";
const temporary = process.env.TMPDIR ?? process.env.TEMP ?? "/tmp";

const words = (text) => text.trim().split(/\s+/);
const TOOLS =
  words(`Task Bash CronCreate CronDelete CronList Edit EnterWorktree ExitWorktree ListAgents Monitor
  NotebookEdit Read ReportFindings ScheduleWakeup SendMessage Skill TaskStop ToolSearch WebFetch WebSearch Workflow
  Write`);
const CAPABILITIES = words(`interrupt_receipt_v1 interrupt_cancel_queued_v1 interrupt_send_now_v1
  interrupt_requeue_taken_v1 msg_lifecycle_v1 request_marker_lists_v1 ask_user_question_unanswered_v1
  lifecycle_wakeup_source_v1 sdk_mcp_tools_list_changed sdk_mcp_manifests mcp_read_resource_v1 mcp_tool_ui_meta_v1
  ui_surface_v1 mcp_call_result_not_for_model_v1 mcp_call_check_permissions_v1 voice_call_talk_line_v1
  withdrawn_files_note_v2 ui_pane_widget_v1 reload_plugins_refuse_if_busy_v1 get_usage_detached_v1
  silent_resend_files_v1`);
const SKILL_NAMES = words("update-config verify debug code-review simplify batch doctor loop");
const COMMAND_NAMES = words(
  "agents clear compact config context effort init mcp model rename security-review usage",
);

function toolsFor(flags) {
  const asked = flags.tools?.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean);
  const all = !asked || asked.includes("default");
  const tools = all ? TOOLS : TOOLS.filter((tool) => asked.includes(tool));
  return flags["json-schema"] === undefined ? tools : [...tools, "StructuredOutput"];
}

/** The tools of connected MCP servers, under the names by which the model calls them. */
function mcpTools({ mcp = new Map() }) {
  const connected = [...mcp].filter(([, { status }]) => status === "connected");
  const names = connected.flatMap(([server, { tools }]) =>
    tools.map(({ name }) => mcpToolName(server, name)),
  );
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is not in Node 18
  return names.sort((a, b) => (a < b ? -1 : 1));
}

const mcpToolName = (server, tool) =>
  `mcp__${server.replaceAll(/[^\w-]/g, "_")}__${tool.replaceAll(/[^\w-]/g, "_")}`;

/** Every tool that the model is offered. */
function offeredTools(ctx) {
  const tools = [...toolsFor(ctx.flags), ...mcpTools(ctx)];
  if (ctx.flags["disallowed-tools"] === undefined) return tools;
  const { isTakenAway } = require("../permissions/rules.cjs");
  return tools.filter((tool) => !isTakenAway(ctx.flags, tool));
}

/** The folder of the conversations in this working folder. */
const projectFolder = () => join(home, ".claude", "projects", process.cwd().replaceAll(/[^A-Za-z0-9]/g, "-"));

/** Where the genuine CLI keeps the conversation. The fake keeps none; hooks are told the path. */
const transcriptPath = ({ sessionId }) => join(projectFolder(), `${sessionId}.jsonl`);

const builtinPlugin = (plugin) => {
  const name = `cc-plugin-${plugin}`;
  return { name, path: "builtin", source: `${name}@builtin` };
};
const PLUGINS = ["agents-md", "privacy", "plugin-authoring"].map(builtinPlugin);
const AGENT_NAMES = words("claude Explore general-purpose Plan statusline-setup");

/** What control requests have set, of which the session's settings come first. */
const outputStyle = (ctx) => ctx.flagSettings?.outputStyle ?? ctx.localOutputStyle ?? "default";

/** The first event of every turn. Lists of tools, commands and skills are shorter than the real ones. */
function initEvent(ctx) {
  const cwd = process.cwd();
  return {
    type: "system",
    subtype: "init",
    cwd,
    session_id: ctx.sessionId,
    tools: offeredTools(ctx),
    mcp_servers: [...(ctx.mcp ?? [])].map(([name, { status, source }]) => ({ name, status, source })),
    model: ctx.model,
    permissionMode: ctx.flags["permission-mode"] ?? "default",
    slash_commands: [...SKILL_NAMES, ...COMMAND_NAMES],
    terminal_slash_commands: ["doctor", "color", "focus", "reload-plugins"],
    apiKeySource: ctx.loggedIn && process.env.ANTHROPIC_API_KEY ? "ANTHROPIC_API_KEY" : "none",
    claude_code_version: VERSION,
    output_style: outputStyle(ctx),
    agents: AGENT_NAMES,
    skills: SKILL_NAMES,
    plugins: PLUGINS,
    capabilities: CAPABILITIES,
    analytics_disabled: true,
    product_feedback_disabled: true,
    served_by_anthropic: false,
    uuid: uuid(),
    memory_paths: {
      auto: `${join(projectFolder(), "memory")}/`,
    },
    original_cwd: cwd,
    additional_directories: (ctx.flags["add-dir"] ?? []).map((dir) => resolve(dir)),
    messaging_socket_path: join(temporary, "cc-socks", `${process.pid}.sock`),
    fast_mode_state: "off",
    fast_mode_disabled_reason: "sdk_opt_in_required",
    per_turn_effort_active: modelFacts(ctx.model).perTurnEffort,
    ultrathink_available: false,
    ultrathink_typed_raises: false,
    view_mode: "default",
    ...(ctx.userMessageId === undefined ? {} : { user_message_uuids: [ctx.userMessageId] }),
  };
}

module.exports = {
  AGENT_NAMES,
  COMMAND_NAMES,
  initEvent,
  mcpToolName,
  offeredTools,
  outputStyle,
  PLUGINS,
  SKILL_NAMES,
  TOOLS,
  transcriptPath,
  VERSION,
};
