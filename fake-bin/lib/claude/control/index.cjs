// The SDK's control protocol: requests and answers of both sides, as JSON lines among the messages.
"use strict";
const { replies } = require("./requests.cjs");

/** What the CLI answers to a control request. */
function controlReply(ctx, { request_id, request = {} }) {
  const reply = Object.hasOwn(replies, request.subtype) ? replies[request.subtype] : unsupported;
  const { error, error_code, more, response } = reply(ctx, request);
  const subtype = error === undefined ? "success" : "error";
  return {
    type: "control_response",
    response: { subtype, request_id, error, error_code, response, ...more },
  };
}

const unsupported = (_, { subtype }) => ({
  error: `Unsupported control request subtype: ${subtype}`,
  error_code: "unsupported_request",
});

module.exports = { controlReply };
