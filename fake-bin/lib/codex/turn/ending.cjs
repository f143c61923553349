// How a turn ends, and how an attempt at it is repeated.
"use strict";
const { writeFileSync } = require("node:fs");
const { setting } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { print } = require("./print.cjs");
const { usageOf } = require("./session.cjs");

/** The turn is completed, also where the model said nothing. @returns the exit code */
async function complete(ctx) {
  await writeLastMessage(ctx);
  const usage = ctx.command === "review" ? usageOf({ rounds: 0 }) : usageOf(ctx);
  await print(ctx, { type: "turn.completed", usage }, tokensUsed(ctx));
  await rememberThread(ctx);
  if (!ctx.json && ctx.lastMessage !== undefined) await ctx.write(`${ctx.lastMessage}\n`);
  return 0;
}

const tokensUsed = (ctx) => {
  const usage = usageOf(ctx);
  return `tokens used\n${usage.input_tokens - usage.cached_input_tokens + usage.output_tokens}`;
};

/** The file of `-o` gets the last message, or is emptied. A run that fails does not touch it. */
async function writeLastMessage({ flags, lastMessage }) {
  const file = flags["output-last-message"];
  if (file === undefined) return;
  writeFileSync(file, lastMessage ?? "");
  if (lastMessage === undefined) {
    await write(2, `Warning: no last agent message; wrote empty content to ${file}\n`);
  }
}

/** A later run can resume the thread, and its usage adds up. */
async function rememberThread(ctx) {
  if (ctx.flags.ephemeral || !setting("STATE_DIR")) return;
  require("../../shared/runtime/state.cjs").rememberSession(ctx.threadId, String(ctx.rounds));
}

/**
 * The turn failed. The text format tells the tokens if a response was completed, or `counted` says so.
 *
 * @returns the exit code
 */
async function fail(ctx, problem, { counted = ctx.rounds > 0 } = {}) {
  await print(ctx, { type: "error", message: problem }, `ERROR: ${problem}`);
  await print(ctx, { type: "turn.failed", error: { message: problem } }, `ERROR: ${problem}`);
  if (counted && !ctx.json) await write(2, `${tokensUsed(ctx)}\n`);
  return 1;
}

/** The real CLI tries again: not final. */
const reconnecting = (ctx, which, cause) =>
  print(
    ctx,
    { type: "error", message: `Reconnecting... ${which} (${cause})` },
    `ERROR: Reconnecting... ${which}`,
  );

/**
 * The same failure at every attempt: as many as stream_max_retries says, and one more.
 *
 * @param attempt what an attempt prints before it fails
 */
async function failAfterRetries(ctx, cause, attempt = async () => {}) {
  for (let retry = 1; retry <= ctx.retries; retry++) {
    await attempt();
    await reconnecting(ctx, `${retry}/${ctx.retries}`, cause);
  }
  await attempt();
  return fail(ctx, cause);
}

/** A panic of the real CLI. @returns the exit code */
async function panic(problem) {
  await write(
    2,
    `\nthread 'codex-main' (${process.pid}) panicked at /rustc/01f6ddf7588f42ae2d7eb0a2f21d44e8e96674cf/library/std/src/io/stdio.rs:1165:9:\n` +
      `${problem}\nnote: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace\n`,
  );
  return 101;
}

module.exports = { complete, fail, failAfterRetries, panic, reconnecting };
