// The fake imitates one subcommand, `auth status`: wrappers call it to see whether the user is logged in.
"use strict";
const { join } = require("node:path");
const { end } = require("../shared/runtime/invocation.cjs");
const { misused } = require("../shared/runtime/program.cjs");
const { write } = require("../shared/stdio.cjs");

const COMMANDS = new Set(
  (
    "agents attach auth auto-mode doctor gateway import install kill logs mcp plugin plugins purge respawn rm " +
    "setup-token stop ultrareview update upgrade"
  ).split(" "),
);

const isCommand = (word) => COMMANDS.has(word);

/** Answers `auth status` and refuses any other command: its success would mean nothing. */
async function runCommand(argv) {
  if (argv[0] !== "auth" || argv[1] !== "status") {
    throw misused(`the command "${argv.slice(0, 2).join(" ")}" is not imitated, only "auth status" is.`);
  }
  const modes = (process.env.FAKE_CLAUDE_MODE ?? "").split(",").map((mode) => mode.trim());
  const loggedIn = modes[0] !== "not-logged-in";
  const configDirectory = process.env.CLAUDE_CONFIG_DIR ?? join(process.env.HOME ?? "/", ".claude");
  const status = {
    loggedIn,
    authMethod: loggedIn ? "api_key" : "none",
    apiProvider: "firstParty",
    analyticsDisabled: true,
    projectsDirectory: join(configDirectory, "projects"),
    configDirectory,
    loginExpiresAt: null,
    consoleProfileSignInOffered: true,
    ...(loggedIn ? { apiKeySource: "ANTHROPIC_API_KEY" } : {}),
  };
  await write(1, `${JSON.stringify(status, null, 2)}\n`);
  end(loggedIn ? 0 : 1);
}

module.exports = { isCommand, runCommand };
