"use strict";
const { end } = require("../shared/runtime/invocation.cjs");
const { write } = require("../shared/stdio.cjs");
const { flagsOf } = require("./command-line/flags.cjs");
const { modeNames } = require("./modes/index.cjs");

/** Prints the flags and the modes; the real help has a sentence about each flag, this one has not. */
async function printHelp() {
  const lines = [
    "Usage: codex exec [OPTIONS] [PROMPT]",
    "       codex exec [OPTIONS] <COMMAND> [ARGS]",
    "",
    "This is a fake codex for tests. What it does is set by FAKE_CODEX_MODE or FAKE_CODEX_SCENARIO.",
    "",
    `Modes: ${modeNames().join(", ")}`,
    "",
    "Commands: exec, exec resume, exec fork, exec review",
    "",
    "Options of exec (those of 0.169.0):",
    ...flagsOf("exec").map(
      ({ forms, declaration }) => `  ${[...forms.slice(0, -1), declaration].join(", ")}`,
    ),
    "",
  ];
  await write(1, lines.join("\n"));
  end(0);
}

module.exports = { printHelp };
