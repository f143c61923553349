// Failures that look like success to a caller that reads the exit code and `turn.completed`.
"use strict";
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { uuid } = require("../../shared/ids.cjs");
const { write } = require("../../shared/stdio.cjs");
const { answer, answerNothing, answerText, start } = require("../turn/answer.cjs");
const { failAfterRetries } = require("../turn/ending.cjs");
const { command, mcpTool, message, refusedTool } = require("../turn/items.cjs");
const { HIGH_DEMAND } = require("./problems.cjs");
const { started } = require("./started.cjs");

const PIPE_BYTES = 65_536;

/** A tool call that codex refuses, and an answer that does not mention it. */
const refused = (reason, tool) => async (ctx) => {
  ctx.rounds++;
  await refusedTool(ctx, typeof reason === "function" ? reason(ctx) : reason, tool);
  return answer(ctx);
};

/** Output that ends with as many bytes as a pipe holds, in the middle of the message. */
async function truncated(ctx) {
  const text = `${draft()} `.repeat(Math.ceil(80_000 / (draft().length + 1)));
  let room = PIPE_BYTES;
  ctx.write = async (chunk) => {
    const bytes = Buffer.from(chunk).subarray(0, room);
    room -= bytes.length;
    await write(1, bytes);
  };
  await start(ctx);
  return answer(ctx, text);
}

const modes = {
  ...started({
    // Deltas without an item, or a response without any.
    "no-message": answerNothing,

    // A refusal part leaves nothing in the events.
    refusal: answerNothing,

    "schema-ignored": (ctx) => answer(ctx, marked(ctx, "Sorry, here is prose and no JSON")),

    // The file of `-o` keeps the text of an earlier run.
    "stale-output-file": (ctx) => failAfterRetries(ctx, HIGH_DEMAND),

    async "tool-failed"(ctx) {
      ctx.rounds++;
      await command(ctx, {
        command: "echo to-stdout; echo to-stderr >&2; exit 3",
        output: "to-stdout\nto-stderr\n",
        exitCode: 3,
      });
      return answer(ctx);
    },

    "permission-denied": refused(
      "approval policy is Never; reject command — you cannot ask for escalated permissions if the approval policy is Never",
    ),

    "patch-denied": refused(
      "patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings",
      "apply_patch",
    ),

    "rule-forbidden": refused(
      'exec_command failed: CreateProcess { message: "Rejected(\\"`/bin/bash -lc \'rm -rf ./zzz\'` rejected: no rm here\\")" }',
    ),

    async "mcp-denied"(ctx) {
      ctx.rounds++;
      const error = "MCP tool call requires approval, but approval policy is never";
      await mcpTool(ctx, { server: "srv", tool: "change", error });
      return answer(ctx);
    },

    async "missing-result"(ctx) {
      await message(ctx, answerText(ctx));
      return 0;
    },

    // A fluent answer to no question: the prompt never reached the model.
    "prompt-lost": (ctx) =>
      answer(
        ctx,
        "I don't see a request in your message. It looks like it may have been cut off or sent empty. What would you like me " +
          "to help with?",
      ),
  }),

  truncated,

  // codex begins another thread than the one that was to be resumed, as it does for a name that it does not know.
  "new-thread": {
    anyThread: true,
    async answer(ctx) {
      ctx.threadId = uuid();
      ctx.rounds = 0;
      await start(ctx);
      return answer(ctx);
    },
  },
};

module.exports = { modes };
