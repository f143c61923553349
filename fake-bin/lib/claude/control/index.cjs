// The SDK's control protocol: requests and answers of both sides, as JSON lines among the messages.
"use strict";
const { Refusal } = require("../../shared/runtime/program.cjs");
const { replies } = require("./requests.cjs");

/**
 * Answers control requests of the SDK. `receive` resolves when the answer is printed, or at once when it takes time
 * (an MCP server that has to start): what comes next is read meanwhile. `settled` resolves when all are answered.
 * `emit(ctx, event)` prints.
 */
function openControl(ctx, emit) {
  const pending = new Set();

  const print = async (id, { error, error_code, more, response, before = [], after = [] }) => {
    const subtype = error === undefined ? "success" : "error";
    const answer = { subtype, request_id: id, error, error_code, response, ...more };
    const reply = { type: "control_response", response: answer };
    for (const event of [...before, reply, ...after]) await emit(ctx, event);
  };

  return {
    receive({ request_id: id, request }) {
      if (request === undefined || request === null)
        throw new Refusal("Error: Missing request on control_request");
      const answer = (Object.hasOwn(replies, request.subtype) ? replies[request.subtype] : refuse)(
        ctx,
        request,
      );
      if (!(answer instanceof Promise)) return print(id, answer);
      const answered = answer.then((late) => print(id, late));
      pending.add(answered);
      return undefined;
    },
    settled: () => Promise.all(pending),
  };
}

// The real CLI answers these too.
const NOT_BUILT = new Set([
  "file_suggestions",
  "get_hooks_listing",
  "get_session_cost",
  "get_settings",
  "get_task_output",
  "list_permission_rules",
  "mcp_call",
  "mcp_read_resource",
  "read_file",
  "register_repo_root",
]);

function refuse(_, { subtype }) {
  const error_code = "unsupported_request";
  if (!NOT_BUILT.has(subtype))
    return { error: `Unsupported control request subtype: ${subtype}`, error_code };
  const error =
    `This is hardcall's fake claude, which does not answer the control request ${subtype}; the real one does. ` +
    "fake-bin/README.md lists what the fake answers.";
  return { error, error_code };
}

module.exports = { openControl };
