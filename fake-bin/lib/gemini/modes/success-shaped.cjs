// Failures that exit with 0.
"use strict";
const { captureOutput } = require("../../shared/modes/capture-output.cjs");
const { violatingValue } = require("../../shared/modes/structured-value.cjs");
const { end } = require("../../shared/runtime/invocation.cjs");
const { API_ERRORS } = require("../api/errors.cjs");
const { play } = require("../api/play.cjs");
const { answer, goodText, half, marked } = require("../conversation/answer.cjs");
const { schemaIn } = require("../conversation/prompt.cjs");
const { ECHO, SHELL, shellCall } = require("../conversation/tools.cjs");
const { filler } = require("../../shared/modes/pieces.cjs");

const CUT_BYTES = 65_536;
/** More than any pipe or socket holds. */
const LONG_TEXT_BYTES = 6 * 1024 * 1024;

const FAILED = shellCall("echo to-stdout; echo to-stderr >&2; exit 3", "to-stdout\nto-stderr");

/** The words in which the real CLI refuses a tool: it is not among those that the model may call here. */
function refusedTool({ "approval-mode": approval = "default" }) {
  const others = ["update_topic", "grep_search", approval === "default" ? "invoke_agent" : "replace"];
  const alike = others.map((name) => `"${name}"`).join(", ");
  return {
    ...shellCall("touch ./written-by-tool"),
    error: {
      type: "tool_not_registered",
      message: `Tool "${SHELL}" not found. Did you mean one of: ${alike}?`,
    },
  };
}

/** The first 65,536 bytes of a long answer, so that the cut is inside its text. */
async function truncated(ctx) {
  const text = filler(CUT_BYTES * 2);
  const { bytes, exitCode } = await captureOutput(ctx, () => play(ctx, [{ say: [text] }]));
  await ctx.write(bytes.subarray(0, CUT_BYTES));
  return exitCode;
}

/**
 * Writes more than a pipe holds and exits without waiting, as the real CLI does: what the reader has not taken is lost. A pipe holds
 * 64 KiB; the pipes of Node's child_process are sockets and hold about 200 KiB.
 */
async function cutAt64K(ctx) {
  const { bytes, exitCode } = await captureOutput(ctx, () =>
    answer(ctx, marked(ctx, filler(LONG_TEXT_BYTES))),
  );
  process.stdout.on("error", () => {});
  process.stdout.write(bytes);
  return end(exitCode);
}

const modes = {
  // MAX_TOKENS and SAFETY after some text are shown nowhere.
  "max-tokens": (ctx) => play(ctx, [{ say: [half(ctx)], finish: "MAX_TOKENS" }]),
  safety: (ctx) => play(ctx, [{ say: [half(ctx)], finish: "SAFETY" }]),

  // The text of a broken attempt and that of the next one come out as one answer.
  "glued-retry": (ctx) => play(ctx, [{ say: [half(ctx)], finish: null }, { say: [goodText(ctx)] }]),

  // After a tool call the CLI checks nothing any more.
  "partial-after-tool": (ctx) => play(ctx, [{ tools: [ECHO] }, { say: [half(ctx)], finish: null }]),
  "empty-after-tool": (ctx) => play(ctx, [{ tools: [ECHO] }, { say: [""] }]),

  // The same call again and again: the CLI stops at the fifth.
  loop(ctx) {
    ctx.loops = true;
    return play(ctx, [{ tools: [ECHO] }]);
  },

  // In `json` and `stream-json` the exit code is the HTTP status modulo 256.
  "status-512": (ctx) => play(ctx, [{ error: API_ERRORS["status-512"] }]),

  // No request at all.
  async "prompt-over-context"(ctx) {
    await ctx.out.begin();
    await ctx.out.succeed();
    return 0;
  },

  "permission-denied": (ctx) => play(ctx, [{ tools: [refusedTool(ctx.flags)] }, { say: [goodText(ctx)] }]),

  // A command that exits with 3 is a tool that has succeeded.
  "tool-failed": (ctx) => play(ctx, [{ tools: [FAILED] }, { say: [goodText(ctx)] }]),

  "schema-invalid": (ctx) => answer(ctx, marked(ctx, JSON.stringify(violatingValue(schemaIn(ctx.prompt))))),

  truncated,

  // The process ends before its last words: no byte in `json`, no result event in `stream-json`.
  "missing-result": (ctx) => play(ctx, [{ say: [half(ctx)], stop: () => 0 }]),

  "cut-at-64k": cutAt64K,

  "prompt-lost": (ctx) => answer(ctx, "I don't see a request in your message. What would you like me to do?"),

  // Broken off twice: the text of both attempts, and an error beside it.
  "invalid-stream": (ctx) => play(ctx, [{ say: [half(ctx)], finish: null }]),
  "malformed-call": (ctx) => play(ctx, [{ say: [half(ctx)], finish: "MALFORMED_FUNCTION_CALL" }]),

  // No text, twice: thoughts alone, and SAFETY.
  "thinking-only": (ctx) => play(ctx, [{ thought: true }]),
  blocked: (ctx) => play(ctx, [{ finish: "SAFETY" }]),
};

module.exports = { modes };
