"use strict";
const { usage } = require("./command-line/check.cjs");
const { modeNames } = require("./modes/index.cjs");
const { end } = require("../shared/runtime/invocation.cjs");
const { write } = require("../shared/stdio.cjs");

/** Prints the options and the modes. */
async function printHelp() {
  const modes = `Modes: ${modeNames().join(", ")}\n`;
  await write(
    1,
    `${usage()}\nThis is a fake gemini for tests. What it does is set by FAKE_GEMINI_MODE or FAKE_GEMINI_SCENARIO.\n\n${modes}`,
  );
  end(0);
}

module.exports = { printHelp };
