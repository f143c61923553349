// What the real CLI prints on stderr besides errors. Its stderr is never empty.
"use strict";
const { write } = require("../../shared/stdio.cjs");

const FEW_COLOURS =
  "Warning: 256-color support not detected. Using a terminal with at least 256-color support is recommended for a " +
  "better visual experience.\n";
const YOLO = "YOLO mode is enabled. All tool calls will be automatically approved.\n";
const ALLOWED_TOOLS =
  "Warning: --allowed-tools cli argument and tools.allowed in settings.json are deprecated and will be removed in 1.0: " +
  "Migrate to Policy Engine: https://geminicli.com/docs/core/policy-engine/\n";
const NO_RIPGREP = "Ripgrep is not available. Falling back to GrepTool.\n";

const enoughColours = () => {
  const { TERM = "", COLORTERM = "" } = process.env;
  return TERM.includes("256color") || /^(truecolor|24bit)$/.test(COLORTERM);
};

/** Before stdin is read. */
const printColourWarning = () => (enoughColours() ? undefined : write(2, FEW_COLOURS));

/** Before the first request. */
const printStartNotices = ({ yolo, allowedTools }) =>
  write(2, (yolo ? YOLO + YOLO : "") + (allowedTools ? ALLOWED_TOOLS : "") + NO_RIPGREP);

/** A message in red, which the environment can turn off. */
const inRed = (text) => (process.env.NO_COLOR ? text : `\u001B[31m${text}\u001B[0m`);

module.exports = { inRed, printColourWarning, printStartNotices };
