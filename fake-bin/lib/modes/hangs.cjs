"use strict";
const { spawn } = require("node:child_process");
const { end, forever, invocation, lifetimeMs, sleep } = require("../process.cjs");
const { answer, draft, emitInit, emitText } = require("../turn.cjs");

const silent = async (ctx) => {
  await emitInit(ctx);
  return forever();
};
const ignore = () => {};

/**
 * Starts a process in a session of its own, so that no signal to our group reaches it. The real CLI does the same
 * with every tool it runs. It ends by itself at the lifetime limit.
 */
function startLingering(stdio) {
  const code = `setTimeout(() => {}, ${lifetimeMs()})`;
  const child = spawn(process.execPath, ["-e", code], { detached: true, stdio, windowsHide: true });
  child.unref();
  invocation.children.push(child.pid);
}

const modes = {
  async "hang-midstream"(ctx) {
    await emitInit(ctx);
    await emitText(ctx, draft().slice(0, 60));
    return forever();
  },

  async "hang-after-result"(ctx) {
    await answer(ctx);
    return forever();
  },

  // The real CLI up to 2.1.79 waited for the end of a piped stdin even when the prompt was an argument
  // (anthropics/claude-code, reported from 2.1.50 as a hang at 0 % CPU).
  "hang-stdin": { waitsForStdin: true, answer: (ctx) => answer(ctx) },

  "ignore-sigterm": { signals: { SIGTERM: ignore, SIGINT: ignore, SIGHUP: ignore }, answer: silent },

  "exit0-on-sigterm": {
    signals: {
      async SIGTERM() {
        await sleep(50);
        end(0);
      },
    },
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
};

module.exports = { modes };
