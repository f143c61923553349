// `--input-format stream-json`: user messages and control requests as JSON lines on stdin. This is how the SDK's
// `query()` drives the CLI. Control requests are answered at once, user messages one after the other, and the end of
// stdin is the end of the process. In a turn the CLI asks back: for permission, hooks and the SDK's MCP servers.
"use strict";
const { createInterface } = require("node:readline");
const { openHost } = require("./control/host.cjs");
const { openControl } = require("./control/index.cjs");
const { userEvent } = require("./events/messages.cjs");
const { endOnError } = require("../shared/runtime/end-on-error.cjs");
const { end, forever, notePrompt } = require("../shared/runtime/invocation.cjs");
const { Refusal } = require("../shared/runtime/program.cjs");
const { tellLifecycle } = require("./conversation/message-lifecycle.cjs");
const { emit, startTurn, warnOfModel } = require("./conversation/conversation.cjs");

const INTERRUPTED = Symbol("interrupted");

/** Reads stdin to its end, with one turn of the behaviour per user message, and exits. */
async function converse(ctx, behaviour) {
  ctx.host = openHost((message) => emit(ctx, message));
  const turns = turnQueue(ctx, behaviour);
  const control = openControl(ctx, emit);
  let heard = "";
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    heard += `${line}\n`;
    const message = parseLine(line);
    if (message.type === "control_request") {
      const { subtype } = message.request ?? {};
      if (subtype === "interrupt") await ctx.host.cancelPending();
      if (subtype === "initialize") {
        ctx.hostReady = require("./control/register.cjs").registerHost(ctx, message.request);
      }
      await control.receive(message);
      if (subtype === "interrupt") turns.interrupt();
    } else if (message.type === "control_response") {
      ctx.host.answered(message);
    } else if (message.type === "user") {
      notePrompt(promptOf(message), heard);
      await tellLifecycle(ctx, message, "queued");
      turns.add(message);
    }
  }
  ctx.host.close();
  const exitCode = await turns.finished();
  await control.settled();
  end(exitCode);
}

function parseLine(line) {
  const message = parsed(line);
  if (message === undefined || message === null) {
    const error = message === null ? "TypeError" : "SyntaxError";
    throw new Refusal(`Error parsing streaming input line (type=unknown, ${line.length} chars): ${error}`);
  }
  const role = message.message?.role;
  if (message.type === "user" && role !== "user") {
    throw new Refusal(`Error: Expected message role 'user', got '${role}'`);
  }
  return message;
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // No JSON text has this value.
  }
}

/** The text of a user message, whose content is a string or a list of blocks. */
function promptOf({ message }) {
  if (typeof message?.content === "string") return message.content;
  const blocks = Array.isArray(message?.content) ? message.content : [];
  return blocks
    .filter((block) => block?.type === "text")
    .map((block) => block.text)
    .join("\n");
}

async function inOrder(previous, step) {
  await previous;
  return step();
}

/** One turn, unless a hook refuses its prompt. */
async function answerTurn(behaviour, turn) {
  if (turn.host.hooks.UserPromptSubmit) {
    const { submitPrompt } = require("./conversation/prompt-hooks.cjs");
    const code = await submitPrompt(turn);
    if (code !== undefined) return code;
  }
  return behaviour.answer(turn);
}

/** Prints the end of a turn that was interrupted. */
async function endInterrupted(turn) {
  if (turn.openCall) {
    const { endAborted } = require("./conversation/tool-endings.cjs");
    return await endAborted(turn, turn.openCall);
  }
  const { emitInterrupted } = require("./conversation/interrupted.cjs");
  return await emitInterrupted(turn, turn.halfAnswer);
}

/** Runs turns one at a time; the exit code is the last turn's. */
function turnQueue(ctx, behaviour) {
  let last = Promise.resolve(0);
  let interruptTurn;

  const run = async (message) => {
    await tellLifecycle(ctx, message, "started");
    // A copy: the output of an interrupted turn is switched off, that of the next turn is not.
    const turn = startTurn({ ...ctx, userMessageId: message.uuid }, promptOf(message));
    Object.assign(ctx, { begun: true, busy: true });
    (ctx.userMessageIds ??= new Set()).add(message.uuid);
    if (ctx.flags["replay-user-messages"]) {
      const id = message.uuid && { uuid: message.uuid };
      turn.replay = userEvent(turn, message.message.content, { isReplay: true, ...id });
    }
    await warnOfModel(turn);
    if (ctx.hostReady) await require("./control/register.cjs").awaitServers(ctx);
    const interrupted = new Promise((resolve) => {
      interruptTurn = resolve;
    });
    const before = ctx.resultIndex;
    let ended = turn;
    let code = await Promise.race([answerTurn(behaviour, turn), interrupted]);
    if (code === INTERRUPTED) {
      turn.write = forever;
      ended = { ...turn, write: ctx.write };
      code = await endInterrupted(ended);
    }
    const { resultIndex, lastUsage } = ended;
    Object.assign(ctx, { busy: false, resultIndex, lastUsage });
    // A turn without a result: the real CLI would have crashed here, so the fake exits at once.
    if (resultIndex === before) end(code);
    await tellLifecycle(ctx, message, code === 0 ? "completed" : "cancelled");
    return code;
  };

  const add = (step) => {
    last = inOrder(last, step);
    // A failure is reported at once, not when stdin ends.
    last.catch(endOnError);
  };

  return {
    add: (message) => add(() => run(message)),
    finished: () => last,
    interrupt: () => interruptTurn?.(INTERRUPTED),
  };
}

module.exports = { converse };
