"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { usageObject } = require("./usage.cjs");

/** The result of a session that ends in an error before the model is asked. */
const errorResultEvent = ({ sessionId, errors, resultIndex = 0 }) => ({
  type: "result",
  subtype: "error_during_execution",
  duration_ms: 0,
  duration_api_ms: 0,
  is_error: true,
  num_turns: 0,
  stop_reason: null,
  session_id: sessionId,
  total_cost_usd: 0,
  usage: usageObject({ input: 0, output: 0 }),
  modelUsage: {},
  permission_denials: [],
  uuid: uuid(),
  errors,
  result_index: resultIndex,
});

module.exports = { errorResultEvent };
