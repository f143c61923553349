// FAKE_<CLI>_SCENARIO: a file that says what to answer. scenario.schema.json, beside the executable, describes it.
"use strict";
const { readFileSync } = require("node:fs");
const { schemaProblem } = require("./schema-problem.cjs");
const { forever, invocation, noteReply, onSignal, raise, sleep } = require("../runtime/invocation.cjs");
const { misused, setting, variable } = require("../runtime/program.cjs");
const { write } = require("../stdio.cjs");
const { claimStep } = require("../runtime/state.cjs");

/**
 * Reads and checks a scenario.
 *
 * @param kind of the fake: `schema`, the path of its JSON Schema, and `checkMode`
 */
function readScenario(path, { schema: schemaFile, checkMode }) {
  const wrong = (what) => misused(`${variable("SCENARIO")} ${path}: ${what}`);
  let scenario;
  try {
    scenario = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? `not valid JSON: ${error.message}` : error.message);
  }
  const schema = JSON.parse(readFileSync(schemaFile, "utf8"));
  const problem = schemaProblem(scenario, schema);
  if (problem) throw wrong(`${problem}.`);
  for (const [index, reply] of scenario.replies.entries()) {
    const at = `replies[${index}]`;
    checkReply(reply, at, wrong);
    if (reply.mode !== undefined) checkMode(reply.mode, `${variable("SCENARIO")} ${at}.mode`);
  }
  return scenario;
}

function checkReply(reply, at, wrong) {
  if (reply.match?.promptRegex !== undefined) {
    try {
      RegExp(reply.match.promptRegex, "u");
    } catch (error) {
      throw wrong(`${at}.match.promptRegex is no regular expression: ${error.message}`);
    }
  }
  const answers = ["mode", "text", "structured", "chunks"].filter((key) => reply[key] !== undefined);
  if (answers.length > 1)
    throw wrong(`${at} has both ${answers[0]} and ${answers[1]}; one of them is the answer.`);
}

/**
 * The behaviour a scenario describes: each prompt gets the reply that fits it.
 *
 * @param kind of the fake: `schema`, `checkMode`, `loadMode`, and `scriptedAnswer(ctx, reply)` for a reply that is neither a mode nor raw
 */
function openScenario(path, kind) {
  const { replies } = readScenario(path, kind);
  const ordered = [...replies.keys()].filter((index) => !replies[index].match);
  if (ordered.length > 1 && setting("STATE_DIR") === undefined) {
    throw misused(
      `${variable("SCENARIO")} ${path} has ${ordered.length} replies that are used in order, so ` +
        `${variable("STATE_DIR")} must name a folder in which invocations can be counted.`,
    );
  }
  invocation.mode = "scenario";
  return {
    async answer(ctx) {
      const index = chooseReply(replies, ordered, ctx, path);
      invocation.scenarioReply = index;
      invocation.mode = replies[index].mode ?? "scenario";
      noteReply();
      return playReply(ctx, replies[index], kind);
    },
  };
}

function chooseReply(replies, ordered, ctx, path) {
  const matching = replies.findIndex((reply) => reply.match && fits(reply.match, ctx));
  if (matching !== -1) return matching;
  if (ordered.length === 0) {
    throw misused(`no reply of ${variable("SCENARIO")} ${path} matches this prompt and these flags.`);
  }
  invocation.step = claimStep("reply") ?? 0;
  return ordered[Math.min(invocation.step, ordered.length - 1)];
}

function fits({ prompt, promptRegex, flags = {} }, ctx) {
  if (prompt !== undefined && !ctx.prompt.includes(prompt)) return false;
  if (promptRegex !== undefined && !new RegExp(promptRegex, "u").test(ctx.prompt)) return false;
  return Object.entries(flags).every(([name, wanted]) => {
    const given = ctx.flags[name.replace(/^-+/, "")];
    if (Array.isArray(given) && !Array.isArray(wanted)) return given.includes(wanted);
    return wanted === true
      ? given !== undefined
      : JSON.stringify(given) === JSON.stringify(wanted) || given === String(wanted);
  });
}

async function playReply(ctx, reply, kind) {
  if (reply.startDelayMs) await sleep(reply.startDelayMs);
  if (reply.chunkBytes || reply.delayMs) ctx.write = inPieces(reply);
  if (reply.stderr) await write(2, reply.stderr);
  const natural = await printAnswer(ctx, reply, kind);
  if (reply.signal) return raise(reply.signal);
  if (reply.hang) return forever();
  return reply.exitCode ?? natural;
}

async function printAnswer(ctx, reply, { loadMode, scriptedAnswer }) {
  if (reply.mode !== undefined) {
    const mode = await loadMode(reply.mode);
    Object.assign(onSignal, mode.signals);
    return mode.answer(ctx);
  }
  if (reply.chunks) {
    for (const { delayMs, stdout, stdoutBase64, stderr } of reply.chunks) {
      if (delayMs) await sleep(delayMs);
      if (stderr) await write(2, stderr);
      if (stdout) await ctx.write(stdout);
      if (stdoutBase64) await ctx.write(Buffer.from(stdoutBase64, "base64"));
    }
    // What was printed raw counts as the result it probably holds.
    ctx.resultIndex++;
    return 0;
  }
  return scriptedAnswer(ctx, reply);
}

/** Writes in pieces of a size, each after a pause. */
function inPieces({ chunkBytes = Infinity, delayMs = 0 }) {
  return async (chunk) => {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      if (delayMs) await sleep(delayMs);
      await write(1, bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
    }
  };
}

module.exports = { openScenario, readScenario };
