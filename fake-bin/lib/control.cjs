"use strict";
const { modelName, VERSION } = require("./events.cjs");

/** What the CLI answers to a control request. Subtypes it has no answer for get an empty success. */
function controlReply(ctx, { request_id, request = {} }) {
  const response = replies[request.subtype]?.(ctx, request) ?? {};
  return { type: "control_response", response: { subtype: "success", request_id, response } };
}

const replies = {
  initialize: (ctx, { jsonSchema }) => {
    // The SDK sends the schema here or as --json-schema, according to its version.
    if (jsonSchema) ctx.flags["json-schema"] ??= JSON.stringify(jsonSchema);
    return {
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
  },
  interrupt: () => ({ still_queued: [] }),
  mcp_status: () => ({ mcpServers: [] }),
  set_model: (ctx, { model }) => {
    ctx.model = modelName(model);
    return { model: ctx.model };
  },
  set_permission_mode: (ctx, { mode }) => {
    ctx.flags["permission-mode"] = mode;
    return { mode };
  },
};

module.exports = { controlReply };
