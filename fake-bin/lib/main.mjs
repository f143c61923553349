import { checkFlags, checkPrompt, checkResume, checkWords } from "./front-door.mjs";
import { parseFlags } from "./flags.mjs";
import { begin, end, invocation, notePrompt } from "./invocation.mjs";
import { write } from "./output.mjs";
import { joinPrompt, readStdin } from "./prompt.mjs";
import { misused, Refusal } from "./refusal.mjs";

const NOTHING_SET =
  "nothing says what to do. Set FAKE_CLAUDE_MODE (ok, fail, empty, hang, …) or FAKE_CLAUDE_SCENARIO (a file). " +
  "This is not the real claude: it is hardcall's fake, first on PATH.";

/** Runs one invocation of the fake and exits. */
export async function main() {
  const argv = process.argv.slice(2);
  try {
    await run(argv);
  } catch (error) {
    if (error instanceof Refusal) {
      invocation.refused = error.message;
      await write(2, `${error.message}\n`);
      end(error.exitCode);
    }
    // The reader of our output has gone: nobody is left to tell.
    if (error.code === "EPIPE") end(1);
    throw error;
  }
}

async function run(argv) {
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--version") || options.includes("-v")) return printVersion();
  const { FAKE_CLAUDE_MODE, FAKE_CLAUDE_SCENARIO, FAKE_CLAUDE_RECORD } = process.env;
  if (FAKE_CLAUDE_RECORD) return (await import("./record.mjs")).record(argv);
  if (options.includes("--help") || options.includes("-h")) return (await import("./help.mjs")).printHelp();
  if (!FAKE_CLAUDE_MODE && !FAKE_CLAUDE_SCENARIO) throw misused(NOTHING_SET);

  const parsed = parseFlags(argv);
  const { flags, positionals } = parsed;
  const behaviour = FAKE_CLAUDE_SCENARIO
    ? await (await import("./scenario.mjs")).openScenario(FAKE_CLAUDE_SCENARIO)
    : await (await import("./modes/index.mjs")).chooseMode(FAKE_CLAUDE_MODE);
  await begin(parsed);
  await checkWords(parsed);
  for (const warning of await checkFlags(flags)) await write(2, `${warning}\n`);
  if (flags.resume !== undefined) {
    const { sessionKnown } = await import("./state.mjs");
    checkResume(flags, sessionKnown);
  }
  if (flags["input-format"] === "stream-json") {
    return (await import("./stream-input.mjs")).converse(flags, behaviour);
  }
  const stdin = await readStdin({ waitForEnd: behaviour.waitsForStdin });
  const prompt = joinPrompt(positionals[0], stdin.toString());
  notePrompt(prompt, stdin);
  checkPrompt(prompt);

  const { conversation, startTurn } = await import("./turn.mjs");
  const ctx = conversation(flags);
  if (process.env.FAKE_CLAUDE_STATE_DIR && !flags["no-session-persistence"]) {
    (await import("./state.mjs")).rememberSession(ctx.sessionId);
  }
  end(await behaviour.answer(startTurn(ctx, prompt)));
}

async function printVersion() {
  await write(1, "2.1.329 (Claude Code) [fake]\n");
  process.exit(0);
}
