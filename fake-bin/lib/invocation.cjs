// One process is one invocation: what it was asked, the signals it got, and how it ends.
"use strict";
const { writeNow } = require("./stdio.cjs");

const DEFAULT_LIFETIME_MS = 120_000;

/**
 * Stops the run before any answer: the words go to stderr, stdout stays empty, and the exit code is 1 as the real
 * CLI's is for a command line it does not accept.
 */
class Refusal extends Error {
  name = "Refusal";
  exitCode = 1;
}

/** A refusal of the fake itself, not of the real CLI; the first words say so. */
function misused(sentence) {
  return new Refusal(`fake claude: ${sentence}`);
}

/** What the log tells about this process. */
const invocation = {
  startedAt: Date.now(),
  mode: undefined,
  step: undefined,
  scenarioReply: undefined,
  refused: undefined,
  prompts: [],
  signals: [],
  children: [],
};

/** What each signal does. A mode replaces the ones it takes over. */
const onSignal = {
  SIGTERM: () => end(143),
  // Exit 0 and no result: the real CLI takes SIGINT as "stop this turn".
  SIGINT: () => {
    onInterrupt.notice?.();
    end(0);
  },
  SIGHUP: () => end(129),
};

/** While a turn runs, `notice` tells the reader of stream-json that the turn was interrupted. */
const onInterrupt = { notice: undefined };

let log;

/** Listens for signals, starts the clock of the lifetime limit and writes the log's first record. */
async function begin(parsed) {
  for (const signal of Object.keys(onSignal)) {
    process.on(signal, () => {
      invocation.signals.push({ signal, atMs: Date.now() - invocation.startedAt });
      onSignal[signal]();
    });
  }
  const lifetime = lifetimeMs();
  setTimeout(() => {
    writeNow(2, `fake claude: ended after FAKE_CLAUDE_MAX_LIFETIME_MS (${lifetime} ms)\n`);
    end(1);
  }, lifetime);
  if (process.env.FAKE_CLAUDE_LOG) {
    const { openLog } = require("./log.cjs");
    log = openLog(process.env.FAKE_CLAUDE_LOG, parsed);
    log.start();
  }
}

/** The limit on the life of this process and of every process it starts. */
function lifetimeMs() {
  return numberFrom("FAKE_CLAUDE_MAX_LIFETIME_MS", DEFAULT_LIFETIME_MS, { above: 0 });
}

/** A number of an environment variable, or the default when it is unset or empty. */
function numberFrom(name, fallback, { above } = {}) {
  const text = process.env[name];
  if (!text) return fallback;
  const number = Number(text);
  // Node turns a delay above 2^31-1 into 1 ms.
  if (!(number >= 0) || number > 2 ** 31 - 1 || (above !== undefined && number <= above)) {
    throw misused(`${name} must be a number of at least ${above === undefined ? 0 : 1}, not "${text}"`);
  }
  return number;
}

/** Notes a prompt once it is known, so that the log has it even if this process is then killed. */
function notePrompt(prompt, stdin) {
  log?.prompt(prompt, stdin);
}

/** Notes which reply of a scenario was chosen, for the same reason. */
function noteReply() {
  log?.reply();
}

/** Writes the log's last record and exits. */
function end(exitCode) {
  log?.end({ exitCode });
  process.exit(exitCode);
}

/** Dies of a signal, as a crash or the kernel's memory killer would have it. */
function endBySignal(signal) {
  log?.end({ exitCode: null, signal });
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return forever();
}

/** Never settles. The timer of the lifetime limit keeps the process alive. */
function forever() {
  return new Promise(() => {});
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports = {
  begin,
  lifetimeMs,
  numberFrom,
  notePrompt,
  noteReply,
  end,
  endBySignal,
  forever,
  invocation,
  onSignal,
  onInterrupt,
  sleep,
  misused,
  Refusal,
};
