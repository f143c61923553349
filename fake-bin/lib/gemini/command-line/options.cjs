// The command line of the real CLI, 0.61.0, as its parser (yargs) reads it.
"use strict";

const FORMATS = ["text", "json", "stream-json"];
const APPROVAL_MODES = ["default", "auto_edit", "yolo", "plan"];

/** A `list` may be repeated and has commas between its values. */
const option = (name, kind, short, choices) => ({
  name,
  kind,
  short,
  choices,
  private: name.startsWith("prompt"),
});

const OPTIONS = [
  option("debug", "boolean", "d"),
  option("model", "string", "m"),
  option("prompt", "string", "p"),
  option("prompt-interactive", "string", "i"),
  option("skip-trust", "boolean"),
  option("worktree", "string", "w"),
  option("sandbox", "boolean", "s"),
  option("yolo", "boolean", "y"),
  option("approval-mode", "string", undefined, APPROVAL_MODES),
  option("policy", "list"),
  option("admin-policy", "list"),
  option("acp", "boolean"),
  option("experimental-acp", "boolean"),
  option("allowed-mcp-server-names", "list"),
  option("allowed-tools", "list"),
  option("extensions", "list", "e"),
  option("list-extensions", "boolean", "l"),
  option("resume", "string", "r"),
  option("session-file", "string"),
  option("session-id", "string"),
  option("list-sessions", "boolean"),
  option("delete-session", "string"),
  option("include-directories", "list"),
  option("screen-reader", "boolean"),
  option("output-format", "string", "o", FORMATS),
  option("raw-output", "boolean"),
  option("accept-raw-output-risk", "boolean"),
  option("version", "boolean", "v"),
  option("help", "boolean", "h"),
];

/** These may stand without a value. */
const WITHOUT_VALUE = { resume: "latest", worktree: "" };

const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

const byName = (name) => OPTIONS.find((one) => one.name === name || camelCase(one.name) === name);
const byLetter = (letter) => OPTIONS.find((one) => one.short === letter);

/** What the option list says of an option, and what `--help` prints. */
const usageLine = ({ name, short, kind, choices }) =>
  `  ${short ? `-${short}, ` : "    "}--${name.padEnd(27)} [${kind === "list" ? "array" : kind}]` +
  (choices ? ` [choices: ${choices.map((choice) => `"${choice}"`).join(", ")}]` : "");

module.exports = { byLetter, byName, camelCase, OPTIONS, usageLine, WITHOUT_VALUE };
