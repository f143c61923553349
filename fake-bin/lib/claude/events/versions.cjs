// What other versions of the real CLI print in place of what 2.1.329 does, as far as a caller could go by it. Measured:
// docs/conformance.md has the table. Loaded only when FAKE_CLAUDE_VERSION asks for another version.
"use strict";
const { misused, setting, variable } = require("../../shared/runtime/program.cjs");

const CURRENT = "2.1.329";
const OLD = "2.1.197";
const NEW = "2.1.330";
const VERSIONS = [OLD, CURRENT, NEW];

/** Throws the refusal of a version whose differences are not known. */
function checkVersion() {
  const asked = setting("VERSION");
  if (asked === undefined || VERSIONS.includes(asked)) return;
  throw misused(
    `${variable("VERSION")} has the unknown version '${asked}'. Known are ${VERSIONS.join(", ")}.`,
  );
}

const words = (text) => text.trim().split(/\s+/);

/** Keys of events that 2.1.197 does not have yet, by the event's type. */
const NOT_YET = {
  system:
    words(`additional_directories capabilities fast_mode_disabled_reason messaging_socket_path original_cwd
    per_turn_effort_active served_by_anthropic terminal_slash_commands ultrathink_available ultrathink_typed_raises
    user_message_uuids view_mode`),
  assistant: words(`aborted api_error api_error_params api_error_status api_error_type is_api_error_message
    refused_message_id timestamp user_message_uuid user_message_uuids`),
  user: ["tool_result_meta"],
  stream_event: ["api_message_id", "thinking_display"],
  result: words(`api_error api_error_type fast_mode_disabled_reason first_content_frame_ms
    first_request_cache_read_input_tokens first_request_input_tokens model_usage_since_last_result queued_turn_count
    request_sent_wall_ms result_index safety_stops subagent_stats user_message_uuid user_message_uuids`),
};
const NOT_YET_USED =
  words(`thinkingTokens cacheCreationEphemeral5mInputTokens cacheCreationEphemeral1hInputTokens
  canonicalModel provider costBasis`);

/** Events that 2.1.197 does not print: after a refusal or a cut it does not go on. */
const isNotYet = ({ type, subtype, message }) =>
  (type === "system" && (subtype === "permission_denied" || subtype === "informational")) ||
  (type === "user" &&
    /^(?:Your response above was stopped|Output token limit hit)/.test(message.content[0]?.text));

/** Words of 2.1.197, as pairs of what 2.1.329 says and what it says. */
const WORDS = [
  [/^You've hit your 5-hour limit/, "You've hit your session limit"],
  [/^API Error: Connection dropped \(ECONNRESET\).*/, "API Error: Unable to connect to API (ECONNRESET)"],
  [/exceeded the 128000 output token maximum/, "exceeded the 64000 output token maximum"],
  [
    /^API Error: Opus 5\.5's safeguards flagged this message [^]*?(\n\nRequest ID: \S+)\n\nMessage ID: \S+$/,
    "API Error: Claude Code is unable to respond to this request, which appears to violate our Usage Policy " +
      "(https://www.anthropic.com/legal/aup). Try rephrasing the request in a new session or change your model.$1",
  ],
  [
    /^(Error: )?(\S+ in '[^']*') needs approval\. The path is outside the working directories for this session \((.*)\)\. Allowing.*/,
    "$1$2 was blocked. For security, Claude Code may only create or modify files in the allowed working directories for this " +
      "session: $3.",
  ],
  [/selected model \(claude-opus-5-5\)/, "selected model (claude-opus-4-8[1m])"],
];
const inOldWords = (text) => WORDS.reduce((said, [now, then]) => said.replace(now, then), text);

const OLD_MODELS = { "claude-opus-5-5": "claude-opus-4-8", "claude-sonnet-5-5": "claude-sonnet-5" };
const oldModel = (model) => OLD_MODELS[model] ?? model;
/** The model of a session, which has the larger window. */
const oldSessionModel = (model) => oldModel(model).replace(/^claude-opus-4-8$/, "$&[1m]");

function without(object, keys) {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** What 2.1.197 prints in place of the event. @returns undefined when that is nothing */
function inOld() {
  let skipsAnswer = false;
  return (event) => {
    if (isNotYet(event)) {
      // What 2.1.329 answers when it goes on after a refusal.
      skipsAnswer = event.type === "user" && event.message.content[0].text.startsWith("Your response");
      return undefined;
    }
    if (skipsAnswer && event.type === "assistant") {
      skipsAnswer = false;
      return undefined;
    }
    const old = without(event, NOT_YET[event.type] ?? []);
    if (old.original_model) return { ...old, original_model: oldSessionModel(old.original_model) };
    if (event.type === "assistant") return oldMessage(old);
    if (event.type === "result") return oldResult(old, event);
    if (Array.isArray(event.message?.content) && event.type === "user") return oldToolResult(old);
    if (event.event?.message) return { ...old, event: { ...event.event, ...oldModelOf(event.event) } };
    if (event.subtype === "init") return { ...old, model: oldSessionModel(event.model), plugins: [] };
    if (event.type === "rate_limit_event") {
      return { ...old, rate_limit_info: without(event.rate_limit_info, ["unifiedWindows"]) };
    }
    return old;
  };
}

function oldMessage({ message, ...rest }) {
  const content = message.content.map((block) =>
    block.type === "text" && message.model === "<synthetic>"
      ? { ...block, text: inOldWords(block.text) }
      : block,
  );
  const old = without(message, ["diagnostics"]);
  const usage = without(message.usage, ["output_tokens_details", "fallback_credit"]);
  return { ...rest, message: { ...old, model: oldModel(message.model), usage, content } };
}

const oldModelOf = ({ message }) => ({ message: { ...message, model: oldModel(message.model) } });

function oldToolResult({ tool_use_result, ...event }) {
  const { message } = event;
  const content = message.content.map((block) =>
    typeof block.content === "string" ? { ...block, content: inOldWords(block.content) } : block,
  );
  const said = typeof tool_use_result === "string" ? inOldWords(tool_use_result) : tool_use_result;
  return {
    ...event,
    message: { ...message, content },
    ...(said === undefined ? {} : { tool_use_result: said }),
  };
}

function oldResult(old, { api_error, is_error, stop_reason, subtype, terminal_reason: reason, ...event }) {
  const overBudget = subtype === "error_max_budget_usd";
  const stopped = reason === "aborted_streaming";
  const models = stopped ? [] : Object.entries(event.modelUsage);
  return {
    ...without(old, overBudget ? ["terminal_reason"] : []),
    ...(reason === "api_error" ? { terminal_reason: "completed" } : {}),
    ...(is_error && event.result !== undefined ? { result: inOldWords(event.result) } : {}),
    ...(api_error === "max_output_tokens" || stop_reason === "refusal" ? { num_turns: 1 } : {}),
    ...(stopped ? { total_cost_usd: 0 } : {}),
    usage: without(event.usage, ["output_tokens_details", "fallback_credit"]),
    modelUsage: Object.fromEntries(
      models.map(([model, used]) => [oldSessionModel(model), oldModelUsage(used)]),
    ),
  };
}

/** A model that it does not know has a small window. */
const oldModelUsage = (used) => ({
  ...without(used, NOT_YET_USED),
  ...(used.costBasis === "unknown" ? { contextWindow: 200_000 } : {}),
});

/** 2.1.330 names the messages that it began to print piece by piece. */
function inNew() {
  const begun = [];
  return (event) => {
    if (event.type === "stream_event" && event.event.type === "message_start")
      begun.push(event.event.message.id);
    return event.type === "result" && begun.length > 0 ? { ...event, begun_message_ids: begun } : event;
  };
}

/** What turns the events of 2.1.329 into those of the version that is asked for, for one conversation. */
function changeEvents() {
  const changes = { [OLD]: inOld, [NEW]: inNew };
  return changes[setting("VERSION")]?.() ?? ((event) => event);
}

module.exports = { changeEvents, checkVersion, VERSIONS };
