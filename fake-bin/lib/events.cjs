// The events of 2.1.329, with the keys, types and order it prints.
"use strict";
const { join, resolve } = require("node:path");
const { modelFacts } = require("./models.cjs");
const VERSION = "2.1.329";
const USD_PER_INPUT_TOKEN = 4e-6;
const USD_PER_OUTPUT_TOKEN = 20e-6;

const FAST_MODE = { fast_mode_state: "off", fast_mode_disabled_reason: "sdk_opt_in_required" };

const hex = (digits) =>
  Array.from({ length: digits }, () => Math.trunc(Math.random() * 16).toString(16)).join("");

/** A random uuid. Loading `node:crypto` for it would cost a tenth of the start time. */
function uuid() {
  const variant = "89ab"[Math.trunc(Math.random() * 4)];
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}

const requestId = () => `req_${hex(24)}`;
const messageId = () => `msg_${hex(24)}`;

const now = () => new Date().toISOString();
const place = (ctx) => ({
  parent_tool_use_id: null,
  session_id: ctx.sessionId,
  uuid: uuid(),
  timestamp: now(),
});

function systemEvent(ctx, subtype, more) {
  return { type: "system", subtype, ...more, session_id: ctx.sessionId, uuid: uuid() };
}

const tokens = (text) => Math.max(1, Math.ceil(text.length / 4));

/** What a turn cost: tokens of the prompt and of the answer, times the requests made. */
function usageOf(ctx, outputText, requests = 1) {
  const input = tokens(ctx.prompt) * requests;
  const output = tokens(outputText) * requests;
  return { input, output, usd: input * USD_PER_INPUT_TOKEN + output * USD_PER_OUTPUT_TOKEN };
}

function usageObject({ input, output }) {
  const thinking = { output_tokens_details: { thinking_tokens: 0 } };
  const counts = {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
  };
  return {
    ...(output > 0 ? { ...counts, ...thinking } : { ...thinking, ...counts }),
    server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
    service_tier: "standard",
    cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    inference_geo: "",
    iterations: [],
    speed: "standard",
    fallback_credit: null,
  };
}

function modelUsage(ctx, usage) {
  if (!usage || usage.output === 0) return {};
  const { contextWindow, maxOutputTokens, canonical, costBasis } = modelFacts(ctx.model);
  return {
    [ctx.model]: {
      inputTokens: usage.input,
      outputTokens: usage.output,
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 0,
      webSearchRequests: 0,
      costUSD: usage.usd,
      contextWindow,
      maxOutputTokens,
      thinkingTokens: 0,
      cacheCreationEphemeral5mInputTokens: 0,
      cacheCreationEphemeral1hInputTokens: 0,
      canonicalModel: canonical,
      provider: "firstParty",
      costBasis,
    },
  };
}

/**
 * A message of the model: one content block per event, as the real CLI prints it.
 */
function assistantEvent(ctx, block, id = messageId()) {
  return {
    type: "assistant",
    message: {
      id,
      type: "message",
      role: "assistant",
      model: ctx.model,
      content: [block],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: usageOf(ctx, "").input, output_tokens: 1 },
      context_management: null,
    },
    ...place(ctx),
    request_id: requestId(),
  };
}

/** A message in the name of the user: what a tool gave back, or what the CLI says to the model by itself. */
function userEvent(ctx, content, more = {}) {
  return { type: "user", message: { role: "user", content }, ...place(ctx), ...more };
}

/**
 * The last event of a turn.
 *
 * @param outcome `subtype`, `stopReason`, `terminalReason`, `isError`, `turns`, `usage` (undefined: nothing was spent),
 *   `billed` (undefined: the same as `usage`), `result` or `errors`, `answered` (whether a model answered, which is
 *   what the `ttft_ms` family tells), `more` (keys of this kind of end only).
 */
function resultEvent(ctx, outcome) {
  const {
    subtype = "success",
    stopReason = "end_turn",
    terminalReason = "completed",
    isError = false,
  } = outcome;
  const { turns = 1, usage, billed = usage, answered = true, more = {} } = outcome;
  const elapsed = Math.max(1, Date.now() - ctx.turnStartedAt);
  const total = ctx.spend(billed);
  return {
    duration_api_ms: usage ? Math.max(1, Math.trunc(elapsed / 2)) : 0,
    stop_reason: stopReason,
    session_id: ctx.sessionId,
    total_cost_usd: total.usd,
    usage: usageObject(usage ?? { input: 0, output: 0 }),
    modelUsage: modelUsage(ctx, total),
    permission_denials: outcome.permissionDenials ?? [],
    terminal_reason: terminalReason,
    ...FAST_MODE,
    subagent_stats: noSubagents(),
    safety_stops: outcome.safetyStops ?? 0,
    is_error: isError,
    num_turns: turns,
    subtype,
    ...(outcome.errors
      ? { errors: outcome.errors }
      : { api_error_status: outcome.apiErrorStatus ?? null, ...outcome.apiError, result: outcome.result }),
    ...more,
    ...(answered ? { ttft_ms: elapsed } : {}),
    type: "result",
    duration_ms: elapsed,
    uuid: uuid(),
    ...(answered
      ? { ttft_stream_ms: elapsed, time_to_request_ms: elapsed, first_content_frame_ms: elapsed }
      : {}),
    queued_turn_count: 0,
    result_index: ctx.resultIndex,
    ...(ctx.format === "stream-json" ? { model_usage_since_last_result: modelUsage(ctx, billed) } : {}),
  };
}

function noSubagents() {
  return {
    spawned: 0,
    requested: { background: 0, foreground: 0, unset: 0 },
    started_in_background: 0,
    max_depth: 0,
    spawned_by_subagents: 0,
    completed: 0,
    failed: 0,
    killed: { parent: 0, user: 0, system: 0 },
    refused: { depth_limit: 0, concurrency_limit: 0, budget: 0 },
    by_type: {},
  };
}

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
const SKILLS = words("update-config verify debug code-review simplify batch doctor loop");
const COMMANDS = words(
  "agents clear compact config context effort init mcp model rename security-review usage",
);

function toolsFor(flags) {
  const asked = flags.tools?.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean);
  const all = !asked || asked.includes("default");
  const tools = all ? TOOLS : TOOLS.filter((tool) => asked.includes(tool));
  return flags["json-schema"] === undefined ? tools : [...tools, "StructuredOutput"];
}

const builtinPlugin = (plugin) => {
  const name = `cc-plugin-${plugin}`;
  return { name, path: "builtin", source: `${name}@builtin` };
};

/** The first event of every turn. Lists of tools, commands and skills are shorter than the real ones. */
function initEvent(ctx) {
  const cwd = process.cwd();
  return {
    type: "system",
    subtype: "init",
    cwd,
    session_id: ctx.sessionId,
    tools: toolsFor(ctx.flags),
    mcp_servers: [],
    model: ctx.model,
    permissionMode: ctx.flags["permission-mode"] ?? "default",
    slash_commands: [...SKILLS, ...COMMANDS],
    terminal_slash_commands: ["doctor", "color", "focus", "reload-plugins"],
    apiKeySource: ctx.loggedIn && process.env.ANTHROPIC_API_KEY ? "ANTHROPIC_API_KEY" : "none",
    claude_code_version: VERSION,
    output_style: "default",
    agents: words("claude Explore general-purpose Plan statusline-setup"),
    skills: SKILLS,
    plugins: ["agents-md", "privacy", "plugin-authoring"].map(builtinPlugin),
    capabilities: CAPABILITIES,
    analytics_disabled: true,
    product_feedback_disabled: true,
    served_by_anthropic: false,
    uuid: uuid(),
    memory_paths: {
      auto: `${join(home, ".claude", "projects", cwd.replaceAll(/[^A-Za-z0-9]/g, "-"), "memory")}/`,
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
  };
}

module.exports = {
  uuid,
  systemEvent,
  usageOf,
  usageObject,
  assistantEvent,
  userEvent,
  resultEvent,
  VERSION,
  requestId,
  messageId,
  initEvent,
};
