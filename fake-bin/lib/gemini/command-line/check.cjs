"use strict";
const { existsSync } = require("node:fs");
const { end, invocation } = require("../../shared/runtime/invocation.cjs");
const { misused } = require("../../shared/runtime/program.cjs");
const { write } = require("../../shared/stdio.cjs");
const { OPTIONS, usageLine } = require("./options.cjs");

const NO_SESSION = 42;
const NO_SESSIONS = "No previous sessions found for this project.";
const COMMANDS = new Set(["mcp", "extensions", "extension", "skills", "skill", "hooks", "hook", "gemma"]);

const HEAD =
  "Usage: gemini [options] [command]\n\n" +
  "Gemini CLI - Defaults to interactive mode. Use -p/--prompt for non-interactive (headless) mode.\n\nOptions:\n";

/** The options that 0.61.0 has. The real help has a sentence about each; this one has not. */
const usage = () => `${HEAD}${OPTIONS.map(usageLine).join("\n")}\n`;

/** The first fault of a command line in the words of the real CLI, or undefined. */
function fault({ flags, positionals, unknown, valueless }) {
  const given = (name) => flags[name] !== undefined;
  if (valueless.length > 0) return `Not enough arguments following: ${valueless[0]}`;
  if (unknown.length > 0) return `Unknown argument${unknown.length === 1 ? "" : "s"}: ${unknown.join(", ")}`;
  const wrong = OPTIONS.filter(
    ({ name, choices }) => choices && given(name) && !choices.includes(flags[name]),
  );
  if (wrong.length > 0) {
    const lines = wrong.map(
      ({ name, choices }) =>
        `  Argument: ${name}, Given: "${String(flags[name])}", Choices: ${choices.map((choice) => `"${choice}"`).join(", ")}`,
    );
    return ["Invalid values:", ...lines].join("\n");
  }
  if (flags.prompt && positionals.length > 0)
    return "Cannot use both a positional prompt and the --prompt (-p) flag together";
  if (flags.prompt && given("prompt-interactive"))
    return "Cannot use both --prompt (-p) and --prompt-interactive (-i) together";
  if (flags.yolo && given("approval-mode"))
    return "Cannot use both --yolo (-y) and --approval-mode together. Use --approval-mode=yolo instead.";
  if (["resume", "session-id", "session-file"].filter(given).length > 1)
    return "The flags --resume, --session-id, and --session-file are mutually exclusive. Please provide only one.";
  if (flags["session-id"] === "") return "The --session-id option cannot be empty.";
  return undefined;
}

/** Ends the process when the real CLI would refuse the command line, with its words, its usage and exit code 1. */
async function checkCommandLine(parsed) {
  const words = fault(parsed);
  if (words !== undefined) await refuse(words, 1, usage());
  const { flags, positionals, repeated } = parsed;
  if (COMMANDS.has(positionals[0])) throw misused(`it has no "gemini ${positionals[0]}".`);
  if (flags["prompt-interactive"] !== undefined || flags.acp || flags["experimental-acp"])
    throw misused("it answers one prompt and ends: it has no interactive mode and no ACP.");
  if (repeated.includes("prompt"))
    throw misused("--prompt stands there twice. The real CLI fails with a TypeError then.");
  if (repeated.includes("output-format"))
    throw misused("--output-format stands there twice. The real CLI then ignores both and prints text.");
}

async function refuse(words, exitCode, more = "") {
  invocation.refused = words;
  await write(2, `${words}\n${more}`);
  end(exitCode);
}

/** Ends the process when the session that is asked for is not there, or the one to begin is. */
async function checkSession({ resume, "session-id": id, "session-file": file }, { known, any }) {
  if (file !== undefined && !existsSync(file)) {
    return refuse(`Error importing session from file: File not found or invalid format: ${file}`, NO_SESSION);
  }
  if (id !== undefined && known(id)) {
    return refuse(
      `Error starting session: Session ID "${id}" already exists. Use --resume to resume it, or provide a different ID.`,
      NO_SESSION,
    );
  }
  if (resume === undefined || resume === "latest" || known(resume)) return undefined;
  if (!any()) return refuse(`Error resuming session: ${NO_SESSIONS}`, NO_SESSION);
  return refuse(unknownSession(resume), NO_SESSION);
}

/** What the real CLI says of a session that it does not find among others. */
function unknownSession(id) {
  const { homedir } = require("node:os");
  const { basename, join } = require("node:path");
  const folder = join(homedir(), ".gemini", "tmp", basename(process.cwd()), "chats");
  return (
    `Error resuming session: Invalid session identifier "${id}".\n  Searched for sessions in ${folder}.\n` +
    "  Use --list-sessions to see available sessions, then use --resume {number}, --resume {uuid}, or --resume latest."
  );
}

module.exports = { checkCommandLine, checkSession, NO_SESSIONS, usage };
