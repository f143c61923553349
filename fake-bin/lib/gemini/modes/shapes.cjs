// Good answers in an unusual shape.
"use strict";
const { captureOutput } = require("../../shared/modes/capture-output.cjs");
const { draft } = require("../../shared/modes/draft.cjs");
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
const { API_ERRORS } = require("../api/errors.cjs");
const { play } = require("../api/play.cjs");
const { answer, goodText, marked } = require("../conversation/answer.cjs");
const { ECHO } = require("../conversation/tools.cjs");

const BANNER =
  "Now using node v24.21.0 (npm v11.4.0)\r\n\n\u001B[32m✔\u001B[0m environment ready {not json}\n";
const WARNINGS =
  "(node:4242) [DEP0040] DeprecationWarning: The `punycode` module is deprecated.\n" +
  "[Routing] NumericalClassifierStrategy failed: the routing model gave no score\n" +
  "Error: this line says error and means nothing\n";

/** 32 MiB, then a proper end. The reader decides the pace. */
async function flood(ctx) {
  if (ctx.format === "stream-json") return play(ctx, [{ stop: floodEvents }]);
  const text = marked(ctx, "{{flood}}");
  const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx, text));
  const [before, after] = bytes.toString().split("{{flood}}");
  await ctx.write(before);
  await writeLines(ctx, FLOOD_BYTES, ctx.format === "json" ? "\\n" : "\n");
  await ctx.write(after);
  return exitCode;
}

async function floodEvents(ctx) {
  for (let printed = 0; printed < FLOOD_BYTES; printed += CHUNK_BYTES)
    await ctx.out.emit("flood_progress", { note: filler(CHUNK_BYTES) });
  return endGood(ctx);
}

/** The good end of a run that has begun. */
async function endGood(ctx) {
  await ctx.out.say(goodText(ctx));
  await ctx.out.succeed();
  return 0;
}

async function slow(ctx) {
  if (ctx.format === "stream-json") {
    const say = async () => {
      for (let step = 0; step < SLOW_STEPS; step++) {
        await pause();
        await ctx.out.emit("thought", { subject: `step ${step + 1} of ${SLOW_STEPS}` });
      }
      return endGood(ctx);
    };
    return play(ctx, [{ stop: say }]);
  }
  const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx));
  await writeSlowly(ctx, bytes);
  return exitCode;
}

async function unknownEvents(ctx) {
  if (ctx.format !== "stream-json") return answer(ctx);
  const strange = async () => {
    await ctx.out.emit("tide_table", { tides: [{ at: "06:12", metres: 3.4 }] });
    await ctx.write("\n\r\n");
    await ctx.write(`${JSON.stringify({ kind: "no type at all" })}\n`);
    await ctx.write(`${JSON.stringify({ type: "keep_alive" })}\r\n`);
    return endGood(ctx);
  };
  return play(ctx, [{ stop: strange }]);
}

const modes = {
  // One 500, after which the CLI asks once more: only stderr and the number of requests tell.
  recovered: (ctx) => play(ctx, [{ error: API_ERRORS["server-error"] }, { say: [goodText(ctx)] }]),

  async "noise-before"(ctx) {
    await ctx.write(BANNER);
    return answer(ctx);
  },

  async "noise-stderr"(ctx) {
    await write(2, WARNINGS);
    return answer(ctx);
  },

  // A tool that is allowed in every approval mode.
  tools: (ctx) => play(ctx, [{ tools: [ECHO] }, { say: [goodText(ctx)] }]),

  async "no-final-newline"(ctx) {
    const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx));
    await ctx.write(bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
    return exitCode;
  },

  async "split-utf8"(ctx) {
    const text = marked(ctx, WIDE_TEXT + draft());
    const { bytes, exitCode } = await captureOutput(ctx, () => answer(ctx, text));
    await writeSplit(ctx, bytes);
    return exitCode;
  },

  "big-line": (ctx) => answer(ctx, marked(ctx, filler(BIG_LINE_BYTES))),

  "unknown-events": unknownEvents,
  flood,
  slow,
};

module.exports = { modes };
