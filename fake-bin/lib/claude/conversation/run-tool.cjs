// The way of a tool call through hooks, rules and the person who is asked, as the genuine CLI goes it with an SDK.
"use strict";
const { resolve } = require("node:path");
const { runHooks } = require("../control/hooks.cjs");
const { readShellCommand } = require("../permissions/shell-command.cjs");
const { describeTool, whyUnavailable } = require("./tool-names.cjs");
const { emitToolRefusal, emitToolResult, emitToolUse, responseOf } = require("./tools.cjs");
const { permissionFor } = require("./permission.cjs");
const { endAborted, endDeferred, endStopped } = require("./tool-endings.cjs");

const HOOK_TIMED_OUT =
  "PreToolUse hook did not respond before its timeout (host client may be unreachable). The tool call was not executed; " +
  "other configured hooks may not have completed.";
const HOOK_FAILED =
  "PreToolUse hook failed with an unexpected error. The tool call was not executed; other configured hooks may not have " +
  "completed.";
const STOP_NOW =
  "The user doesn't want to take this action right now. STOP what you are doing and wait for the user to tell you how to " +
  "proceed.";
const CUT_OFF =
  "The tool call was interrupted before a result was received. It may or may not have completed on the server — verify " +
  "before assuming it succeeded, and retry if needed.";

/**
 * Prints a tool call and what becomes of it.
 *
 * @param tool of a scenario: `name`, `input`, `output`, `isError`, `permission`
 * @returns the exit code if the turn ends here, else undefined
 */
async function runTool(ctx, tool) {
  const { name, input = {} } = tool;
  const described = describeTool(ctx, name);
  const { id } = await emitToolUse(ctx, name, input, described.meta);
  const call = { ...tool, ...described, id, input };
  ctx.openCall = call;
  ctx.callsMade = (ctx.callsMade ?? 0) + 1;
  const end = await carryOut(ctx, call);
  ctx.openCall = undefined;
  return end;
}

async function carryOut(ctx, call) {
  const { id, name } = call;
  const unavailable = whyUnavailable(ctx, call);
  if (unavailable) {
    const error = `Error: ${unavailable}`;
    await emitToolRefusal(ctx, { id, message: `<tool_use_error>${error}</tool_use_error>`, kept: error });
    return undefined;
  }
  call.input = withWholePath(call);
  const before = await runHooks(ctx, "PreToolUse", toolInput(call), { tool: name, toolUseId: id });
  if (before.timedOut || before.wrongEvent) {
    await emitToolRefusal(ctx, { id, message: before.timedOut ? HOOK_TIMED_OUT : HOOK_FAILED });
    return undefined;
  }
  if (before.closed) {
    await emitToolRefusal(ctx, {
      id,
      message: STOP_NOW,
      kept: STOP_NOW,
      meta: { non_execution_kind: "cancelled" },
    });
    return undefined;
  }
  if (before.defer && before.deny === undefined) return endDeferred(ctx, call);
  const permission = await permissionFor(ctx, call, before);
  if (permission.aborted) return endAborted(ctx, call);
  if (permission.refused) {
    await emitToolRefusal(ctx, { id, ...permission.refused });
    return undefined;
  }
  const after = await perform(ctx, call, permission.decision);
  const stopped = before.stop ?? after.stop;
  return stopped === undefined ? undefined : endStopped(ctx);
}

/** The genuine CLI tells hooks and callbacks the whole path. */
function withWholePath({ name, input }) {
  return ["Read", "Write"].includes(name) && typeof input.file_path === "string"
    ? { ...input, file_path: resolve(input.file_path) }
    : input;
}

const toolInput = ({ id, name, input, server, source }) => ({
  tool_name: name,
  tool_input: input,
  tool_use_id: id,
  ...(server && { mcp_server: { name: server, source } }),
});

/** Lets the call happen, as the scenario or the SDK's server says. @returns what the hooks after it decided */
async function perform(ctx, call, decision) {
  const startedAt = Date.now();
  const ran = call.server ? await callServer(ctx, call) : scriptedOutcome(call);
  const { id, name } = call;
  const duration_ms = Date.now() - startedAt;
  const about = { tool: name, toolUseId: id };
  if (ran.error !== undefined) {
    const told = { ...toolInput(call), error: ran.error, is_interrupt: false, duration_ms };
    const after = await runHooks(ctx, "PostToolUseFailure", told, about);
    const { error: output, kept = `Error: ${output}`, kind } = ran;
    const meta = { ...(kind && { non_execution_kind: kind }), permission_decision: decision };
    await emitToolRefusal(ctx, { id, message: ran.shown ?? output, kept, meta });
    return after;
  }
  const { mcp_server, ...told } = toolInput(call);
  const input = { ...told, tool_response: ran.response, duration_ms, ...(mcp_server && { mcp_server }) };
  const after = await runHooks(ctx, "PostToolUse", input, about);
  const { output, response } = after.updatedOutput === undefined ? ran : replaced(after.updatedOutput);
  await emitToolResult(ctx, { id, output, isError: false, response, decision, withFlag: !call.server });
  return after;
}

const replaced = (response) => ({
  output: typeof response?.stdout === "string" ? response.stdout : response,
  response,
});

function scriptedOutcome({ name, input, output = "", isError }) {
  if (isError) return { error: output };
  const noOutputExpected =
    name === "Bash" && readShellCommand(String(input.command), process.cwd()).kind === "files";
  const response = responseOf({ output, noOutputExpected });
  return { output: output === "" && name === "Bash" ? "(Bash completed with no output)" : output, response };
}

async function callServer(ctx, call) {
  const { id, server, serverTool, name, input } = call;
  call.running = true;
  const { callTool } = require("../control/sdk-mcp.cjs");
  const outcome = await callTool(ctx, { server, tool: serverTool.name, input, toolUseId: id });
  if (outcome.closed) return { error: CUT_OFF, kind: "interrupted" };
  if (outcome.error === undefined) return { output: outcome.content, response: outcome.content };
  return { error: outcome.error, shown: `${outcome.error}\n\n${schemaHint(name, serverTool)}` };
}

/** The genuine CLI does not show the model the schemas of these tools before a call fails. */
function schemaHint(name, { inputSchema: { $schema, ...schema } = {} }) {
  return (
    "This tool's input schema was not in your prompt when you called it. The input schema is: " +
    `${JSON.stringify({ ...schema, ...($schema && { $schema }) })}\n` +
    "If your input does not match this schema, correct it and call the tool again. If it matches, the error above has " +
    "another cause. If the corrected call fails the same way, call ToolSearch with query " +
    `"select:${name}" to load the tool, then call it again.`
  );
}

module.exports = { runTool };
