"use strict";
const {
  checkFlags,
  checkPrompt,
  checkResume,
  checkVerbose,
  checkArguments,
} = require("./command-line/validate.cjs");
const { parseFlags } = require("./command-line/flags.cjs");
const { begin, end, notePrompt } = require("./runtime/invocation.cjs");
const { misused } = require("./runtime/refusal.cjs");
const { joinPrompt, readStdin, write } = require("./runtime/stdio.cjs");

const NOTHING_SET =
  "nothing says what to do. Set FAKE_CLAUDE_MODE (ok, fail, empty, hang, …) or FAKE_CLAUDE_SCENARIO (a file). " +
  "This is not the real claude: it is hardcall's fake, first on PATH.";

/** Runs one invocation of the fake and exits. */
async function main() {
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    const { endOnError } = require("./end-on-error.cjs");
    await endOnError(error);
  }
}

const known = (id) => require("./runtime/state.cjs").sessionKnown(id);

async function run(argv) {
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--version") || options.includes("-v")) return await printVersion();
  const { FAKE_CLAUDE_MODE, FAKE_CLAUDE_SCENARIO, FAKE_CLAUDE_RECORD } = process.env;
  if (FAKE_CLAUDE_RECORD) return await require("./scenario/record.cjs").record(argv);
  if (options.includes("--help") || options.includes("-h")) return await require("./help.cjs").printHelp();
  if (!FAKE_CLAUDE_MODE && !FAKE_CLAUDE_SCENARIO) throw misused(NOTHING_SET);

  if (/^[a-z-]+$/.test(argv[0]) && !argv[0].startsWith("-")) {
    const { isCommand, runCommand } = require("./subcommands.cjs");
    if (isCommand(argv[0])) return await runCommand(argv);
  }
  const parsed = parseFlags(argv);
  const { flags, positionals } = parsed;
  const behaviour = FAKE_CLAUDE_SCENARIO
    ? require("./scenario/scenario.cjs").openScenario(FAKE_CLAUDE_SCENARIO)
    : await require("./modes/index.cjs").chooseMode(FAKE_CLAUDE_MODE);
  const { FAKE_CLAUDE_LOG } = process.env;
  begin(FAKE_CLAUDE_LOG ? require("./log/log.cjs").openLog(FAKE_CLAUDE_LOG, parsed) : undefined);
  await checkArguments(parsed);
  for (const warning of await checkFlags(flags, known)) await write(2, `${warning}\n`);
  await checkResume(flags, known);
  checkVerbose(flags);
  const { conversation, startTurn, warnOfModel } = require("./conversation/conversation.cjs");
  const ctx = conversation(flags);
  if (process.env.FAKE_CLAUDE_STATE_DIR && !flags["no-session-persistence"]) {
    require("./runtime/state.cjs").rememberSession(ctx.sessionId);
  }
  if (flags["input-format"] === "stream-json") {
    return await require("./stream-input.cjs").converse(ctx, behaviour);
  }
  const stdin = await readStdin({ waitForEnd: behaviour.waitsForStdin });
  const prompt = joinPrompt(positionals[0], stdin.toString());
  notePrompt(prompt, stdin);
  if (!behaviour.waitsForStdin) checkPrompt(prompt);
  await warnOfModel(ctx);
  return end(await behaviour.answer(startTurn(ctx, prompt)));
}

async function printVersion() {
  const { VERSION } = require("./events/init.cjs");
  await write(1, `${VERSION} (Claude Code) [fake]\n`);
  process.exit(0);
}

module.exports = { main };
