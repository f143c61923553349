// What the CLI answers to each control request of the SDK, by subtype.
"use strict";
const { VERSION } = require("../events/init.cjs");
const { modelName } = require("../events/models.cjs");

const PERMISSION_MODES = ["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "plan"];

/** From subtype to `(ctx, request) => ({ response } or { error, error_code }, more fields)`. */
const replies = {
  initialize: (ctx, { jsonSchema }) => {
    // The SDK sends the schema here or as --json-schema, according to its version.
    if (jsonSchema) ctx.flags["json-schema"] ??= JSON.stringify(jsonSchema);
    const response = {
      commands: [],
      agents: [],
      output_style: "default",
      available_output_styles: ["default"],
      models: [],
      account: { tokenSource: "none", apiKeySource: "none", apiProvider: "firstParty" },
      pid: process.pid,
      claude_code_version: VERSION,
      current_permission_mode: ctx.flags["permission-mode"] ?? "default",
    };
    return { response, more: { pending_permission_requests: [], pending_user_dialog_requests: [] } };
  },
  interrupt: () => ({ response: { still_queued: [] } }),
  mcp_status: () => ({ response: { mcpServers: [] } }),
  cancel_async_message: () => ({ response: { cancelled: false } }),
  end_session: () => ({}),
  seed_read_state: () => ({}),
  set_max_thinking_tokens: () => ({}),
  set_model: (ctx, { model }) => {
    ctx.model = modelName(model);
    return { response: { model: ctx.model } };
  },
  set_permission_mode: (ctx, { mode }) => {
    if (!PERMISSION_MODES.includes(mode)) {
      const error = `Cannot set permission mode: must be one of ${PERMISSION_MODES.join(", ")}`;
      return { error, error_code: "invalid_mode" };
    }
    ctx.flags["permission-mode"] = mode;
    return { response: { mode } };
  },
};

module.exports = { replies };
