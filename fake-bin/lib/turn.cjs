// One turn of conversation, printed in the format asked for.
"use strict";
const { assistantEvent, initEvent, resultEvent, usageOf, userEvent, uuid } = require("./events.cjs");
const { isKnownModel, modelName } = require("./models.cjs");
const { onInterrupt, write, writeNow } = require("./process.cjs");

const MARKER = /HARDCALL-END-[0-9a-f]{8,}/;
const DRAFT =
  "The morning light reached the harbour before the boats did. By seven the first crates stood on the quay, and the " +
  "buyers walked past them without a word, as they do when they have already decided. What sold best was what nobody " +
  "had planned to bring. The lesson fits a notebook page: prepare for the day you expect, and leave room for the one " +
  "that comes.";

/** What the model says when nothing else is asked for. */
const draft = () => process.env.FAKE_CLAUDE_TEXT ?? DRAFT;

/** Everything about a conversation that its turns share. */
function conversation(flags) {
  const resumed = typeof flags.resume === "string" && !flags["fork-session"] ? flags.resume : undefined;
  const format = flags["output-format"] ?? "text";
  return {
    flags,
    format,
    // With --verbose the real CLI prints `json` as an array of all events.
    eventsInJson: format === "json" && flags.verbose === true ? [] : undefined,
    partial: flags["include-partial-messages"] === true,
    sessionId: flags["session-id"] ?? resumed ?? uuid(),
    model: modelName(flags.model),
    loggedIn: true,
    resultIndex: 0,
    spend: accountOf(),
    // Where stdout goes; a mode that cuts or delays what a turn prints puts its own function here.
    write: (chunk) => write(1, chunk),
    prompt: "",
    marker: undefined,
    turnStartedAt: Date.now(),
  };
}

/** Adds up what the turns of a conversation cost. */
function accountOf() {
  const total = { input: 0, output: 0, usd: 0 };
  return (usage) => {
    for (const key of Object.keys(usage ?? {})) total[key] += usage[key];
    return { ...total };
  };
}

/** The conversation about to answer a prompt. */
function startTurn(ctx, prompt) {
  const instruction = prompt.trimEnd().split("\n").at(-1);
  ctx.prompt = prompt;
  ctx.marker = MARKER.exec(instruction)?.[0];
  ctx.turnStartedAt = Date.now();
  onInterrupt.notice = () => {
    if (ctx.format !== "stream-json" || !ctx.initialised) return;
    writeNow(1, `${JSON.stringify(interruptedEvent(ctx))}\n`);
  };
  return ctx;
}

const interruptedEvent = (ctx) => userEvent(ctx, [{ type: "text", text: "[Request interrupted by user]" }]);

/** What every request for a model that the CLI does not know says on stderr. */
async function warnOfModel({ model }) {
  if (isKnownModel(model)) return;
  await write(2, `[claude-code:unrecognized_model] ${JSON.stringify({ model, query_source: "sdk" })}\n`);
}

/** The text with the one-time last line the prompt asked for. */
const marked = (ctx, text) => (ctx.marker && text.trim() !== "" ? `${text}\n${ctx.marker}` : text);

/** Prints an event; the formats that show no events skip it. */
async function emit(ctx, event) {
  if (ctx.format === "stream-json") await ctx.write(`${JSON.stringify(event)}\n`);
  else ctx.eventsInJson?.push(event);
}

async function emitInit(ctx) {
  if (ctx.format !== "stream-json" && !ctx.eventsInJson) return;
  await emit(ctx, initEvent(ctx));
  ctx.initialised = true;
  if (ctx.replay) await emit(ctx, ctx.replay);
}

/** The last line of a turn: the result as JSON, or its text. */
function lastLine(ctx, result, text = result.result ?? "") {
  if (ctx.format === "text") return text;
  return JSON.stringify(ctx.eventsInJson ? [...ctx.eventsInJson, result] : result);
}

/** Prints the end of a turn. @returns the exit code the real CLI gives for it. */
async function emitResult(ctx, result, { text, newline = "\n" } = {}) {
  onInterrupt.notice = undefined;
  await ctx.write(`${lastLine(ctx, result, text)}${newline}`);
  ctx.resultIndex++;
  return result.is_error ? 1 : 0;
}

/** Prints what the model says, piece by piece too when partial messages were asked for. */
async function emitText(ctx, text) {
  if (text === "") return;
  if (ctx.partial) {
    const { emitPartialText } = require("./partial-messages.cjs");
    await emitPartialText(ctx, text);
  } else {
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
  await emitText(ctx, text);
  return emitResult(ctx, textResult(ctx, text));
}

/** The result of a turn that ended in text. */
const textResult = (ctx, text, more = {}) =>
  resultEvent(ctx, { result: text, usage: usageOf(ctx, text), ...more });

/** A turn whose text nobody could see: the real CLI asks the model once more, and then takes what it has. */
async function blankAnswer(ctx, text) {
  await emitInit(ctx);
  const content =
    "[Your previous response had no visible output. Please continue and produce a user-visible response.]";
  await emit(ctx, userEvent(ctx, [{ type: "text", text: content }], { isSynthetic: true }));
  return emitResult(ctx, textResult(ctx, text, { turns: 2, usage: usageOf(ctx, text, 2) }));
}

module.exports = {
  conversation,
  startTurn,
  warnOfModel,
  interruptedEvent,
  emit,
  emitInit,
  lastLine,
  emitResult,
  emitText,
  answer,
  blankAnswer,
  draft,
  marked,
  textResult,
};
