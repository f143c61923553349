"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { assistantEvent, requestId, systemEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { emit, emitInit, emitResult } = require("./conversation.cjs");

/** The message the real CLI makes up in the model's name when a request fails. */
function syntheticEvent(ctx, text, { error, stopReason = "stop_sequence", withRequestId = true, more = {} }) {
  const { message, ...event } = assistantEvent(ctx, { type: "text", text });
  const { request_id: _unused, ...rest } = event;
  return {
    type: rest.type,
    message: {
      diagnostics: null,
      id: uuid(),
      container: null,
      model: "<synthetic>",
      role: message.role,
      stop_details: null,
      stop_reason: stopReason,
      stop_sequence: "",
      type: message.type,
      usage: {
        output_tokens_details: null,
        input_tokens: 0,
        output_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
        service_tier: null,
        cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
        inference_geo: null,
        iterations: null,
        speed: null,
        fallback_credit: null,
      },
      content: message.content,
      context_management: null,
    },
    ...rest,
    error,
    ...(withRequestId ? { request_id: requestId() } : {}),
    is_api_error_message: true,
    ...more,
  };
}

/**
 * A turn that failed because the API said no: `subtype: "success"` with `is_error: true`, the error as the answer's
 * text, exit code 1.
 *
 * @param failure `status` and `type` of the API's answer, `error` (the kind), `text`, `retry` when the CLI tries
 *   again first, `more` (further keys of both events), `eventMore` (of the message only).
 */
async function apiErrorTurn(ctx, failure) {
  const {
    status,
    type,
    error,
    text,
    retry,
    more = {},
    eventMore = {},
    init = true,
    requestId: withRequestId = true,
  } = failure;
  const kind = type === undefined ? more : { ...more, api_error_type: type };
  if (init) await emitInit(ctx);
  if (retry) await emitRetry(ctx, { status, ...retry });
  const eventKeys = { ...(status === undefined ? {} : { api_error_status: status }), ...kind, ...eventMore };
  await emit(ctx, syntheticEvent(ctx, text, { error, withRequestId, more: eventKeys }));
  return emitResult(ctx, apiErrorResult(ctx, text, { ...failure, kind }));
}

/** Prints that a request failed and that the CLI tries it again. The fake does not wait the time that it names. */
async function emitRetry(ctx, { status, delayMs, error }) {
  const retry = {
    attempt: 1,
    max_retries: 1,
    retry_delay_ms: delayMs,
    error_status: status ?? null,
    error,
  };
  await emit(ctx, systemEvent(ctx, "api_retry", retry));
}

function apiErrorResult(ctx, text, { status, kind, terminalReason = "api_error" }) {
  return resultEvent(ctx, {
    stopReason: "stop_sequence",
    terminalReason,
    isError: true,
    apiErrorStatus: status,
    apiError: kind,
    result: text,
    answered: false,
  });
}

module.exports = { syntheticEvent, apiErrorTurn, emitRetry };
