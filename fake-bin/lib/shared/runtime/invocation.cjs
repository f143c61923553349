// One process is one invocation: what it was asked, the signals it got, and how it ends.
"use strict";
const { misused, program, setting, variable } = require("./program.cjs");
const { writeNow } = require("../stdio.cjs");

const DEFAULT_LIFETIME_MS = 120_000;

/** What the log records about this process. */
const invocation = {
  startedAt: Date.now(),
  mode: undefined,
  step: undefined,
  scenarioReply: undefined,
  refused: undefined,
  signals: [],
  children: [],
};

/** What each signal does: the fake's main file fills it, and a mode may replace parts. Any other signal has its default effect. */
const onSignal = {};

let log;

/** Listens for signals, starts the lifetime limit and, with a log, writes its first record. */
function begin(openedLog) {
  for (const signal of Object.keys(onSignal)) {
    process.on(signal, () => {
      invocation.signals.push({ signal, atMs: Date.now() - invocation.startedAt });
      onSignal[signal]();
    });
  }
  const lifetime = lifetimeMs();
  setTimeout(() => {
    writeNow(2, `fake ${program.name}: ended after ${variable("MAX_LIFETIME_MS")} (${lifetime} ms)\n`);
    end(1);
  }, lifetime);
  log = openedLog;
  log?.start();
}

/** The limit on the life of this process and of every process it starts. */
function lifetimeMs() {
  return numberFrom("MAX_LIFETIME_MS", DEFAULT_LIFETIME_MS, { above: 0 });
}

/** A number of a variable of this fake, or the default when it is unset or empty. */
function numberFrom(name, fallback, { above } = {}) {
  const text = setting(name);
  if (text === undefined) return fallback;
  const number = Number(text);
  // Node turns a delay above 2^31-1 into 1 ms.
  if (!(number >= 0) || number > 2 ** 31 - 1 || (above !== undefined && number <= above)) {
    throw misused(
      `${variable(name)} must be a number of at least ${above === undefined ? 0 : 1}, not "${text}"`,
    );
  }
  return number;
}

/** Writes a prompt to the log at once: a process that is killed writes nothing later. */
function notePrompt(prompt, stdin) {
  log?.prompt(prompt, stdin);
}

/** Writes to the log, at once, which reply of a scenario was chosen. */
function noteReply() {
  log?.reply();
}

/** Writes the log's last record and exits. */
function end(exitCode) {
  log?.end({ exitCode });
  process.exit(exitCode);
}

/**
 * What stands for a signal's death on Windows, which has no signals: the NTSTATUS value that such a process ends with. 1 is what
 * TerminateProcess gives where `taskkill /F` calls it.
 */
const NTSTATUS = { SIGABRT: 0xc0000409, SIGSEGV: 0xc0000005, SIGILL: 0xc000001d, SIGFPE: 0xc0000094 };
const STATUS_NO_MEMORY = 0xc0000017;

/** Ends this process by a signal, as a crash or the kernel's memory killer does. */
function endBySignal(signal) {
  if (process.platform === "win32") return end(NTSTATUS[signal] ?? 1);
  log?.end({ exitCode: null, signal });
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return forever();
}

/** Ends this process as one that the system gives no more memory: Linux kills it. */
const endOutOfMemory = () => (process.platform === "win32" ? end(STATUS_NO_MEMORY) : endBySignal("SIGKILL"));

/** Ends this process as a signal from outside does, which it may listen to. On Windows `process.kill` would end it at once. */
function raise(signal) {
  if (!(signal in onSignal)) return endBySignal(signal);
  if (process.platform === "win32") process.emit(signal, signal);
  else process.kill(process.pid, signal);
  return forever();
}

/** Never settles. The timer of the lifetime limit keeps the process alive. */
function forever() {
  return new Promise(() => {});
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

module.exports = {
  begin,
  end,
  endBySignal,
  endOutOfMemory,
  forever,
  invocation,
  lifetimeMs,
  notePrompt,
  noteReply,
  numberFrom,
  onSignal,
  raise,
  sleep,
};
