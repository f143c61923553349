// Which file holds which mode: an invocation loads only the file of its own mode.
"use strict";
const { forever, invocation, onSignal } = require("../runtime/invocation.cjs");
const { misused } = require("../runtime/refusal.cjs");
const { write } = require("../runtime/stdio.cjs");
const { answer, blankAnswer } = require("../conversation/answer.cjs");
const { emitInit } = require("../conversation/conversation.cjs");

const GROUPS = {
  basic: "ok fail empty hang",
  "success-shaped":
    "empty-stdout blank api-error-exit0 permission-denied schema-missing schema-invalid truncated missing-result " +
    "max-tokens refusal refusal-exit0 prompt-lost",
  errors:
    "rate-limit usage-limit overloaded server-error connection-reset auth forbidden not-logged-in credit " +
    "prompt-too-long model-not-found max-turns max-budget crash oom",
  hangs: "hang-midstream hang-after-result hang-stdin ignore-sigterm exit0-on-sigterm hold-pipe orphan",
  shapes:
    "recovered noise-before noise-stderr json-array two-results result-then-exit1 no-final-newline split-utf8 " +
    "big-line unknown-events flood slow",
};

const groupOf = (mode) => Object.keys(GROUPS).find((group) => GROUPS[group].split(" ").includes(mode));

const modeNames = () => Object.values(GROUPS).flatMap((names) => names.split(" "));

/** Throws when a mode does not exist; `where` names the setting it came from. */
function checkMode(mode, where) {
  if (!groupOf(mode)) {
    throw misused(`${where} has the unknown mode "${mode}". The modes are: ${modeNames().join(", ")}.`);
  }
}

// The most used modes stand here: another file would cost start time.
const basic = {
  ok: (ctx) => answer(ctx),

  async fail() {
    await write(2, "Error: the fake claude fails because FAKE_CLAUDE_MODE=fail says so\n");
    return 1;
  },

  empty: (ctx) => blankAnswer(ctx, ""),

  async hang(ctx) {
    await emitInit(ctx);
    return forever();
  },
};

/** A mode: `answer(ctx)` prints a turn and gives the exit code; `signals` replace reactions to signals. */
async function loadMode(mode) {
  const group = groupOf(mode);
  const modes = group === "basic" ? basic : require(`./${group}.cjs`).modes;
  const found = modes[mode];
  return typeof found === "function" ? { answer: found } : found;
}

/** The mode of this invocation. Each invocation takes the next mode of the list, and the last one repeats. */
async function chooseMode(list) {
  const names = list.split(",").map((name) => name.trim());
  for (const name of names) checkMode(name, "FAKE_CLAUDE_MODE");
  const { FAKE_CLAUDE_STATE_DIR } = process.env;
  if (names.length > 1 && !FAKE_CLAUDE_STATE_DIR) {
    throw misused(
      "FAKE_CLAUDE_MODE has more than one mode, one per invocation, so FAKE_CLAUDE_STATE_DIR must name a folder in " +
        "which invocations can be counted.",
    );
  }
  const step = FAKE_CLAUDE_STATE_DIR ? require("../runtime/state.cjs").claimStep() : 0;
  const name = names[Math.min(step, names.length - 1)];
  const mode = await loadMode(name);
  Object.assign(invocation, { mode: name, step });
  Object.assign(onSignal, mode.signals);
  return mode;
}

module.exports = { checkMode, loadMode, chooseMode, modeNames };
