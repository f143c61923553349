// Sentences that more than one mode needs.
"use strict";
const { hex } = require("../../shared/ids.cjs");

const HIGH_DEMAND = "We’re currently experiencing high demand, which may cause temporary errors.";
const CLOSED = "stream disconnected before completion: stream closed before response.completed";
const NETWORK_BROKE =
  "stream disconnected before completion: Transport error: network error: error decoding response body";
const IDLE = "stream disconnected before completion: idle timeout waiting for SSE";

const requestId = () => `request id: req_${hex(24)}`;

/** A status that codex has no sentence for. */
const unexpected = ({ url }, status, text) =>
  `unexpected status ${status}: ${text}, url: ${url}, ${requestId()}`;

module.exports = { CLOSED, HIGH_DEMAND, IDLE, NETWORK_BROKE, requestId, unexpected };
