// Failures that look like success to a caller that reads only the exit code; and two endings (max-tokens, refusal)
// that did so before 2.1.329 gave them exit code 1.
"use strict";
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { apiErrorTurn, syntheticEvent } = require("../conversation/api-error.cjs");
const { messageId, systemEvent, userEvent } = require("../events/messages.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { answer, blankAnswer, emitText, textResult } = require("../conversation/answer.cjs");
const { emit, emitInit, emitResult, lastLine } = require("../conversation/conversation.cjs");
const { write } = require("../../shared/stdio.cjs");

/** Whitespace only: the real CLI takes an invisible character, such as a zero-width space, for visible output. */
const BLANK = "   \n ";
const PIPE_BYTES = 65_536;

async function permissionDenied(ctx) {
  const { emitToolUse } = require("../conversation/tools.cjs");
  const input = { command: "touch /tmp/published", description: "x" };
  const message =
    "touch in '/tmp/published' needs approval. The path is outside the working directories for this session " +
    `('${process.cwd()}'). Allowing runs the command as written.`;
  const text = marked(ctx, "I could not publish the post: the command needs your approval.");
  await emitInit(ctx);
  const { id } = await emitToolUse(ctx, "Bash", input);
  await emit(ctx, systemEvent(ctx, "permission_denied", { tool_name: "Bash", tool_use_id: id, message }));
  await emit(
    ctx,
    userEvent(ctx, [{ type: "tool_result", content: message, is_error: true, tool_use_id: id }], {
      tool_use_result: `Error: ${message}`,
      tool_result_meta: [
        {
          id,
          non_execution_kind: "user-rejected",
          permission_decision: { decision: "reject", source: "config" },
        },
      ],
    }),
  );
  await emitText(ctx, text);
  const permissionDenials = [{ tool_name: "Bash", tool_use_id: id, tool_input: input }];
  return emitResult(ctx, textResult(ctx, text, { turns: 2, requests: 2, permissionDenials }));
}

/** The model answers in prose, is told to use the tool, and answers in prose again. */
async function schemaMissing(ctx) {
  const text = marked(ctx, draft());
  const asked = ctx.flags["json-schema"] !== undefined;
  await emitInit(ctx);
  await emitText(ctx, text);
  if (asked) {
    const nudge =
      "[structured-output-enforce] You MUST call the StructuredOutput tool to complete this request. " +
      "Call this tool now.";
    await emit(ctx, userEvent(ctx, [{ type: "text", text: nudge }], { isSynthetic: true }));
    await emitText(ctx, text);
  }
  const turns = asked ? 2 : 1;
  return emitResult(ctx, textResult(ctx, text, { turns, requests: turns }));
}

async function schemaInvalid(ctx) {
  const { violatingValue } = require("../../shared/modes/structured-value.cjs");
  const { structuredAnswer } = require("../conversation/structured.cjs");
  await emitInit(ctx);
  return structuredAnswer(ctx, violatingValue(ctx.flags["json-schema"]));
}

/**
 * Output that was cut because the CLI exited before its pipe was read: exactly as many bytes as a pipe holds
 * (anthropics/claude-code#77112). The size of the text puts the cut inside the result's text in every format.
 */
async function truncated(ctx) {
  const copiesBefore = ctx.format === "stream-json" || ctx.eventsInJson ? (ctx.partial ? 2 : 1) : 0;
  const size = [80_000, 50_000, 18_000][copiesBefore];
  const text = `${draft()} `.repeat(Math.ceil(size / (draft().length + 1))).slice(0, size);
  let room = PIPE_BYTES;
  const cut = async (chunk) => {
    const bytes = Buffer.from(chunk).subarray(0, room);
    room -= bytes.length;
    await write(1, bytes);
  };
  ctx.write = cut;
  await emitInit(ctx);
  await emitText(ctx, text);
  await cut(`${lastLine(ctx, textResult(ctx, text))}\n`);
  return 0;
}

async function missingResult(ctx) {
  await emitInit(ctx);
  await emitText(ctx, marked(ctx, draft()));
  return 0;
}

const MAX_TOKENS =
  "API Error: Claude's response exceeded the 128000 output token maximum. To configure this behavior, set the " +
  "CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable.";
const RESUME =
  "Output token limit hit. Resume directly — no apology, no recap of what you were doing. Pick up mid-thought if " +
  "that is where the cut happened. Break remaining work into smaller pieces.";

/** The CLI asks the model three times to go on, then gives up. */
async function maxTokens(ctx) {
  const part = draft().slice(0, -10);
  await emitInit(ctx);
  for (let attempt = 0; attempt < 4; attempt++) {
    if (attempt > 0) await emit(ctx, userEvent(ctx, [{ type: "text", text: RESUME }], { isSynthetic: true }));
    await emitText(ctx, part);
  }
  const apiError = { api_error: "max_output_tokens" };
  const more = { ...apiError, api_error_params: { cut: "output_limit" } };
  await emit(
    ctx,
    syntheticEvent(ctx, MAX_TOKENS, { error: "max_output_tokens", withRequestId: false, more }),
  );
  const result = resultEvent(ctx, {
    stopReason: "stop_sequence",
    terminalReason: "api_error",
    isError: true,
    turns: 4,
    usage: usageOf(ctx, part, 4),
    apiError,
    result: MAX_TOKENS,
    answered: false,
  });
  return emitResult(ctx, result);
}

async function refusal(ctx) {
  const name = ctx.model.replace(
    /^claude-(\w)(\w*)-(\d+)-(\d+).*/,
    (_, a, b, major, minor) => `${a.toUpperCase()}${b} ${major}.${minor}`,
  );
  const request_id = `req_${"0".repeat(24)}`;
  const id = messageId();
  const text = [
    `API Error: ${name}'s safeguards flagged this message (https://www.anthropic.com/legal/aup). This sometimes ` +
      `happens with safe, normal conversations. Claude Code can't respond to this message with ${name}.`,
    "Try rephrasing the request in a new session or change your model.",
    "Learn more: https://support.claude.com/en/articles/8106465",
    `Request ID: ${request_id}`,
    `Message ID: ${id}`,
  ].join("\n\n");
  const stopped =
    "Your response above was stopped by a safety classifier — this is not a tool or API error. The rest of it was " +
    "withheld, and tool calls in it that had not finished did not run. Do not produce that content again, even " +
    "reworded.";
  await emitInit(ctx);
  await emitText(ctx, "I cannot");
  const content = `${name}'s safeguards stopped the response above · continuing once with that noted`;
  await emit(ctx, systemEvent(ctx, "informational", { content, level: "notice" }));
  const more = { isSynthetic: true, refused_message_id: id };
  const note = userEvent(ctx, [{ type: "text", text: stopped }], more);
  await emit(ctx, note);
  await emitText(ctx, "I cannot");
  await emit(
    ctx,
    systemEvent(ctx, "model_refusal_no_fallback", {
      original_model: ctx.model,
      request_id,
      api_refusal_category: null,
      api_refusal_explanation: null,
      refused_user_message_uuid: note.uuid,
      content: "",
    }),
  );
  const failure = { error: "invalid_request", stopReason: "refusal", more: { refused_message_id: id } };
  await emit(ctx, syntheticEvent(ctx, text, failure));
  const result = resultEvent(ctx, {
    stopReason: "refusal",
    terminalReason: "api_error",
    isError: true,
    turns: 2,
    safetyStops: 2,
    usage: usageOf(ctx, "I cannot", 2),
    result: text,
    answered: false,
  });
  return emitResult(ctx, result);
}

const modes = {
  // Seen of 2.1.83 and others, in every format (anthropics/claude-code#38709, #72193, #95217).
  "empty-stdout": () => 0,

  blank: (ctx) => blankAnswer(ctx, BLANK),

  // The error is the answer and the exit code is 0: 2.1.49, and 2.1.233 for a 403 (anthropics/claude-code#79500).
  async "api-error-exit0"(ctx) {
    await apiErrorTurn(ctx, {
      status: 429,
      type: "rate_limit_error",
      error: "rate_limit",
      text: "API Error: Rate limit reached",
    });
    return 0;
  },

  "permission-denied": permissionDenied,
  "schema-missing": schemaMissing,
  "schema-invalid": schemaInvalid,
  truncated,

  // The stream ends without its last line (anthropics/claude-code#1920); text and json have no other line.
  "missing-result": missingResult,

  "max-tokens": maxTokens,
  refusal,

  // Versions without the safeguard message of `refusal`: prose, exit 0, and only the stop reason tells.
  async "refusal-exit0"(ctx) {
    const text = "I can't help with that request.";
    await emitInit(ctx);
    await emitText(ctx, text);
    return emitResult(ctx, textResult(ctx, text, { stopReason: "refusal" }));
  },

  // A fluent answer to no question: the prompt never reached the model (anthropics/claude-code#85040).
  "prompt-lost": (ctx) =>
    answer(ctx, {
      text:
        "I don't see a request in your message. It looks like it may have been cut off or sent empty. What would " +
        "you like me to help with?",
      structured: false,
    }),
};

module.exports = { modes };
