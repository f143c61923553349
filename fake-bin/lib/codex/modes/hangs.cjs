"use strict";
const { startLingering } = require("../../shared/modes/lingering.cjs");
const { end, forever, numberFrom, sleep } = require("../../shared/runtime/invocation.cjs");
const { answer, start } = require("../turn/answer.cjs");
const { failAfterRetries, reconnecting } = require("../turn/ending.cjs");
const { traceDelta } = require("../turn/print.cjs");
const { IDLE } = require("./problems.cjs");
const { started } = require("./started.cjs");

const ignore = () => {};
const silent = async (ctx) => {
  await start(ctx);
  return forever();
};
const endSoon = async () => {
  await sleep(50);
  end(0);
};

const modes = {
  ...started({
    // The real CLI tries again for ever. Here a second passes between the attempts, or FAKE_CODEX_DELAY_MS.
    async "waits-for-network"(ctx) {
      for (;;) {
        await reconnecting(ctx, "waiting for network", "Connection failed: error sending request");
        await sleep(numberFrom("DELAY_MS", 1000));
      }
    },

    "hang-request": forever,

    // Half an answer, then silence: after stream_idle_timeout_ms (300 s) the real CLI tries again, and gives up in the end.
    "hang-midstream": (ctx) =>
      failAfterRetries(ctx, IDLE, async () => {
        await traceDelta(ctx);
        await sleep(ctx.idleMs);
      }),

    // A delta now and then, for ever: no timeout of the real CLI ends it.
    async drip(ctx) {
      for (;;) {
        await traceDelta(ctx);
        await sleep(numberFrom("DELAY_MS", 500));
      }
    },

    async "hang-after-result"(ctx) {
      await answer(ctx);
      return forever();
    },

    async "hold-pipe"(ctx) {
      startLingering(["ignore", "inherit", "inherit"]);
      return answer(ctx);
    },

    async orphan(ctx) {
      startLingering("ignore");
      return answer(ctx);
    },
  }),

  // The real CLI waits so for the end of a stdin that stays open; this mode waits whether it is open or not.
  "hang-stdin": { waitsForStdin: true, answer: forever },

  // Windows has no SIGTERM: SIGBREAK, Ctrl-Break, is what asks a console program to end there.
  "ignore-sigterm": {
    signals: { SIGTERM: ignore, SIGINT: ignore, SIGHUP: ignore, SIGBREAK: ignore },
    answer: silent,
  },

  "exit0-on-sigterm": { signals: { SIGTERM: endSoon, SIGBREAK: endSoon }, answer: silent },
};

module.exports = { modes };
