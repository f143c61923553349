// What the CLI answers to each control request of the SDK, by subtype.
"use strict";
const { isAbsolute } = require("node:path");
const { VERSION } = require("../events/init.cjs");
const { modelUsage } = require("../events/usage.cjs");
const { invocation } = require("../../shared/runtime/invocation.cjs");
const { systemEvent } = require("../events/messages.cjs");
const { AGENTS, COMMANDS, installation, models, OUTPUT_STYLES, PLUGINS, SKILLS } = require("./catalogue.cjs");
const { contextUsage } = require("./context-usage.cjs");
const { mcpReplies, statusRows } = require("./mcp-servers.cjs");
const { settingsReplies } = require("./settings.cjs");

const isPlugin = (one) => one?.type === "local" && isAbsolute(one.path ?? "");

/**
 * From subtype to `(ctx, request) => answer`, or a promise of it. An answer is `{ response }` or
 * `{ error, error_code }`, with `more` fields of the reply, and events to print `before` or `after` it.
 */
const replies = {
  ...settingsReplies,
  ...mcpReplies,

  initialize: (ctx, { jsonSchema }) => {
    // The SDK sends the schema here or as --json-schema, according to its version.
    if (jsonSchema) ctx.flags["json-schema"] ??= JSON.stringify(jsonSchema);
    const response = installation(ctx);
    return { response, more: { pending_permission_requests: [], pending_user_dialog_requests: [] } };
  },

  get_context_usage: contextUsage,

  rewind_files: (ctx, { user_message_id: id, dry_run: dryRun }) => {
    // What the SDK's enableFileCheckpointing sets.
    const enabled = process.env.CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING === "true";
    const known = enabled && ctx.userMessageIds?.has(id);
    const error = enabled ? "No file checkpoint found for this message." : "File rewinding is not enabled.";
    if (!known) return dryRun ? { response: { canRewind: false, error } } : { error };
    // The fake changes no files, so there is nothing to put back.
    const changes = dryRun ? { filesChanged: [], insertions: 0, deletions: 0 } : { skippedLinks: 0 };
    return { response: { canRewind: true, ...changes } };
  },

  reload_plugins: (ctx, request) => {
    const { add_plugins: added = [], hold_on_cache_impact: hold, refuse_if_busy: refuseIfBusy } = request;
    if (!Array.isArray(added) || !added.every(isPlugin)) {
      const shape = '{ type: "local", path } entries with absolute paths';
      return { error: `reload_plugins add_plugins must be a list of ${shape}` };
    }
    if (refuseIfBusy && ctx.busy) {
      const error = "The session is busy, so plugins were not reloaded. Ask again once it is idle.";
      return { error, error_code: "reload_plugins_busy" };
    }
    const response = {
      commands: COMMANDS,
      agents: AGENTS,
      plugins: PLUGINS,
      mcpServers: statusRows(ctx),
      error_count: 0,
      ...(hold ? { held: false } : {}),
    };
    return { response };
  },
  reload_skills: () => ({ response: { skills: SKILLS } }),
  reload_output_styles: () => ({ response: { available_output_styles: OUTPUT_STYLES } }),
  list_models: () => ({ response: { models: models() } }),

  // Nothing runs in the background here.
  stop_task: (_, { task_id: id }) =>
    typeof id === "string" ? { response: {} } : { error: "stop_task: task_id must be a string" },
  background_tasks: (_, { tool_use_id: id }) => {
    if (id === undefined) return { response: {} };
    if (typeof id !== "string") return { error: "background_tasks: tool_use_id must be a string" };
    return { response: { backgrounded: false } };
  },

  get_usage: (ctx) => {
    const total = ctx.spend();
    const session = {
      total_cost_usd: total.usd,
      total_api_duration_ms: 0,
      total_duration_ms: Date.now() - invocation.startedAt,
      total_lines_added: 0,
      total_lines_removed: 0,
      model_usage: modelUsage(total.models),
    };
    const plan = { subscription_type: null, rate_limits_available: false, rate_limits: null };
    return { response: { session, ...plan, behaviors: null } };
  },

  rename_session: (ctx, { title }) =>
    typeof title === "string"
      ? { before: [systemEvent(ctx, "session_title_changed", { title })] }
      : { error: "rename_session: title must be a string" },
  get_binary_version: () => ({ response: { version: VERSION } }),
  interrupt: (ctx) => ({ response: { still_queued: [...(ctx.queuedMessages ?? [])] } }),
  cancel_async_message: () => ({ response: { cancelled: false } }),
  end_session: () => ({}),
  seed_read_state: () => ({}),
  set_has_subscribers: () => ({}),
};

module.exports = { replies };
