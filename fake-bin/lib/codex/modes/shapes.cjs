// Good answers in an unusual shape.
"use strict";
const { captureOutput } = require("../../shared/modes/capture-output.cjs");
const { draft, marked } = require("../../shared/modes/draft.cjs");
const {
  BIG_LINE_BYTES,
  CHUNK_BYTES,
  filler,
  FLOOD_BYTES,
  pause,
  SLOW_STEPS,
  WIDE_TEXT,
  writeLines,
  writeSplit,
} = require("../../shared/modes/pieces.cjs");
const { answer, start } = require("../turn/answer.cjs");
const { reconnecting } = require("../turn/ending.cjs");
const { command, mcpTool, message, patch, reasoning, webSearch } = require("../turn/items.cjs");
const { log, traceDelta } = require("../turn/print.cjs");
const { startThread, startTurn, warnOfModel } = require("../turn/start.cjs");
const { CLOSED, NETWORK_BROKE } = require("./problems.cjs");
const { started } = require("./started.cjs");

const BANNER =
  "Now using node v24.21.0 (npm v11.4.0)\r\n\n\u001B[32m✔\u001B[0m environment ready {not json}\n";

/** The whole run, its stdout kept. */
const captured = (ctx, text) =>
  captureOutput(ctx, async () => {
    await start(ctx);
    return answer(ctx, text);
  });

/** A tool round, then the answer. */
const afterTools = (call) => async (ctx) => {
  ctx.rounds++;
  await call(ctx);
  return answer(ctx);
};

const ECHO = { command: "echo tool-ran", output: "tool-ran\n" };
const lastRetry = ({ retries }) => `1/${Math.max(1, retries)}`;

/** 32 MiB, then a proper end. The reader decides the pace. */
async function flood(ctx) {
  if (ctx.json) {
    for (let printed = 0; printed < FLOOD_BYTES; printed += CHUNK_BYTES) {
      if (printed % (2 * CHUNK_BYTES) === 0) await message(ctx, filler(CHUNK_BYTES));
      else await ctx.write(`${JSON.stringify({ type: "flood.progress", note: filler(CHUNK_BYTES) })}\n`);
    }
  } else {
    await writeLines(ctx, FLOOD_BYTES, "\n");
  }
  return answer(ctx);
}

/** About a second in all, unless FAKE_CODEX_DELAY_MS says how long each of the ten pauses is: the real CLI prints no deltas. */
async function slow(ctx) {
  for (let step = 0; step < SLOW_STEPS; step++) {
    await traceDelta(ctx);
    await pause();
  }
  return answer(ctx);
}

const modes = {
  ...started({
    // The first attempt broke off in the middle of a text: only the event `error` tells of it.
    async recovered(ctx) {
      await reconnecting(ctx, lastRetry(ctx), NETWORK_BROKE);
      return answer(ctx);
    },

    // The first attempt had finished a message: it stays in the events.
    async reconnecting(ctx) {
      await message(ctx, "partial text");
      await reconnecting(ctx, lastRetry(ctx), CLOSED);
      return answer(ctx);
    },

    async "noise-stderr"(ctx) {
      const failed = "failed to refresh available models: unexpected status 404 Not Found: Not found, url: ";
      await log("ERROR", "codex_models_manager::manager", `${failed}${ctx.url}`);
      await log("WARN", "codex_core::client", "Error: this line says error and means nothing");
      return answer(ctx);
    },

    async "two-messages"(ctx) {
      await message(ctx, "first message");
      return answer(ctx);
    },

    async reasoning(ctx) {
      await reasoning(ctx, "**Thinking** about it");
      return answer(ctx);
    },

    tools: afterTools((ctx) => command(ctx, ECHO)),

    "two-tools": afterTools(async (ctx) => {
      await command(ctx, ECHO);
      await command(ctx, ECHO);
    }),

    patch: afterTools((ctx) => patch(ctx, { path: "new.txt", content: "hello\n" })),

    "mcp-tool": afterTools((ctx) => mcpTool(ctx, { server: "srv", tool: "echo", text: "echo done" })),

    async "web-search"(ctx) {
      await webSearch(ctx, "weather");
      return answer(ctx);
    },

    "big-line": (ctx) => answer(ctx, marked(ctx, filler(BIG_LINE_BYTES))),

    async "unknown-events"(ctx) {
      if (!ctx.json) return answer(ctx);
      await ctx.write(
        `${JSON.stringify({ type: "item.updated", item: { id: "item_9", type: "todo_list" } })}\n\n\r\n`,
      );
      await ctx.write(`${JSON.stringify({ type: "tide_table", tides: [{ at: "06:12", metres: 3.4 }] })}\r\n`);
      await ctx.write(`${JSON.stringify({ kind: "no type at all" })}\n`);
      return answer(ctx);
    },

    flood,
    slow,
  }),

  // The real CLI warns of a model that it does not know, in an item of the type `error`, before the turn begins.
  async warnings(ctx) {
    await startThread(ctx);
    await warnOfModel(ctx, "mock-model");
    await startTurn(ctx);
    return answer(ctx);
  },

  async "noise-before"(ctx) {
    await ctx.write(BANNER);
    await start(ctx);
    return answer(ctx);
  },

  async "no-final-newline"(ctx) {
    const { bytes, exitCode } = await captured(ctx);
    await ctx.write(bytes.subarray(0, -1));
    return exitCode;
  },

  async "split-utf8"(ctx) {
    const { bytes, exitCode } = await captured(ctx, marked(ctx, `${WIDE_TEXT}${draft()}`));
    await writeSplit(ctx, bytes);
    return exitCode;
  },
};

module.exports = { modes };
