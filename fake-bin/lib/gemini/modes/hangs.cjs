// Runs that do not end, or that leave something behind.
"use strict";
const { startLingering } = require("../../shared/modes/lingering.cjs");
const { pause } = require("../../shared/modes/pieces.cjs");
const { end, forever, numberFrom, sleep } = require("../../shared/runtime/invocation.cjs");
const { API_ERRORS } = require("../api/errors.cjs");
const { play } = require("../api/play.cjs");
const { answer, goodText, half } = require("../conversation/answer.cjs");

const silent = (ctx) => play(ctx, [{ stop: forever }]);
const midstream = (ctx) => play(ctx, [{ say: [half(ctx)], stop: forever }]);

const ignore = () => {};
const endSoon = async () => {
  await sleep(50);
  end(0);
};

/** Says a word after each pause, for ever. */
async function drip(ctx) {
  for (;;) {
    await pause();
    await ctx.out.say("drip ");
  }
}

/** Waits as the real CLI does for an answer that never comes; it waits 60 s, twice. */
async function giveUp(ctx) {
  for (let attempt = 0; attempt < 2; attempt++) await sleep(numberFrom("GIVE_UP_MS", 1000));
  return play(ctx, [{ error: API_ERRORS.network }]);
}

const modes = {
  "hang-request": silent,
  "hang-midstream": midstream,
  drip: (ctx) => play(ctx, [{ stop: drip }]),

  // All said, but the API leaves its stream open.
  "hang-before-result": (ctx) => play(ctx, [{ say: [goodText(ctx)], stop: forever }]),

  async "hang-after-result"(ctx) {
    await answer(ctx);
    return forever();
  },

  // Waits for the end of stdin, which never comes even when stdin is closed.
  "hang-stdin": { waitsForStdin: true, answer: forever },

  // What the real CLI does at any of its signals. It is in the middle of its answer.
  "exit0-on-sigterm": { signals: { SIGTERM: endSoon, SIGBREAK: endSoon }, answer: midstream },

  // The process that was started ignores signals, and a child of it works, also with GEMINI_CLI_NO_RELAUNCH. See relaunch.cjs.
  "ignores-signals": midstream,

  // Windows has no SIGTERM: SIGBREAK, Ctrl-Break, is what asks a console program to end there.
  "ignore-sigterm": {
    signals: { SIGTERM: ignore, SIGINT: ignore, SIGHUP: ignore, SIGBREAK: ignore },
    answer: silent,
  },

  async "hold-pipe"(ctx) {
    startLingering(["ignore", "inherit", "inherit"]);
    return answer(ctx);
  },

  async orphan(ctx) {
    startLingering("ignore");
    return answer(ctx);
  },

  "slow-to-give-up": giveUp,
};

module.exports = { modes };
