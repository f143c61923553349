// The real CLI's way through the answers of the API: what it asks again, what it accepts, and what it makes of the rest.
//
// A reply is what the API answers to one request:
//   say      pieces of text, as they come
//   finish   the finish reason; null when the stream ends without one ("STOP")
//   thought  the model has thought, which is not shown
//   tools    calls: { name, input, output } or { name, input, error: { type, message } }
//   usage    null when the answer does not say what it used
//   error    the request failed, see errors.cjs; with `say` it broke off after that
//   stop     ends the run here: called after `say`, and its value is the exit code
"use strict";
const { numberFrom, sleep } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");
const { countAnswer, countFailure, countInvalid, countTool, NO_USAGE } = require("../print/stats.cjs");
const { recordAnswer, recordRetry } = require("./telemetry.cjs");
const { faultOf } = require("./verdict.cjs");

const MAX_ATTEMPTS = 2;
const LOOP_CALLS = 4;
const LOOP_DETECTED = "Loop detected, stopping execution";

/**
 * Plays a run to its end.
 *
 * @param replies in order; the last one repeats
 * @returns the exit code
 */
async function play(ctx, replies) {
  let asked = 0;
  const next = () => replies[Math.min(asked++, replies.length - 1)];
  await ctx.out.begin();
  for (let turn = 1; ; turn++) {
    const outcome = await askModel(ctx, next, { checked: turn === 1 });
    if (outcome.exitCode !== undefined) return outcome.exitCode;
    const { tools = [] } = outcome.reply;
    if (tools.length === 0) return finish(ctx, () => ctx.out.succeed());
    await runTools(ctx, tools);
    if (ctx.maxTurns !== undefined && turn >= ctx.maxTurns) return turnLimit(ctx);
    if (looped(ctx)) return endLoop(ctx);
  }
}

/** One turn of the model, with the CLI's own retries. @returns `{ reply }`, or `{ exitCode }` when the run ends here. */
async function askModel(ctx, next, { checked }) {
  for (let attempt = 1; ; attempt++) {
    const reply = next();
    for (const text of reply.say ?? []) await ctx.out.say(text);
    if (reply.stop) return { exitCode: await reply.stop(ctx) };
    if (reply.error) {
      // A stream that breaks off has told the model's name before.
      countFailure(ctx.stats, reply.say ? ctx.answeringModel : ctx.model, reply.error.type);
      if (await retries(reply.error, attempt)) continue;
      return { exitCode: await fail(ctx, reply.error) };
    }
    countUsage(ctx, reply);
    recordAnswer(reply);
    // After a tool call the CLI checks nothing any more.
    const fault = checked ? faultOf(reply) : undefined;
    if (!fault) return { reply };
    if (attempt < MAX_ATTEMPTS) {
      recordRetry(fault);
      await sleep(numberFrom("RETRY_MS", 0));
      continue;
    }
    countInvalid(ctx.stats, ctx.model, fault.code);
    return { exitCode: await finish(ctx, () => ctx.out.reject(fault)) };
  }
}

/** An answer without a word about its use counts for the model that was asked for. */
function countUsage(ctx, { usage }) {
  if (usage === null) countAnswer(ctx.stats, ctx.model, NO_USAGE);
  else countAnswer(ctx.stats, ctx.answeringModel, usage);
}

/** Whether the CLI asks once more; says so on stderr. */
async function retries({ retried, firstAttempt, secondAttempt, message }, attempt) {
  if (!retried) return false;
  if (attempt < MAX_ATTEMPTS) {
    await write(2, `Attempt ${attempt} ${firstAttempt}\n`);
    await sleep(numberFrom("RETRY_MS", 0));
    return true;
  }
  if (secondAttempt) await write(2, `Attempt ${attempt} failed: ${message}. Max attempts reached\n`);
  return false;
}

async function fail(ctx, error) {
  const { errorReport } = require("./report.cjs");
  const path = errorReport(ctx, error.message);
  await write(2, `Error when talking to Gemini API Full report available at: ${path} ${error.report}\n`);
  return ctx.out.fail(error);
}

/** Prints the end of a run that exits with 0, good or bad. */
async function finish(ctx, print) {
  await print();
  return 0;
}

async function runTools(ctx, tools) {
  const calls = tools.map((tool, index) => ({ ...tool, id: callId(tool.name, index) }));
  for (const call of calls) await ctx.out.toolUse(call);
  for (const { name, id, output, error } of calls) {
    countTool(ctx.stats, { name, ok: !error, ran: error?.type !== "tool_not_registered" });
    if (error) await write(2, `Error executing tool ${name}: ${error.message}\n`);
    await ctx.out.toolResult({ id, output: error ? error.message : output, error });
  }
}

const callId = (name, index) => `${name}__${name}_${Date.now()}_${index}`;

const looped = ({ stats, loops }) => loops && stats.tools.length >= LOOP_CALLS;

async function endLoop(ctx) {
  await ctx.out.warn(LOOP_DETECTED);
  return finish(ctx, () => ctx.out.succeed());
}

async function turnLimit(ctx) {
  const exitCode = 53;
  const message =
    "Reached max session turns for this session. Increase the number of turns by specifying maxSessionTurns in settings.json.";
  await ctx.out.failFatally({ type: "FatalTurnLimitedError", message, exitCode });
  return exitCode;
}

module.exports = { play };
