// What the real CLI prints on stderr besides errors. Its stderr is never empty.
"use strict";
const { invocation } = require("../../shared/runtime/invocation.cjs");
const { write } = require("../../shared/stdio.cjs");

const BASIC_TERMINAL =
  "Warning: Basic terminal detected (TERM=dumb). Visual rendering will be limited. For the best experience, use a " +
  "terminal emulator with truecolor support.\n";
const FEW_COLOURS =
  "Warning: 256-color support not detected. Using a terminal with at least 256-color support is recommended for a " +
  "better visual experience.\n";
const NO_TRUE_COLOUR =
  "Warning: True color (24-bit) support not detected. Using a terminal with true color enabled will result in a better " +
  "visual experience.\n";
const YOLO = "YOLO mode is enabled. All tool calls will be automatically approved.\n";
const ALLOWED_TOOLS =
  "Warning: --allowed-tools cli argument and tools.allowed in settings.json are deprecated and will be removed in 1.0: " +
  "Migrate to Policy Engine: https://geminicli.com/docs/core/policy-engine/\n";
const NO_RIPGREP = "Ripgrep is not available. Falling back to GrepTool.\n";

function terminalWarnings({ TERM = "", COLORTERM = "" }) {
  const basic = TERM === "dumb" ? BASIC_TERMINAL : "";
  if (["truecolor", "24bit"].includes(COLORTERM)) return basic;
  return basic + (TERM.includes("256color") ? NO_TRUE_COLOUR : FEW_COLOURS);
}

/** Before stdin is read. */
const printTerminalWarnings = () => write(2, terminalWarnings(process.env));

/** Before the first request. */
const printStartNotices = ({ yolo, allowedTools }) =>
  write(2, (yolo ? YOLO + YOLO : "") + (allowedTools ? ALLOWED_TOOLS : "") + NO_RIPGREP);

const NO_PROMPT =
  "No input provided via stdin. Input can be provided by piping data into gemini or using the --prompt option.";

/** What the real CLI says when there is no prompt. @returns the exit code */
async function endWithoutPrompt() {
  invocation.refused = NO_PROMPT;
  await write(2, `${NO_PROMPT}\n`);
  return 42;
}

/** A message in red, which the environment can turn off. */
const inRed = (text) => (process.env.NO_COLOR ? text : `\u001B[31m${text}\u001B[0m`);

module.exports = { endWithoutPrompt, inRed, printStartNotices, printTerminalWarnings };
