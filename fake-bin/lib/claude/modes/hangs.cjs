"use strict";
const { startLingering } = require("../../shared/modes/lingering.cjs");
const { end, forever, sleep } = require("../../shared/runtime/invocation.cjs");
const { draft } = require("../../shared/modes/draft.cjs");
const { answer } = require("../conversation/answer.cjs");
const { emitInit, onInterrupt } = require("../conversation/conversation.cjs");

const silent = async (ctx) => {
  await emitInit(ctx);
  return forever();
};
const ignore = () => {};
const endSoon = async () => {
  await sleep(50);
  end(0);
};

const modes = {
  async "hang-midstream"(ctx) {
    // The CLI prints a message when it is complete; only --include-partial-messages shows parts of it before.
    ctx.halfAnswer = draft().slice(0, 60);
    await emitInit(ctx);
    if (ctx.partial) {
      const { emitHalfText } = require("../conversation/partial-messages.cjs");
      await emitHalfText(ctx, ctx.halfAnswer);
    }
    onInterrupt.notice = () => {
      require("../conversation/interrupted.cjs").writeInterrupted(ctx, ctx.halfAnswer);
    };
    return forever();
  },

  async "hang-after-result"(ctx) {
    await answer(ctx);
    return forever();
  },

  // The real CLI up to 2.1.79 could wait on stdin for ever, with the prompt an argument and stdin closed or not
  // (anthropics/claude-code, reported from 2.1.50 as a hang at 0 % CPU). It never gets as far as `init`.
  "hang-stdin": { waitsForStdin: true, answer: forever },

  // Windows has no SIGTERM: SIGBREAK, Ctrl-Break, is what asks a console program to end there.
  "ignore-sigterm": {
    signals: { SIGTERM: ignore, SIGINT: ignore, SIGHUP: ignore, SIGBREAK: ignore },
    answer: silent,
  },

  "exit0-on-sigterm": { signals: { SIGTERM: endSoon, SIGBREAK: endSoon }, answer: silent },

  async "hold-pipe"(ctx) {
    startLingering(["ignore", "inherit", "inherit"]);
    return answer(ctx);
  },

  async orphan(ctx) {
    startLingering("ignore");
    return answer(ctx);
  },
};

module.exports = { modes };
