// A turn that the model answers. The format `text` shows no result, so it is answered without the files that make one.
"use strict";
const { draft, marked } = require("../../shared/modes/draft.cjs");
const { emit, emitInit, emitResult, endTurn, showsEvents } = require("./conversation.cjs");

/** Prints what the model says, piece by piece too when partial messages were asked for. */
async function emitText(ctx, text) {
  if (text === "" || !showsEvents(ctx)) return;
  if (ctx.partial) {
    const { emitPartialText } = require("./partial-messages.cjs");
    await emitPartialText(ctx, text);
  } else {
    const { assistantEvent } = require("../events/messages.cjs");
    await emit(ctx, assistantEvent(ctx, { type: "text", text }));
  }
}

/** A turn the model answers with text, or with structured output when a schema was given. */
async function answer(ctx, { text = marked(ctx, draft()), structured = true, init = true } = {}) {
  if (init) await emitInit(ctx);
  if (structured && ctx.flags["json-schema"] !== undefined) {
    const { structuredAnswer } = require("./structured.cjs");
    return structuredAnswer(ctx);
  }
  if (ctx.format === "text") {
    await endTurn(ctx, `${text}\n`);
    return 0;
  }
  await emitText(ctx, text);
  return emitResult(ctx, textResult(ctx, text));
}

/** The result of a turn that ended in text, for which the model was asked once or more often (`requests`). */
function textResult(ctx, text, { requests = 1, ...more } = {}) {
  const { resultEvent } = require("../events/result.cjs");
  const { usageOf } = require("../events/usage.cjs");
  return resultEvent(ctx, { result: text, usage: usageOf(ctx, text, requests), ...more });
}

/** A turn with no visible text: the real CLI asks the model once more, and then takes the text as it is. */
async function blankAnswer(ctx, text) {
  await emitInit(ctx);
  const content =
    "[Your previous response had no visible output. Please continue and produce a user-visible response.]";
  const { userEvent } = require("../events/messages.cjs");
  await emit(ctx, userEvent(ctx, [{ type: "text", text: content }], { isSynthetic: true }));
  return emitResult(ctx, textResult(ctx, text, { turns: 2, requests: 2 }));
}

module.exports = { answer, blankAnswer, emitText, textResult };
