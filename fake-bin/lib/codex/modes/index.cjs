// Which file holds which mode: an invocation loads only the file of its own mode.
"use strict";
const { modeList } = require("../../shared/modes/mode-list.cjs");
const { forever } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");
const { answer, start } = require("../turn/answer.cjs");

const GROUPS = {
  basic: "ok fail empty blank hang",
  "success-shaped":
    "no-message refusal new-thread schema-ignored stale-output-file tool-failed permission-denied patch-denied rule-forbidden " +
    "mcp-denied truncated missing-result prompt-lost",
  errors:
    "rate-limit rate-limit-retried rate-limit-wait slow-down usage-limit usage-not-included quota overloaded server-error bad-gateway connection-reset " +
    "stream-broken stream-closed stream-reset auth not-logged-in no-key forbidden forbidden-html prompt-too-long too-large model-not-found context max-tokens content-filter " +
    "policy invalid-request tools-then-error start-up-error mcp-required unknown-session crash oom",
  hangs:
    "waits-for-network hang-request hang-midstream drip hang-after-result hang-stdin ignore-sigterm exit0-on-sigterm " +
    "hold-pipe orphan",
  shapes:
    "recovered reconnecting warnings noise-before noise-stderr two-messages reasoning tools two-tools patch mcp-tool web-search " +
    "no-final-newline split-utf8 big-line unknown-events flood slow",
};

// The most used modes stand here: another file would cost start time.
const basic = {
  async ok(ctx) {
    await start(ctx);
    return answer(ctx);
  },

  async fail() {
    await write(2, "Error: the fake codex fails because FAKE_CODEX_MODE=fail says so\n");
    return 1;
  },

  async empty(ctx) {
    await start(ctx);
    return answer(ctx, "");
  },

  async blank(ctx) {
    await start(ctx);
    return answer(ctx, "   \n ");
  },

  // The request is taken and never answered: the real CLI waits without limit.
  async hang(ctx) {
    await start(ctx);
    return forever();
  },
};

module.exports = modeList(GROUPS, (group) => (group === "basic" ? basic : require(`./${group}.cjs`).modes));
