"use strict";
const { parseFlags } = require("./command-line/flags.cjs");
const { begin, end, notePrompt, onSignal } = require("../shared/runtime/invocation.cjs");
const { imitate, misused, Refusal, setting } = require("../shared/runtime/program.cjs");
const { readStdin, write } = require("../shared/stdio.cjs");

const NOTHING_SET =
  "nothing says what to do. Set FAKE_CLAUDE_MODE (ok, fail, empty, hang, …) or FAKE_CLAUDE_SCENARIO (a file). " +
  "This is not the real claude: it is hardcall's fake, first on PATH.";

const SILENT_STDIN_MS = 3000;
const MAX_STDIN_BYTES = 10 * 1024 * 1024;
const STILL_OPEN =
  "Warning: no stdin data received in 3s, proceeding without it. If piping from a slow command, redirect stdin " +
  "explicitly: < /dev/null to skip, or wait longer.\n";

/** Runs one invocation of the fake and exits. */
async function main() {
  imitate("claude");
  Object.assign(onSignal, {
    SIGTERM: () => end(143),
    // Exit 0 and no result: to the real CLI, SIGINT means "stop this turn".
    SIGINT() {
      require("./conversation/conversation.cjs").onInterrupt.notice?.();
      end(0);
    },
    SIGHUP: () => end(129),
  });
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    const { endOnError } = require("../shared/runtime/end-on-error.cjs");
    await endOnError(error);
  }
}

/** Whether anything in a command line can be refused. In `claude -p …` nothing can, and a file less is loaded. */
const needsCheck = ({ flags, problem }) =>
  problem !== undefined || Object.keys(flags).some((name) => name !== "print");

/** Throws the refusal of a command line, and prints the warnings about one that is taken. */
async function check(parsed) {
  const { flags } = parsed;
  const validate = require("./command-line/validate.cjs");
  await validate.checkArguments(parsed);
  for (const warning of await validate.checkFlags(flags, known)) await write(2, `${warning}\n`);
  await validate.checkResume(flags, known);
  validate.checkVerbose(flags);
}

const known = (id) => require("../shared/runtime/state.cjs").sessionKnown(id);

async function run(argv) {
  if (setting("VERSION")) require("./events/versions.cjs").checkVersion();
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--version") || options.includes("-v")) return await printVersion();
  const [mode, scenario, log] = [setting("MODE"), setting("SCENARIO"), setting("LOG")];
  if (setting("RECORD")) return await require("../shared/scenario/record.cjs").record(argv);
  if (options.includes("--help") || options.includes("-h")) return await require("./help.cjs").printHelp();
  if (!mode && !scenario) throw misused(NOTHING_SET);

  if (/^[a-z-]+$/.test(argv[0]) && !argv[0].startsWith("-")) {
    const { isCommand, runCommand } = require("./subcommands.cjs");
    if (isCommand(argv[0])) return await runCommand(argv);
  }
  const parsed = parseFlags(argv);
  const { flags, positionals } = parsed;
  const behaviour = scenario
    ? require("./scenario/scenario.cjs").openClaudeScenario(scenario)
    : require("./modes/index.cjs").chooseMode(mode);
  begin(log ? require("../shared/log/log.cjs").openLog(log, parsed) : undefined);
  if (needsCheck(parsed)) await check(parsed);
  const { conversation, startTurn, warnOfModel } = require("./conversation/conversation.cjs");
  const ctx = conversation(flags);
  if (setting("STATE_DIR") && !flags["no-session-persistence"]) {
    require("../shared/runtime/state.cjs").rememberSession(ctx.sessionId);
  }
  if (flags["input-format"] === "stream-json") {
    return await require("./stream-input.cjs").converse(ctx, behaviour);
  }
  const stdin = await readInput(behaviour);
  const prompt = [positionals[0], stdin.toString()].filter(Boolean).join("\n");
  notePrompt(prompt, stdin);
  if (prompt.trim() === "" && !behaviour.waitsForStdin) {
    require("./command-line/validate.cjs").checkPrompt(prompt);
  }
  await warnOfModel(ctx);
  return end(await behaviour.answer(startTurn(ctx, prompt)));
}

/** What stdin has. The real CLI gives up on a pipe that stays silent for 3 s. */
async function readInput({ waitsForStdin }) {
  const { bytes, size, silent } = await readStdin({
    silentMs: waitsForStdin ? undefined : SILENT_STDIN_MS,
    maxBytes: MAX_STDIN_BYTES,
    waitForTerminal: waitsForStdin,
  });
  if (silent) await write(2, STILL_OPEN);
  if (size <= MAX_STDIN_BYTES) return bytes;
  throw new Refusal(
    "Error: piped stdin input exceeds 10MB. Pass large content as a file path in your prompt instead.",
  );
}

async function printVersion() {
  const { VERSION } = require("./events/init.cjs");
  await write(1, `${VERSION} (Claude Code) [fake]\n`);
  process.exit(0);
}

module.exports = { main };
