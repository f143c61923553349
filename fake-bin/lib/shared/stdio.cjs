// What a fake reads from stdin and prints on stdout and stderr.
"use strict";
const { fstatSync, readFileSync, statSync, writeSync } = require("node:fs");

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

/**
 * Whether what `fstat` tells of is a pipe or a socket, whose other side may be silent for ever or gone. On Windows Node calls a pipe
 * neither FIFO nor anything else.
 */
const isPipe = (stat) =>
  stat.isFIFO() ||
  stat.isSocket() ||
  !(stat.isFile() || stat.isDirectory() || stat.isCharacterDevice() || stat.isBlockDevice());

/** What kind of thing stdin is: `pipe`, `file`, `terminal`, or `none` when it was closed before we were started. */
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
 * All of stdin: `{ bytes, size, silent }`. Of more than `maxBytes` only the size is known for certain. A pipe that stays silent for
 * `silentMs` is given up (`silent`); once the first byte is there it is read to its end, however long that takes. Without `silentMs`
 * an open pipe is waited for without limit.
 *
 * @param waitForTerminal reads a terminal too, to its end
 */
async function readStdin({ silentMs, maxBytes = Infinity, waitForTerminal = false } = {}) {
  const kind = stdinKind();
  if (kind === "none" || (kind === "terminal" && !waitForTerminal)) return readWhole(Buffer.alloc(0));
  if (kind === "file") return readWhole(readFileSync(0));
  const { stdin } = process;
  const chunks = [];
  let size = 0;
  const silent = await new Promise((resolve) => {
    const timer = silentMs === undefined ? undefined : setTimeout(() => resolve(true), silentMs);
    stdin.on("data", (chunk) => {
      clearTimeout(timer);
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    });
    // A writer that resets the connection sends no more.
    for (const over of ["end", "close", "error"]) {
      stdin.on(over, () => {
        clearTimeout(timer);
        resolve(false);
      });
    }
  });
  if (silent) stdin.destroy();
  return { bytes: Buffer.concat(chunks), size, silent };
}

const readWhole = (bytes) => ({ bytes, size: bytes.length, silent: false });

module.exports = { isPipe, readStdin, stdinKind, write, writeNow };
