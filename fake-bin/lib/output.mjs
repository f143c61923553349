// Everything the fake prints. The first bytes are written synchronously, which spares the 4 ms that Node needs to
// set up `process.stdout`; they fit any pipe. Beyond that a reader that does not read would block the whole
// process, its signal handlers and its lifetime limit included, so the stream takes over.
import { writeSync } from "node:fs";

const SYNC_BYTES = 16 * 1024;
const written = { 1: 0, 2: 0 };
const streaming = { 1: false, 2: false };

/** Writes a chunk and resolves when the operating system has it. */
export async function write(fd, chunk) {
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
export function writeNow(fd, chunk) {
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
