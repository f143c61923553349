"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { modelUsage, usageObject } = require("./usage.cjs");

/** Whose answer an event belongs to, where the SDK gave the user message an id. */
const messageIds = ({ userMessageId: id }) =>
  id === undefined ? {} : { user_message_uuid: id, user_message_uuids: [id] };

/**
 * The last event of a turn.
 *
 * @param outcome `subtype`, `stopReason`, `terminalReason`, `isError`, `turns`, `usage` (undefined: nothing was spent),
 *   `billed` (undefined: the same as `usage`), `result` or `errors`, `answered` (whether a model answered, which is
 *   what the `ttft_ms` family tells), `more` (keys of this kind of end only).
 */
function resultEvent(ctx, outcome) {
  const {
    subtype = "success",
    stopReason = "end_turn",
    terminalReason = "completed",
    isError = false,
  } = outcome;
  const { turns = 1, usage, billed = usage, answered = true, more = {} } = outcome;
  const elapsed = Math.max(1, Date.now() - ctx.turnStartedAt);
  const total = ctx.spend(ctx.model, billed);
  return {
    duration_api_ms: usage ? Math.max(1, Math.trunc(elapsed / 2)) : 0,
    stop_reason: stopReason,
    session_id: ctx.sessionId,
    total_cost_usd: total.usd,
    usage: usageObject(usage ?? { input: 0, output: 0 }),
    modelUsage: modelUsage(total.models),
    permission_denials: outcome.permissionDenials ?? ctx.permissionDenials ?? [],
    terminal_reason: terminalReason,
    fast_mode_state: "off",
    fast_mode_disabled_reason: "sdk_opt_in_required",
    subagent_stats: noSubagents(),
    safety_stops: outcome.safetyStops ?? 0,
    is_error: isError,
    num_turns: turns,
    subtype,
    ...(outcome.errors
      ? { errors: outcome.errors }
      : { api_error_status: outcome.apiErrorStatus ?? null, ...outcome.apiError, result: outcome.result }),
    ...more,
    ...(answered ? { ttft_ms: elapsed } : {}),
    type: "result",
    duration_ms: elapsed,
    uuid: uuid(),
    ...(answered
      ? { ttft_stream_ms: elapsed, time_to_request_ms: elapsed, first_content_frame_ms: elapsed }
      : {}),
    ...messageIds(ctx),
    ...(answered && ctx.userMessageId !== undefined ? firstRequest(usage) : {}),
    queued_turn_count: 0,
    result_index: ctx.resultIndex,
    ...(ctx.format === "stream-json"
      ? { model_usage_since_last_result: modelUsage({ [ctx.model]: billed }) }
      : {}),
  };
}

function firstRequest(usage) {
  const tokens = { first_request_input_tokens: usage?.input ?? 0, first_request_cache_read_input_tokens: 0 };
  return { request_sent_wall_ms: Date.now(), ...tokens };
}

function noSubagents() {
  return {
    spawned: 0,
    requested: { background: 0, foreground: 0, unset: 0 },
    started_in_background: 0,
    max_depth: 0,
    spawned_by_subagents: 0,
    completed: 0,
    failed: 0,
    killed: { parent: 0, user: 0, system: 0 },
    refused: { depth_limit: 0, concurrency_limit: 0, budget: 0 },
    by_type: {},
  };
}

module.exports = { messageIds, resultEvent };
