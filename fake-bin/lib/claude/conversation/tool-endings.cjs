// Turns that end at a tool call, before the model could answer.
"use strict";
const { userEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { emit, emitResult } = require("./conversation.cjs");
const { emitToolRefusal } = require("./tools.cjs");

const REJECTED =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string " +
  "was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
const RAN_ALREADY =
  " Correction to the text above: this call was stopped while running, not refused before it ran. It may have run in part " +
  "or in full, and its changes may have been written. No permission prompt was involved. Work it started elsewhere (a " +
  "remote command, a background process) may still be running, so check before starting the same work again. The " +
  "instruction to stop and wait still stands.";

/** The end of a turn that the user stopped at a call. @returns the exit code */
async function endAborted(ctx, { id, name, input, asked, running }) {
  // A request without an answer counts as denied.
  if (asked) ctx.permissionDenials.push({ tool_name: name, tool_use_id: id, tool_input: input });
  await emitToolRefusal(ctx, {
    id,
    message: running ? `${REJECTED}${RAN_ALREADY}` : REJECTED,
    kept: "User rejected tool use",
    meta: { non_execution_kind: "user-rejected" },
  });
  await emit(ctx, userEvent(ctx, [{ type: "text", text: "[Request interrupted by user for tool use]" }]));
  const result = resultEvent(ctx, {
    subtype: "error_during_execution",
    stopReason: "tool_use",
    terminalReason: "aborted_tools",
    isError: true,
    turns: ctx.callsMade + 2,
    usage: usageOf(ctx, "", ctx.callsMade),
    answered: false,
    errors: ["[ede_diagnostic] result_type=user last_content_type=n/a stop_reason=tool_use"],
  });
  return emitResult(ctx, result);
}

/** The end of a turn that a hook stopped after a call: a good result without text. @returns the exit code */
async function endStopped(ctx) {
  const result = resultEvent(ctx, {
    stopReason: "tool_use",
    terminalReason: "hook_stopped",
    turns: ctx.callsMade + 1,
    usage: usageOf(ctx, "", ctx.callsMade),
    result: "",
  });
  return emitResult(ctx, result);
}

/** The end of a turn whose call a hook put off: a good result without text, which names the call. */
async function endDeferred(ctx, { id, name, input }) {
  const result = resultEvent(ctx, {
    stopReason: "tool_deferred",
    terminalReason: "tool_deferred",
    turns: ctx.callsMade,
    usage: usageOf(ctx, "", ctx.callsMade),
    result: "",
    answered: false,
    more: { api_error_status: undefined, deferred_tool_use: { id, name, input } },
  });
  return emitResult(ctx, result);
}

module.exports = { endAborted, endDeferred, endStopped };
