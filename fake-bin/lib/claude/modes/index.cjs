// Which file holds which mode: an invocation loads only the file of its own mode.
"use strict";
const { modeList } = require("../../shared/modes/mode-list.cjs");
const { forever } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");
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

module.exports = modeList(GROUPS, (group) => (group === "basic" ? basic : require(`./${group}.cjs`).modes));
