"use strict";
const { draft } = require("../../shared/modes/draft.cjs");
const { apiErrorTurn } = require("../conversation/api-error.cjs");
const { uuid } = require("../../shared/ids.cjs");
const { resultEvent } = require("../events/result.cjs");
const { usageOf } = require("../events/usage.cjs");
const { endBySignal, endOutOfMemory } = require("../../shared/runtime/invocation.cjs");
const { setting } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { emitText } = require("../conversation/answer.cjs");
const { emit, emitInit, emitResult } = require("../conversation/conversation.cjs");
const { emitToolRun } = require("../conversation/tools.cjs");

/** Where the real CLI tells its user to look: that depends on ANTHROPIC_BASE_URL. */
function statusPage() {
  const { ANTHROPIC_BASE_URL } = process.env;
  if (!ANTHROPIC_BASE_URL) return "check https://status.claude.com.";
  // URL.canParse is not in Node 18.
  let host = ANTHROPIC_BASE_URL;
  try {
    host = new URL(ANTHROPIC_BASE_URL).host;
  } catch {
    // Not a URL: the real CLI then quotes it as it is.
  }
  return `check your inference gateway (${host}).`;
}

const serverSide = (what) =>
  `API Error: ${what}. This is a server-side issue, usually temporary — try again in a moment. ` +
  `If it persists, ${statusPage()}`;

const ECHO = { name: "Bash", input: { command: "echo hi", description: "x" }, output: "hi" };

async function maxTurns(ctx) {
  const limit = Number(ctx.flags["max-turns"] ?? 1);
  await emitInit(ctx);
  for (let turn = 0; turn < limit; turn++) await emitToolRun(ctx, ECHO);
  const result = resultEvent(ctx, {
    subtype: "error_max_turns",
    stopReason: "tool_use",
    terminalReason: "max_turns",
    isError: true,
    turns: limit + 1,
    usage: usageOf(ctx, "echo hi", limit),
    errors: [`Reached maximum number of turns (${limit})`],
    answered: false,
  });
  return emitResult(ctx, result, maxLimitText(ctx, `Error: Reached max turns (${limit})`));
}

async function maxBudget(ctx) {
  const limit = ctx.flags["max-budget-usd"] ?? "0.0001";
  const text = draft();
  await emitInit(ctx);
  await emitText(ctx, text);
  const result = resultEvent(ctx, {
    subtype: "error_max_budget_usd",
    terminalReason: "budget_exhausted",
    isError: true,
    billed: usageOf(ctx, text),
    errors: [`Reached maximum budget ($${limit})`],
    answered: false,
  });
  return emitResult(ctx, result, maxLimitText(ctx, `Error: Exceeded USD budget (${limit})`));
}

/** In text format the real CLI prints these two without a final newline. */
const maxLimitText = (ctx, text) => (ctx.format === "text" ? { text, newline: "" } : {});

async function usageLimit(ctx) {
  // Whole minutes, so that the clock time in the text and the seconds of the event say the same.
  const inAnHour = Math.ceil(Date.now() / 60_000) * 60 + 3600;
  const resetsAt = Number(setting("RESETS_AT") || inAnHour);
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const clock = new Date(resetsAt * 1000)
    .toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit", timeZone })
    .replace(":00", "")
    .replace(/\s/, "")
    .toLowerCase();
  // resetsAt is in seconds. A caller that takes it for milliseconds waits too short (desplega-ai/agent-swarm#508).
  const info = {
    status: "rejected",
    resetsAt,
    rateLimitType: "five_hour",
    overageStatus: "rejected",
    overageDisabledReason: "overage_not_provisioned",
    isUsingOverage: false,
  };
  const unifiedWindows = { five_hour: { utilization: 1, resetsAt, status: "rejected" } };
  await emitInit(ctx);
  await emit(ctx, {
    type: "rate_limit_event",
    rate_limit_info: { ...info, unifiedWindows },
    uuid: uuid(),
    session_id: ctx.sessionId,
  });
  return apiErrorTurn(ctx, {
    init: false,
    status: 429,
    type: "rate_limit_error",
    error: "rate_limit",
    more: { api_error: "usage_limit_reached" },
    eventMore: { api_error_params: { rate_limit_info: info } },
    text: `You've hit your 5-hour limit · resets ${clock} (${timeZone})`,
  });
}

const modes = {
  "rate-limit": (ctx) =>
    apiErrorTurn(ctx, {
      status: 429,
      type: "rate_limit_error",
      error: "rate_limit",
      retry: { delayMs: 1240, error: "rate_limit" },
      text: "API Error: Request rejected (429) · This request would exceed your rate limit.",
    }),

  "usage-limit": usageLimit,

  overloaded: (ctx) =>
    apiErrorTurn(ctx, {
      status: 529,
      type: "overloaded_error",
      error: "server_error",
      retry: { delayMs: 528, error: "overloaded" },
      text: serverSide("529 Overloaded"),
    }),

  "server-error": (ctx) =>
    apiErrorTurn(ctx, {
      status: 500,
      type: "api_error",
      error: "server_error",
      retry: { delayMs: 510, error: "server_error" },
      text: serverSide("500 Internal server error"),
    }),

  "connection-reset": (ctx) =>
    apiErrorTurn(ctx, {
      error: "server_error",
      requestId: false,
      retry: { delayMs: 503, error: "unknown" },
      more: { api_error: "connection_failed" },
      text:
        "API Error: Connection dropped (ECONNRESET). " +
        (process.env.ANTHROPIC_BASE_URL
          ? "Check the gateway set in ANTHROPIC_BASE_URL, then try again."
          : "Check your internet connection, then try again."),
    }),

  auth: (ctx) =>
    apiErrorTurn(ctx, {
      status: 401,
      type: "authentication_error",
      error: "authentication_failed",
      retry: { delayMs: 571, error: "authentication_failed" },
      text: "Invalid API key · Fix external API key",
    }),

  // Unlike 401, the real CLI does not retry it.
  forbidden: (ctx) =>
    apiErrorTurn(ctx, {
      status: 403,
      type: "permission_error",
      error: "authentication_failed",
      text:
        "Failed to authenticate. API Error: 403 Your API key does not have permission to use the specified " +
        "resource.",
    }),

  "not-logged-in"(ctx) {
    ctx.loggedIn = false;
    return apiErrorTurn(ctx, {
      error: "authentication_failed",
      requestId: false,
      text: "Not logged in · Please run /login",
    });
  },

  credit: (ctx) =>
    apiErrorTurn(ctx, {
      status: 400,
      type: "invalid_request_error",
      error: "billing_error",
      text: "Credit balance is too low",
    }),

  "prompt-too-long": (ctx) =>
    apiErrorTurn(ctx, {
      status: 400,
      type: "invalid_request_error",
      error: "invalid_request",
      terminalReason: "prompt_too_long",
      text:
        "Prompt is too long · the request is ~300000 tokens (limit 200000) but this conversation is only ~2498 " +
        "tokens — the rest is system prompt, tool definitions, and attachment content. A single-exchange " +
        "conversation cannot be compacted; reduce attached files/tools or start with less context.",
    }),

  "model-not-found": (ctx) =>
    apiErrorTurn(ctx, {
      status: 404,
      type: "not_found_error",
      error: "model_not_found",
      text:
        `There's an issue with the selected model (${ctx.model}). It may not exist or you may not have access to ` +
        "it. Run --model to pick a different model.",
    }),

  "max-turns": maxTurns,
  "max-budget": maxBudget,

  // A native crash: the kernel ends the process, a shell sees 128 + 6. On Windows 0xC0000409, as after abort() of the C runtime.
  async crash(ctx) {
    await emitInit(ctx);
    await write(2, "panic: the fake claude crashes because FAKE_CLAUDE_MODE=crash says so\n");
    return endBySignal("SIGABRT");
  },

  // The kernel's memory killer: no message, and a shell sees 128 + 9. On Windows STATUS_NO_MEMORY.
  async oom(ctx) {
    await emitInit(ctx);
    return endOutOfMemory();
  },
};

module.exports = { modes };
