// Which file holds which mode: an invocation loads only the file of its own mode.
"use strict";
const { modeList } = require("../../shared/modes/mode-list.cjs");
const { forever } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");
const { play } = require("../api/play.cjs");
const { answer } = require("../conversation/answer.cjs");

const GROUPS = {
  basic: "ok fail empty blank hang",
  "success-shaped":
    "max-tokens safety glued-retry partial-after-tool empty-after-tool loop status-512 prompt-over-context " +
    "permission-denied tool-failed schema-invalid truncated missing-result cut-at-64k prompt-lost invalid-stream " +
    "thinking-only blocked malformed-call",
  errors:
    "rate-limit rate-limit-wait auth forbidden not-logged-in bad-request model-not-found server-error overloaded " +
    "bad-gateway timeout-504 connection-reset malformed-event network prompt-too-long payload-too-large error-after-tool max-turns untrusted-folder bad-settings " +
    "unknown-session no-prompt crash oom",
  hangs:
    "hang-request hang-midstream drip hang-before-result hang-after-result hang-stdin exit0-on-sigterm ignores-signals " +
    "ignore-sigterm hold-pipe orphan slow-to-give-up",
  shapes:
    "recovered noise-before noise-stderr tools no-final-newline split-utf8 big-line unknown-events flood slow",
};

/** The real CLI asks a model that gives it nothing once more, and then exits with 0. */
const saying = (text) => (ctx) => play(ctx, [{ say: [text] }]);

async function fail() {
  await write(2, "Error: the fake gemini fails because FAKE_GEMINI_MODE=fail says so\n");
  return 1;
}

// The most used modes stand here: another file would cost start time.
const basic = {
  ok: (ctx) => answer(ctx),

  // Before anything else: no notice, no event.
  fail: { beforeStart: fail, answer: fail },

  empty: saying(""),
  blank: saying("   \n "),

  hang: (ctx) => play(ctx, [{ stop: forever }]),
};

module.exports = modeList(GROUPS, (group) => (group === "basic" ? basic : require(`./${group}.cjs`).modes));
