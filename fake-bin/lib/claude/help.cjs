"use strict";
const { DECLARATIONS } = require("./command-line/flags.cjs");
const { end } = require("../shared/runtime/invocation.cjs");
const { write } = require("../shared/stdio.cjs");
const { modeNames } = require("./modes/index.cjs");

/** Prints the flags and the modes; the real help has a sentence about each flag, this one has not. */
async function printHelp() {
  const lines = [
    "Usage: claude [options] [prompt]",
    "",
    "This is a fake claude for tests. What it does is set by FAKE_CLAUDE_MODE or FAKE_CLAUDE_SCENARIO.",
    "",
    `Modes: ${modeNames().join(", ")}`,
    "",
    "Options (those of 2.1.329):",
    ...DECLARATIONS.map((declaration) => `  ${declaration}`),
    "",
  ];
  await write(1, lines.join("\n"));
  end(0);
}

module.exports = { printHelp };
