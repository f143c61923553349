// One process is one invocation: what it was asked, the signals it got, and how it ends.
"use strict";
const { fstatSync, readFileSync, statSync, writeSync } = require("node:fs");

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

// What comes in on stdin and goes out on stdout and stderr.
//
// The first bytes are written synchronously, which spares the 4 ms that Node needs to
// set up `process.stdout`; they fit any pipe. Beyond that a reader that does not read would block the whole
// process, its signal handlers and its lifetime limit included, so the stream takes over.
const SYNC_BYTES = 16 * 1024;
const written = { 1: 0, 2: 0 };
const streaming = { 1: false, 2: false };

/** Writes a chunk and resolves when the operating system has it. */
async function write(fd, chunk) {
  let bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  if (bytes.length === 0) return;
  if (!streaming[fd] && written[fd] + bytes.length <= SYNC_BYTES) {
    bytes = writeNow(fd, bytes);
    if (bytes.length === 0) return;
  }
  streaming[fd] = true;
  const stream = fd === 1 ? process.stdout : process.stderr;
  await new Promise((resolve, reject) => {
    // A closed reader is reported to the callback and as an event; unheard, the event would crash the process.
    if (stream.listenerCount("error") === 0) stream.on("error", () => {});
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Writes at once what fits, for a signal handler about to exit. @returns what did not fit. */
function writeNow(fd, chunk) {
  let bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  try {
    while (bytes.length > 0) {
      const count = writeSync(fd, bytes);
      written[fd] += count;
      bytes = bytes.subarray(count);
    }
  } catch (error) {
    // Somebody made the pipe non-blocking and it is full.
    if (error.code !== "EAGAIN") throw error;
  }
  return bytes;
}

const NULL_DEVICE = process.platform === "win32" ? "\\\\.\\nul" : "/dev/null";
const SILENT_STDIN_MS = 3000;
const MAX_STDIN_BYTES = 10 * 1024 * 1024;
const STILL_OPEN =
  "Warning: no stdin data received in 3s, proceeding without it. If piping from a slow command, redirect stdin " +
  "explicitly: < /dev/null to skip, or wait longer.\n";

/** What kind of thing stdin is; "none" when it was closed before we were started. */
function stdinKind() {
  try {
    const stat = fstatSync(0);
    if (stat.isFIFO() || stat.isSocket()) return "pipe";
    if (!stat.isCharacterDevice() || stat.rdev === statSync(NULL_DEVICE).rdev) return "file";
    return process.stdin.isTTY ? "terminal" : "file";
  } catch {
    // EBADF: there is no descriptor 0, which is as good as an empty stdin.
    return "none";
  }
}

/**
 * All of stdin. An open pipe that stays silent for 3 s is given up with a warning, as the real CLI does; once the
 * first byte is there it is read to its end, however long that takes. `waitForEnd` waits without that limit.
 */
async function readStdin({ waitForEnd = false } = {}) {
  const kind = stdinKind();
  if (kind === "none" || (kind === "terminal" && !waitForEnd)) return Buffer.alloc(0);
  if (kind === "file") return bounded(readFileSync(0));
  const { stdin } = process;
  const chunks = [];
  let bytes = 0;
  const silent = await new Promise((resolve) => {
    const timer = waitForEnd ? undefined : setTimeout(() => resolve(true), SILENT_STDIN_MS);
    stdin.on("data", (chunk) => {
      clearTimeout(timer);
      bytes += chunk.length;
      if (bytes <= MAX_STDIN_BYTES) chunks.push(chunk);
    });
    // A writer that resets the connection has said all it will say.
    for (const over of ["end", "close", "error"]) {
      stdin.on(over, () => {
        clearTimeout(timer);
        resolve(false);
      });
    }
  });
  if (silent) {
    stdin.destroy();
    await write(2, STILL_OPEN);
  }
  return bounded(Buffer.concat(chunks), bytes);
}

function bounded(stdin, bytes = stdin.length) {
  if (bytes <= MAX_STDIN_BYTES) return stdin;
  throw new Refusal(
    "Error: piped stdin input exceeds 10MB. Pass large content as a file path in your prompt instead.",
  );
}

/** The prompt made of the argument and of stdin. */
function joinPrompt(argument, stdin) {
  return [argument, stdin].filter(Boolean).join("\n");
}

module.exports = {
  begin,
  end,
  endBySignal,
  forever,
  invocation,
  joinPrompt,
  lifetimeMs,
  misused,
  notePrompt,
  noteReply,
  numberFrom,
  onInterrupt,
  onSignal,
  readStdin,
  Refusal,
  sleep,
  write,
  writeNow,
};
