// What the turns of one conversation share, and how their events are printed in the format that was asked for.
"use strict";
const { markerIn } = require("../../shared/modes/draft.cjs");
const { isKnownModel, modelName } = require("../events/models.cjs");
const { setting } = require("../../shared/runtime/program.cjs");
const { write, writeNow } = require("../../shared/stdio.cjs");

/** While a turn runs, `notice` prints that SIGINT interrupted it. */
const onInterrupt = { notice: undefined };

/** Everything about a conversation that its turns share. */
function conversation(flags) {
  const resumed = typeof flags.resume === "string" && !flags["fork-session"] ? flags.resume : undefined;
  let sessionId = flags["session-id"] ?? resumed;
  const format = flags["output-format"] ?? "text";
  return {
    flags,
    format,
    // With --verbose the real CLI prints `json` as an array of all events.
    eventsInJson: format === "json" && flags.verbose === true ? [] : undefined,
    partial: flags["include-partial-messages"] === true,
    // The format `text` shows none, and does not load the file that makes one.
    get sessionId() {
      return (sessionId ??= require("../../shared/ids.cjs").uuid());
    },
    model: modelName(flags.model),
    // What the SDK adds when it allows a call; it holds for the rest of the conversation.
    permissionRules: { allow: [], deny: [] },
    loggedIn: true,
    resultIndex: 0,
    spend: accountOf(),
    // What another version prints in place of an event; undefined for nothing.
    inVersion: setting("VERSION") ? require("../events/versions.cjs").changeEvents() : (event) => event,
    // Where stdout goes; a mode that cuts or delays what a turn prints puts its own function here.
    write: (chunk) => write(1, chunk),
    prompt: "",
    marker: undefined,
    turnStartedAt: Date.now(),
  };
}

/** Adds up what the turns of a conversation cost, by model. */
function accountOf() {
  const models = {};
  return (model, usage) => {
    const total = usage && (models[model] ??= { input: 0, output: 0, usd: 0 });
    for (const key of Object.keys(usage ?? {})) total[key] += usage[key];
    return { models, usd: Object.values(models).reduce((sum, { usd }) => sum + usd, 0) };
  };
}

/** Prepares the conversation for the answer to a prompt. @returns the conversation */
function startTurn(ctx, prompt) {
  ctx.prompt = prompt;
  ctx.permissionDenials = [];
  ctx.marker = markerIn(prompt);
  ctx.turnStartedAt = Date.now();
  onInterrupt.notice = () => {
    if (ctx.format !== "stream-json" || !ctx.initialised) return;
    if (setting("VERSION") === "2.1.197") return;
    writeNow(1, `${JSON.stringify(ctx.inVersion(interruptedEvent(ctx)))}\n`);
  };
  return ctx;
}

function interruptedEvent(ctx) {
  const { userEvent } = require("../events/messages.cjs");
  return userEvent(ctx, [{ type: "text", text: "[Request interrupted by user]" }]);
}

/** Prints the warning that the real CLI gives for a model that it does not know. */
async function warnOfModel({ model }) {
  if (isKnownModel(model) || setting("VERSION") === "2.1.197") return;
  await write(2, `[claude-code:unrecognized_model] ${JSON.stringify({ model, query_source: "sdk" })}\n`);
}

/** Whether the format shows events. Where it does not, their files are not loaded, which saves start time. */
const showsEvents = ({ format, eventsInJson }) => format === "stream-json" || eventsInJson !== undefined;

/** Prints an event; the formats that show no events skip it. */
async function emit(ctx, printed) {
  const event = ctx.inVersion(printed);
  if (event === undefined) return;
  if (ctx.format === "stream-json") await ctx.write(`${JSON.stringify(event)}\n`);
  else ctx.eventsInJson?.push(event);
}

async function emitInit(ctx) {
  if (!showsEvents(ctx)) return;
  const { initEvent } = require("../events/init.cjs");
  await emit(ctx, initEvent(ctx));
  ctx.initialised = true;
  if (ctx.replay) await emit(ctx, ctx.replay);
  for (const event of ctx.afterInit ?? []) await emit(ctx, event);
}

/** The last line of a turn: the result as JSON, or its text. */
function lastLine(ctx, printed, text) {
  const result = ctx.inVersion(printed);
  if (ctx.format === "text") return text ?? result.result ?? "";
  return JSON.stringify(ctx.eventsInJson ? [...ctx.eventsInJson, result] : result);
}

/** Prints the end of a turn. @returns the exit code the real CLI gives for it. */
async function emitResult(ctx, good, { text, newline = "\n" } = {}) {
  const result = ctx.host?.hooks.Stop && endsWell(good) ? await runStopHooks(ctx, good) : good;
  await endTurn(ctx, `${lastLine(ctx, result, text)}${newline}`);
  ctx.lastUsage = result.usage;
  return result.is_error ? 1 : 0;
}

/** Prints the last line of a turn. No SIGINT interrupts it any more. */
async function endTurn(ctx, line) {
  onInterrupt.notice = undefined;
  await ctx.write(line);
  ctx.resultIndex++;
}

const endsWell = ({ subtype, is_error, terminal_reason }) =>
  subtype === "success" && !is_error && terminal_reason === "completed";

/** Loaded only for a program that has Stop hooks. */
const runStopHooks = (ctx, result) => require("./stop-hooks.cjs").runStopHooks(ctx, result);

module.exports = {
  conversation,
  emit,
  emitInit,
  emitResult,
  endTurn,
  interruptedEvent,
  lastLine,
  onInterrupt,
  showsEvents,
  startTurn,
  warnOfModel,
};
