// Good and bad answers in an unusual shape.
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
  writeSlowly,
  writeSplit,
} = require("../../shared/modes/pieces.cjs");
const { write } = require("../../shared/stdio.cjs");
const { uuid } = require("../../shared/ids.cjs");
const { assistantEvent, systemEvent } = require("../events/messages.cjs");
const { emitRetry } = require("../conversation/api-error.cjs");
const { answer, emitText, textResult } = require("../conversation/answer.cjs");
const { emit, emitInit, emitResult, lastLine } = require("../conversation/conversation.cjs");

/** 32 MiB, then a proper end. The reader decides the pace. */
async function flood(ctx) {
  await emitInit(ctx);
  if (ctx.format === "stream-json") {
    let printed = 0;
    while (printed < FLOOD_BYTES) {
      const unknown = systemEvent(ctx, "flood_progress", { note: filler(CHUNK_BYTES) });
      const event =
        printed % (2 * CHUNK_BYTES) < CHUNK_BYTES
          ? unknown
          : assistantEvent(ctx, { type: "text", text: filler(CHUNK_BYTES) });
      const text = `${JSON.stringify(event)}\n`;
      await ctx.write(text);
      printed += text.length;
    }
    const text = marked(ctx, draft());
    await emitText(ctx, text);
    return emitResult(ctx, textResult(ctx, text));
  }
  const ending = ctx.marker ? `\n${ctx.marker}` : "";
  if (ctx.format === "text") {
    await writeLines(ctx, FLOOD_BYTES - ending.length - 1, "\n");
    await ctx.write(`${ending}\n`);
    return 0;
  }
  // The text goes where the placeholder stands, so that the line is never whole in memory here.
  const placeholder = "{{flood}}";
  const [before, after] = lastLine(ctx, textResult(ctx, `${placeholder}${ending}`)).split(placeholder);
  await ctx.write(before);
  await writeLines(ctx, FLOOD_BYTES, "\\n");
  await ctx.write(`${after}\n`);
  return 0;
}

/** About a second in all, unless FAKE_CLAUDE_DELAY_MS says how long each of the ten pauses is. */
async function slow(ctx) {
  const text = marked(ctx, draft());
  await emitInit(ctx);
  if (ctx.format === "stream-json") {
    for (let step = 0; step < SLOW_STEPS; step++) {
      await pause();
      await emit(ctx, systemEvent(ctx, "status", { status: "requesting" }));
    }
    return answer(ctx, { text, init: false });
  }
  const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx, { text, init: false }));
  await writeSlowly(ctx, bytes);
  return exitCode;
}

/** Text of characters of two to four bytes, written in chunks that cut through them. */
async function splitUtf8(ctx) {
  const text = marked(ctx, `${WIDE_TEXT}${draft()}`);
  const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx, { text }));
  await writeSplit(ctx, bytes);
  return exitCode;
}

async function twoResults(ctx) {
  const code = await answer(ctx);
  await answer(ctx, { text: "The background task has finished. Nothing is left to do.", structured: false });
  return code;
}

async function unknownEvents(ctx) {
  if (ctx.format !== "stream-json") return answer(ctx);
  await emit(ctx, systemEvent(ctx, "hook_started", { hook_id: uuid(), hook_name: "SessionStart:startup" }));
  await emit(ctx, { type: "tide_table", tides: [{ at: "06:12", metres: 3.4 }], session_id: ctx.sessionId });
  await ctx.write("\n\r\n");
  await emitInit(ctx);
  await emit(ctx, systemEvent(ctx, "lunar_phase", { phase: { name: "waxing", share: 0.62 } }));
  await ctx.write(`${JSON.stringify({ type: "keep_alive" })}\r\n`);
  await emit(ctx, { kind: "no type at all" });
  return answer(ctx, { init: false });
}

const BANNER =
  "Now using node v24.21.0 (npm v11.4.0)\r\n\n\u001B[32m✔\u001B[0m environment ready {not json}\n";
const WARNINGS =
  "(node:4242) [DEP0040] DeprecationWarning: The `punycode` module is deprecated.\n" +
  "[claude-code:unrecognized_model] the model is not known to this version\n" +
  "Error: this line says error and means nothing\n";

const modes = {
  // One 529, which the CLI meets by trying again: only the event `api_retry` tells that anything went wrong.
  async recovered(ctx) {
    await emitInit(ctx);
    await emitRetry(ctx, { status: 529, delayMs: 595, error: "overloaded" });
    return answer(ctx, { init: false });
  },

  async "noise-before"(ctx) {
    await ctx.write(BANNER);
    return answer(ctx);
  },

  async "noise-stderr"(ctx) {
    await write(2, WARNINGS);
    return answer(ctx);
  },

  // What `json` becomes when any settings file asks for verbose output (anthropics/claude-code#84784).
  "json-array"(ctx) {
    if (ctx.format === "json") ctx.eventsInJson ??= [];
    return answer(ctx);
  },

  // A background task ends after the answer and gets a turn of its own (anthropics/claude-code#48971).
  "two-results": twoResults,

  async "result-then-exit1"(ctx) {
    await answer(ctx);
    return 1;
  },

  async "no-final-newline"(ctx) {
    const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx));
    await ctx.write(bytes.subarray(0, -1));
    return exitCode;
  },

  "split-utf8": splitUtf8,

  "big-line": (ctx) => answer(ctx, { text: marked(ctx, filler(BIG_LINE_BYTES)), structured: false }),

  "unknown-events": unknownEvents,
  flood,
  slow,
};

module.exports = { modes };
