"use strict";
const { endOutOfMemory } = require("../../shared/runtime/invocation.cjs");
const { Refusal, setting } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { fail, failAfterRetries, panic } = require("../turn/ending.cjs");
const { command, message } = require("../turn/items.cjs");
const { log } = require("../turn/print.cjs");
const { startThread } = require("../turn/start.cjs");
const { CLOSED, HIGH_DEMAND, NETWORK_BROKE, requestId, unexpected } = require("./problems.cjs");
const { started } = require("./started.cjs");

const MAX_CHARACTERS = 1_048_576;
const PARTIAL = "partial text";

/** The clock time as the real CLI writes it, with the date unless it is today. */
function clock(seconds) {
  const at = new Date(seconds * 1000);
  const time = at.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).replace(/\s/, " ");
  if (at.toDateString() === new Date().toDateString()) return time;
  const day = at.getDate();
  const ending = { 1: "st", 2: "nd", 3: "rd" }[day % 10];
  const ordinal = `${day}${ending && Math.trunc(day / 10) !== 1 ? ending : "th"}`;
  return `${at.toLocaleString("en-US", { month: "short" })} ${ordinal}, ${at.getFullYear()} ${time}`;
}

function usageLimit(ctx) {
  const resetsAt = Number(setting("RESETS_AT") ?? Date.now() / 1000 + 7200);
  return fail(
    ctx,
    "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit " +
      `https://chatgpt.com/settings/usage to purchase more credits or try again at ${clock(resetsAt)}.`,
  );
}

/** The same failure after a message that each attempt finished: the messages of all attempts are printed. */
const afterPartialText = (cause) => (ctx) => failAfterRetries(ctx, cause, () => message(ctx, PARTIAL));

const tooManyRequests = () => `exceeded retry limit, last status: 429 Too Many Requests, ${requestId()}`;
const unauthorized = (ctx) =>
  failAfterRetries(ctx, unexpected(ctx, "401 Unauthorized", "Incorrect API key provided: dummy."));

/** Input above the limit: the thread has begun, and no event says that it failed. */
async function inputTooLarge(ctx, characters) {
  await startThread(ctx);
  await write(
    2,
    `Error: turn/start: turn/start failed: Input exceeds the maximum length of ${MAX_CHARACTERS} characters. (code -32602), ` +
      `data: {"input_error_code":"input_too_large","max_chars":${MAX_CHARACTERS},"actual_chars":${characters}}\n`,
  );
  return 1;
}

const unknownThread = (id, asked = "resume") =>
  new Refusal(
    `Error: thread/${asked}: thread/${asked} failed: no rollout found for thread id ${id} (code -32600)`,
  );

const modes = {
  ...started({
    // A 429 that says no time is not tried again.
    "rate-limit": (ctx) => fail(ctx, tooManyRequests()),

    // One that says a time is, after that time: the fake does not wait.
    "rate-limit-retried": (ctx) => failAfterRetries(ctx, tooManyRequests()),

    "rate-limit-wait": (ctx) =>
      failAfterRetries(ctx, "rate limit exceeded: Rate limit reached. Please try again in 1s."),

    "slow-down": (ctx) => failAfterRetries(ctx, "rate limit exceeded: Slow down"),

    "usage-limit": usageLimit,

    "usage-not-included": (ctx) =>
      fail(ctx, "To use Codex with your ChatGPT plan, upgrade to Plus: https://chatgpt.com/explore/plus."),

    quota: (ctx) => fail(ctx, "Quota exceeded. Check your plan and billing details."),

    overloaded: (ctx) => fail(ctx, "Selected model is at capacity. Please try a different model."),

    "server-error": (ctx) => failAfterRetries(ctx, HIGH_DEMAND),

    "bad-gateway": (ctx) =>
      failAfterRetries(ctx, unexpected(ctx, "502 Bad Gateway", "<html><body>502 Bad Gateway</body></html>")),

    "connection-reset": (ctx) =>
      failAfterRetries(ctx, "stream disconnected before completion: error sending request"),

    // Each attempt finishes a message and breaks off before the response is completed.
    "stream-broken": afterPartialText(CLOSED),

    // The response ends before it has a message, or is none.
    "stream-closed": (ctx) => failAfterRetries(ctx, CLOSED),

    "stream-reset": (ctx) => failAfterRetries(ctx, NETWORK_BROKE),

    auth: unauthorized,
    "not-logged-in": unauthorized,

    "no-key": (ctx) => fail(ctx, `Missing environment variable: \`${ctx.envKey ?? "OPENAI_API_KEY"}\`.`),

    forbidden: (ctx) =>
      failAfterRetries(ctx, unexpected(ctx, "403 Forbidden", "Country, region, or territory not supported")),

    "forbidden-html": (ctx) =>
      failAfterRetries(
        ctx,
        unexpected(ctx, "403 Forbidden", "<html><body>Just a moment... Cloudflare</body></html>"),
      ),

    "too-large": (ctx) =>
      failAfterRetries(ctx, unexpected(ctx, "413 Payload Too Large", "Request too large")),

    "model-not-found": (ctx) =>
      fail(ctx, `The model \`${ctx.model}\` does not exist or you do not have access to it.`),

    context: (ctx) =>
      fail(
        ctx,
        "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
        { counted: true },
      ),

    async "max-tokens"(ctx) {
      ctx.rounds++;
      await message(ctx, PARTIAL);
      return fail(ctx, "Incomplete response returned, reason: max_output_tokens");
    },

    "content-filter": afterPartialText(
      "stream disconnected before completion: Incomplete response returned, reason: content_filter",
    ),

    policy: (ctx) => fail(ctx, "This request was flagged."),

    "invalid-request": (ctx) =>
      fail(ctx, "Invalid prompt: we have limited access to this content for safety reasons."),

    async "tools-then-error"(ctx) {
      ctx.rounds++;
      await command(ctx, { command: "echo tool-ran", output: "tool-ran\n" });
      return failAfterRetries(ctx, HIGH_DEMAND);
    },

    async crash() {
      return panic("called `Option::unwrap()` on a `None` value: FAKE_CODEX_MODE=crash says so");
    },

    oom: () => endOutOfMemory(),
  }),

  "prompt-too-long": (ctx) => inputTooLarge(ctx, Math.max(2_000_000, [...ctx.prompt].length)),

  async "start-up-error"() {
    throw new Refusal(
      "Error loading config.toml: invalid type: integer `7`, expected a string\nin `model_reasoning_effort`\n",
    );
  },

  async "mcp-required"() {
    const why = "required MCP servers failed to initialize: gone: No such file or directory (os error 2)";
    await log("ERROR", "codex_core::session", `Failed to create session: ${why}`);
    throw new Refusal(
      `Error: thread/start: thread/start failed: error creating thread: Fatal error: Failed to initialize session: ${why} ` +
        "(code -32603)",
    );
  },

  async "unknown-session"(ctx) {
    throw unknownThread(ctx.threadId);
  },
};

module.exports = { inputTooLarge, MAX_CHARACTERS, modes, unknownThread };
