"use strict";
const { parse } = require("./command-line/parse.cjs");
const { relaunch, relaunches } = require("./relaunch.cjs");
const { begin, end, forever, notePrompt, onSignal } = require("../shared/runtime/invocation.cjs");
const { imitate, misused, setting } = require("../shared/runtime/program.cjs");
const { readStdin, write } = require("../shared/stdio.cjs");

const VERSION = "0.61.0";
const SILENT_STDIN_MS = 500;
const MAX_STDIN_BYTES = 8 * 1024 * 1024;

const NOTHING_SET =
  "nothing says what to do. Set FAKE_GEMINI_MODE (ok, fail, empty, hang, …) or FAKE_GEMINI_SCENARIO (a file). " +
  "This is not the real gemini: it is hardcall's fake, first on PATH.";

/** Runs one invocation of the fake and exits. */
async function main() {
  imitate("gemini");
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    const { endOnError } = require("../shared/runtime/end-on-error.cjs");
    await endOnError(error);
  }
}

// Loaded when it is needed: most runs resume nothing.
const sessions = {
  known: (id) => require("../shared/runtime/state.cjs").sessionKnown(id),
  any: () => require("../shared/runtime/state.cjs").anySession(),
};

async function run(argv) {
  const parsed = parse(argv);
  const { flags } = parsed;
  if (flags.version) return await print(`${VERSION} [fake]\n`);
  if (setting("RECORD")) return await require("../shared/scenario/record.cjs").record(argv);
  if (flags.help) return await require("./help.cjs").printHelp();
  const mode = setting("MODE");
  const scenario = setting("SCENARIO");
  if (!mode && !scenario) throw misused(NOTHING_SET);
  if (relaunches((mode ?? "").split(",").map((name) => name.trim()))) return relaunch();
  const { checkCommandLine, checkSession, NO_SESSIONS } = require("./command-line/check.cjs");
  const behaviour = scenario
    ? require("./scenario/scenario.cjs").openGeminiScenario(scenario)
    : require("./modes/index.cjs").chooseMode(mode);
  // Any of them is exit 0, with nothing more on stdout. A mode may say otherwise.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) onSignal[signal] ??= () => end(0);
  const log = setting("LOG");
  begin(log ? require("../shared/log/log.cjs").openLog(log, parsed) : undefined);
  await checkCommandLine(parsed);
  if (flags["list-sessions"]) return await print(NO_SESSIONS);
  if (flags["list-extensions"]) return end(0);
  await checkSession(flags, sessions);
  return await converse(parsed, behaviour);
}

async function converse({ flags, positionals }, behaviour) {
  const { conversation } = require("./conversation/conversation.cjs");
  const { endWithoutPrompt, printStartNotices, printTerminalWarnings } = require("./print/stderr.cjs");
  if (behaviour.beforeStart) return end(await behaviour.beforeStart(conversation(flags, "")));
  await printTerminalWarnings();
  // Here the latest of none is a new conversation.
  if (flags.resume === "latest" && !sessions.any()) {
    const { NO_SESSIONS } = require("./command-line/check.cjs");
    await write(2, `${NO_SESSIONS}\n`);
  }
  const { bytes, size } = await readStdin(behaviour.waitsForStdin ? {} : { silentMs: SILENT_STDIN_MS });
  if (behaviour.waitsForStdin) return forever();
  if (size > MAX_STDIN_BYTES) await write(2, `Warning: stdin input truncated to ${MAX_STDIN_BYTES} bytes.\n`);
  const given = flags.prompt || positionals.join(" ");
  const prompt = joinPrompt(bytes.subarray(0, MAX_STDIN_BYTES).toString(), given);
  notePrompt(prompt, bytes);
  const yolo = flags.yolo || flags["approval-mode"] === "yolo";
  await printStartNotices({ yolo, allowedTools: flags["allowed-tools"] });
  if (prompt === "" || behaviour.losesPrompt) return end(await endWithoutPrompt());
  const ctx = conversation(flags, prompt);
  if (setting("STATE_DIR")) require("../shared/runtime/state.cjs").rememberSession(ctx.sessionId);
  return end(await behaviour.answer(ctx));
}

/** stdin comes first. */
const joinPrompt = (stdin, given) => (stdin && given ? `${stdin}\n\n${given}` : stdin || given);

async function print(text) {
  await write(1, text);
  process.exit(0);
}

module.exports = { main };
