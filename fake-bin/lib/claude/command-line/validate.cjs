// What the real CLI refuses before it asks the model anything, in the order in which it looks (2.1.329).
"use strict";
const { isUuid } = require("../../shared/ids.cjs");
const { isKnownModel, modelName } = require("../events/models.cjs");
const { Refusal, setting } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { existsSync } = require("node:fs");
const { resolve } = require("node:path");

const CHOICES = {
  "input-format": ["text", "stream-json"],
  "output-format": ["text", "json", "stream-json"],
  "permission-mode": ["acceptEdits", "auto", "bypassPermissions", "manual", "dontAsk", "plan"],
  "permission-prompts": ["host", "none"],
  "prompt-suggestions": ["true", "false", "1", "0", "yes", "no", "on", "off"],
  "system-prompt-snapshot": ["on", "off"],
};

/** `default` is what an SDK sends for "not set"; the real CLI takes it although its help does not list it. */
const ALSO_ACCEPTED = { "permission-mode": ["default"] };

const NUMBERS = {
  "max-turns": [(n) => !Number.isNaN(n) || isOld(), "must be a number"],
  "max-budget-usd": [(n) => n > 0, "--max-budget-usd must be a number greater than 0"],
};

/** 2.1.197 ignores limits of turns and schemas that are none, and knows no model that it does not know. */
const isOld = () => setting("VERSION") === "2.1.197";

const EFFORTS = ["low", "medium", "high", "xhigh", "max"];

/** Throws the refusal of a command line that does not parse, or of a value that is none of the choices. */
async function checkArguments({ words, flags, problem, unknown }) {
  // The real CLI looks at these two before it reads the rest of the line.
  if (flags.settings !== undefined || flags["setting-sources"] !== undefined) {
    require("./config-flags.cjs").checkSettings(flags);
  }
  for (const word of words) {
    const value = word.kind === "inline" ? word.text.slice(word.at) : word.text;
    if (word.kind === "value" || word.kind === "inline") checkValue(word.flag, value);
  }
  if (unknown) {
    const { similarFlag } = require("./similar-flag.cjs");
    const similar = similarFlag(unknown);
    throw new Refusal(similar ? `${problem}\n(Did you mean ${similar}?)` : problem);
  }
  if (problem) throw new Refusal(problem);
}

function checkValue(flag, value) {
  const refuse = (why) =>
    new Refusal(`error: option '${flag.declaration}' argument '${value}' is invalid. ${why}`);
  const choices = CHOICES[flag.name];
  if (choices && !choices.includes(value) && !ALSO_ACCEPTED[flag.name]?.includes(value)) {
    throw refuse(`Allowed choices are ${choices.join(", ")}.`);
  }
  const number = NUMBERS[flag.name];
  if (number && !number[0](Number(value))) throw refuse(number[1]);
}

/**
 * Throws the refusal of flags that do not go together or whose value cannot be used; `known` says whether a
 * conversation was seen before.
 * @returns the warnings to print on stderr before going on.
 */
async function checkFlags(flags, known) {
  const output = flags["output-format"] ?? "text";
  const streamInput = flags["input-format"] === "stream-json";
  if (flags["session-id"] !== undefined) {
    if ((flags.continue || flags.resume) && !flags["fork-session"]) {
      throw new Refusal("Error: --session-id with --continue or --resume also needs --fork-session.");
    }
    if (!isUuid(flags["session-id"])) throw new Refusal("Error: Invalid session ID. Must be a valid UUID.");
    if (!flags.resume && known(flags["session-id"])) {
      throw new Refusal(`Error: Session ID ${flags["session-id"]} is already in use.`);
    }
  }
  for (const name of ["system-prompt", "append-system-prompt"]) {
    const file = flags[`${name}-file`];
    const label = name === "system-prompt" ? "System prompt" : "Append system prompt";
    if (file !== undefined && !existsSync(file)) {
      throw new Refusal(`Error: ${label} file not found: ${resolve(file)}`);
    }
  }
  if (flags["mcp-config"] !== undefined) require("./config-flags.cjs").checkMcpConfig(flags["mcp-config"]);
  if (streamInput && output !== "stream-json") {
    throw new Refusal("Error: --input-format=stream-json requires output-format=stream-json.");
  }
  if (flags["replay-user-messages"] && !(streamInput && output === "stream-json")) {
    throw new Refusal(
      "Error: --replay-user-messages requires both --input-format=stream-json and --output-format=stream-json.",
    );
  }
  if (flags["await-initialize"] && !streamInput) {
    throw new Refusal("Error: --await-initialize requires --input-format=stream-json.");
  }
  for (const name of ["include-partial-messages", "forward-subagent-text"]) {
    if (flags[name] && output !== "stream-json") {
      throw new Refusal(`Error: --${name} requires --print and --output-format=stream-json.`);
    }
  }
  if (flags["json-schema"] !== undefined) {
    const { checkSchemaFlag } = require("./schema-flag.cjs");
    if (!checkSchemaFlag(flags["json-schema"], { ignoresBadType: isOld() })) delete flags["json-schema"];
  }
  return warningsOf(flags, output);
}

function warningsOf({ effort, model }, output) {
  const warnings = [];
  if (effort !== undefined && !EFFORTS.includes(effort)) {
    warnings.push(
      `Warning: Unknown --effort value '${effort}' — ignoring it and using the default effort. ` +
        `Valid values: ${EFFORTS.join(", ")}.`,
    );
  }
  if (model !== undefined && output === "text" && !isKnownModel(modelName(model)) && !isOld()) {
    warnings.push(
      `Claude Code doesn't recognize the model "${modelName(model)}", so it assumes a context window of 1m tokens. ` +
        "Update Claude Code, or see " +
        "https://code.claude.com/docs/en/model-config#correct-the-window-for-a-gateway-or-custom-model-id to set the window.",
    );
  }
  return warnings;
}

/** Throws the refusal of the one pair of flags that the real CLI looks at after `--resume`. */
function checkVerbose(flags) {
  if (flags["output-format"] === "stream-json" && !flags.verbose) {
    throw new Refusal("Error: When using --print, --output-format=stream-json requires --verbose");
  }
}

/** Throws the refusal of a `--resume` that names no conversation; `known` says whether an id was seen before. */
async function checkResume(flags, known) {
  const problem = resumeProblem(flags, known);
  if (problem === undefined) return;
  // In this format the error is a result on stdout, too, and not only a sentence on stderr.
  if (flags["output-format"] === "stream-json") {
    const { refusedResumeEvent } = require("./refused-resume.cjs");
    await write(1, `${JSON.stringify(refusedResumeEvent(flags, problem))}\n`);
  }
  throw new Refusal(problem);
}

function resumeProblem(flags, known) {
  const usage =
    "Error: --resume requires a valid session ID or session title when used with --print. " +
    "Usage: claude -p --resume <session-id|title>";
  const { resume } = flags;
  if (resume === undefined) return undefined;
  if (resume === true) return usage;
  if (known(resume)) return undefined;
  if (isUuid(resume)) return `No conversation found with session ID: ${resume}`;
  return `${usage}. Provided value "${resume}" is not a UUID and does not match any session title.`;
}

/** Throws the refusal of no prompt, or of one without a word in it. */
function checkPrompt(prompt) {
  if (prompt === "") {
    throw new Refusal(
      "Error: Input must be provided either through stdin or as a prompt argument when using --print",
    );
  }
  if (prompt.trim() === "") {
    throw new Refusal(
      "Error: Input contained only whitespace. Provide a prompt with text through stdin or as a prompt argument " +
        "when using --print",
    );
  }
}

module.exports = { checkArguments, checkFlags, checkResume, checkVerbose, checkPrompt };
