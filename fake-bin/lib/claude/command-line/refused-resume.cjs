"use strict";
const { isUuid, uuid } = require("../events/ids.cjs");
const { usageObject } = require("../events/usage.cjs");

/** The result of a run that went no further than `--resume`: no other event comes before it. */
function refusedResumeEvent(flags, problem) {
  const named = flags["session-id"] ?? flags.resume;
  return {
    type: "result",
    subtype: "error_during_execution",
    duration_ms: 0,
    duration_api_ms: 0,
    is_error: true,
    num_turns: 0,
    stop_reason: null,
    session_id: isUuid(named) ? named : uuid(),
    total_cost_usd: 0,
    usage: usageObject({ input: 0, output: 0 }),
    modelUsage: {},
    permission_denials: [],
    uuid: uuid(),
    errors: [problem],
    result_index: 0,
  };
}

module.exports = { refusedResumeEvent };
