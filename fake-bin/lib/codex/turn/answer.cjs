"use strict";
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { complete } = require("./ending.cjs");
const { message } = require("./items.cjs");
const { traceDelta } = require("./print.cjs");
const { startThread, startTurn } = require("./start.cjs");

/** The thread and the turn begin. */
async function start(ctx) {
  await startThread(ctx);
  await startTurn(ctx);
}

/** The last message of a good answer: JSON for a schema, else text. */
function answerText(ctx) {
  if (ctx.schema === undefined) return marked(ctx, draft());
  const { structuredValue } = require("../../shared/modes/structured-value.cjs");
  return JSON.stringify(structuredValue(ctx.schema));
}

/** The model answers, and the turn is completed. @returns the exit code */
async function answer(ctx, text = answerText(ctx)) {
  ctx.rounds++;
  await traceDelta(ctx);
  await message(ctx, text);
  return complete(ctx);
}

/** The model's request is answered without any message. @returns the exit code */
function answerNothing(ctx) {
  ctx.rounds++;
  return complete(ctx);
}

module.exports = { answer, answerNothing, answerText, start };
