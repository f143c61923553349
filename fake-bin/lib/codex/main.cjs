"use strict";
const { readConfig } = require("./command-line/config.cjs");
const {
  checkTrust,
  openOutputFile,
  readPrompt,
  readSchema,
  workingFolder,
} = require("./command-line/input.cjs");
const { parseExec, refuse } = require("./command-line/parse.cjs");
const { begin, end, endBySignal, notePrompt, onSignal } = require("../shared/runtime/invocation.cjs");
const { imitate, misused, Refusal, setting } = require("../shared/runtime/program.cjs");
const { write, writeNow } = require("../shared/stdio.cjs");
const { isUuid } = require("../shared/ids.cjs");
const { session } = require("./turn/session.cjs");

const NOTHING_SET =
  "nothing says what to do. Set FAKE_CODEX_MODE (ok, fail, empty, hang, …) or FAKE_CODEX_SCENARIO (a file). " +
  "This is not the real codex: it is hardcall's fake, first on PATH.";

const NO_MODEL =
  "Error: thread/start: thread/start failed: No models are available. Set `model` explicitly or check your model catalog " +
  "configuration. (code -32600)";

/** What a panic says of an error of stdout. */
const LOST_STDOUT = {
  EPIPE: "Broken pipe (os error 32)",
  EOF: "Broken pipe (os error 32)",
  ENOSPC: "No space left on device (os error 28)",
};

let ctx;

/** Runs one invocation of the fake and exits. */
async function main() {
  imitate("codex");
  Object.assign(onSignal, {
    SIGTERM: () => endBySignal("SIGTERM"),
    SIGHUP: () => endBySignal("SIGHUP"),
    // No event says so.
    SIGINT() {
      if (ctx && !ctx.json) writeNow(2, "turn interrupted\n");
      end(1);
    },
  });
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    if (error.code in LOST_STDOUT) {
      const { panic } = require("./turn/ending.cjs");
      end(await panic(`failed printing to stdout: ${LOST_STDOUT[error.code]}`));
    }
    const { endOnError } = require("../shared/runtime/end-on-error.cjs");
    await endOnError(error);
  }
}

async function run(argv) {
  const { before, after } = splitAtExec(argv);
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--version") || options.includes("-V")) return await printVersion(after !== undefined);
  const [mode, scenario, log] = [setting("MODE"), setting("SCENARIO"), setting("LOG")];
  if (setting("RECORD")) return await require("../shared/scenario/record.cjs").record(argv);
  if (options.includes("--help") || options.includes("-h")) return await require("./help.cjs").printHelp();
  if (!mode && !scenario) throw misused(NOTHING_SET);
  if (after === undefined) throw noExec(before);

  const parsed = parseExec([...before, ...after]);
  const behaviour = scenario
    ? require("./scenario/scenario.cjs").openCodexScenario(scenario)
    : require("./modes/index.cjs").chooseMode(mode);
  begin(log ? require("../shared/log/log.cjs").openLog(log, parsed) : undefined);
  if (parsed.refusal) throw parsed.refusal;
  return end((await behaviour.answer(await prepare(parsed, behaviour))) ?? 0);
}

/** Everything that the real CLI checks before it asks the model, in its order. @returns the session */
async function prepare(parsed, behaviour) {
  const { command, flags, positionals } = parsed;
  const config = readConfig(flags);
  const cwd = workingFolder(flags);
  if (
    command === "review" &&
    positionals.length === 0 &&
    !flags.uncommitted &&
    !flags.base &&
    !flags.commit
  ) {
    throw new Refusal(
      "Error: Specify --uncommitted, --base, --commit, or provide custom review instructions",
    );
  }
  const asked =
    command === "review" && positionals.length === 0 ? { prompt: "", stdin: Buffer.alloc(0) } : undefined;
  const { prompt, stdin } = asked ?? (await readPrompt(parsed, behaviour));
  notePrompt(prompt, stdin);
  checkTrust(flags, cwd);
  const schema = readSchema(flags);
  const thread = findThread(parsed, behaviour);
  openOutputFile(flags);
  if ((flags.model ?? config.get("model")) === "") throw new Refusal(NO_MODEL);
  ctx = session({ command, flags, config, cwd, prompt, schema, ...thread });
  const { inputTooLarge, MAX_CHARACTERS } = tooLong(prompt) ? require("./modes/errors.cjs") : {};
  if (MAX_CHARACTERS !== undefined) end(await inputTooLarge(ctx, [...prompt].length));
  return ctx;
}

/** Only a prompt of so many bytes can have more characters than the limit, which is counted there. */
const tooLong = (prompt) => prompt.length > 1_048_576 && [...prompt].length > 1_048_576;

/** The thread to go on with. A name that is no UUID begins a new one, as in the real CLI. */
function findThread({ command, flags, positionals }, { anyThread }) {
  if (command !== "resume" && command !== "fork") return {};
  const { sessionKnown, sessionNote } = require("../shared/runtime/state.cjs");
  const [id] = positionals;
  if (anyThread || flags.last || id === undefined || !isUuid(id)) return {};
  if (!sessionKnown(id)) throw require("./modes/errors.cjs").unknownThread(id, command);
  return { resumed: command === "resume" ? id : undefined, earlierRounds: Number(sessionNote(id)) };
}

/** The arguments before and after the word `exec`; values of flags are no such word. */
function splitAtExec(argv) {
  const at = argv.findIndex(
    (arg, index) =>
      (arg === "exec" || arg === "e") && !/^-[cmpsCi]$|^--(?!oss)[a-z-]+$/.test(argv[index - 1] ?? ""),
  );
  return at === -1 ? { before: argv } : { before: argv.slice(0, at), after: argv.slice(at + 1) };
}

/** The real CLI without `exec` is interactive. */
function noExec(before) {
  const parsed = parseExec(before);
  const unknown = before.find((arg) => arg.startsWith("-"));
  if (parsed.refusal && unknown)
    return refuse(parsed.refusal.message.replace(/^error: |\n\nUsage[\s\S]*$/g, ""));
  if (before.length === 0) return new Refusal("Error: stdin is not a terminal");
  return misused(`the command "${before[0]}" is not imitated, only "exec" is.`);
}

async function printVersion(ofExec) {
  await write(1, `codex-cli${ofExec ? "-exec" : ""} 0.169.0 [fake]\n`);
  process.exit(0);
}

module.exports = { main };
