"use strict";
const { checkFlags, checkPrompt, checkResume, checkVerbose, checkWords } = require("./front-door.cjs");
const { parseFlags } = require("./flags.cjs");
const { begin, end, joinPrompt, misused, notePrompt, readStdin, write } = require("./process.cjs");

const NOTHING_SET =
  "nothing says what to do. Set FAKE_CLAUDE_MODE (ok, fail, empty, hang, …) or FAKE_CLAUDE_SCENARIO (a file). " +
  "This is not the real claude: it is hardcall's fake, first on PATH.";

/** Runs one invocation of the fake and exits. */
async function main() {
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    const { endOn } = require("./failure.cjs");
    await endOn(error);
  }
}

const known = (id) => require("./state.cjs").sessionKnown(id);

async function run(argv) {
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--version") || options.includes("-v")) return await printVersion();
  const { FAKE_CLAUDE_MODE, FAKE_CLAUDE_SCENARIO, FAKE_CLAUDE_RECORD } = process.env;
  if (FAKE_CLAUDE_RECORD) return await require("./record.cjs").record(argv);
  if (options.includes("--help") || options.includes("-h")) return await require("./help.cjs").printHelp();
  if (!FAKE_CLAUDE_MODE && !FAKE_CLAUDE_SCENARIO) throw misused(NOTHING_SET);

  if (/^[a-z-]+$/.test(argv[0]) && !argv[0].startsWith("-")) {
    const { isCommand, runCommand } = require("./commands.cjs");
    if (isCommand(argv[0])) return await runCommand(argv);
  }
  const parsed = parseFlags(argv);
  const { flags, positionals } = parsed;
  const behaviour = FAKE_CLAUDE_SCENARIO
    ? require("./scenario.cjs").openScenario(FAKE_CLAUDE_SCENARIO)
    : await require("./modes/index.cjs").chooseMode(FAKE_CLAUDE_MODE);
  await begin(parsed);
  await checkWords(parsed);
  for (const warning of await checkFlags(flags, known)) await write(2, `${warning}\n`);
  await checkResume(flags, known);
  checkVerbose(flags);
  const { conversation, startTurn, warnOfModel } = require("./turn.cjs");
  const ctx = conversation(flags);
  if (process.env.FAKE_CLAUDE_STATE_DIR && !flags["no-session-persistence"]) {
    require("./state.cjs").rememberSession(ctx.sessionId);
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
  await write(1, "2.1.329 (Claude Code) [fake]\n");
  process.exit(0);
}

module.exports = { main };
