// What the fake reads from stdin and prints on stdout and stderr.
"use strict";
const { fstatSync, readFileSync, statSync, writeSync } = require("node:fs");
const { isPipe } = require("../../shared/is-pipe.cjs");
const { Refusal } = require("./refusal.cjs");

// The first bytes are written synchronously: they fit into any pipe, and Node needs 4 ms to set up `process.stdout`.
// After them a stream writes. A synchronous write to a reader that has stopped reading would block the process, its
// signal handlers and its lifetime limit.
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
    // Node reports a closed reader to the callback and as an event. Without a listener the event ends the process.
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
    // EAGAIN: another holder of the pipe made it non-blocking, and it is full.
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
    if (isPipe(stat)) return "pipe";
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
    // A writer that resets the connection sends no more.
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

module.exports = { joinPrompt, readStdin, write, writeNow };
