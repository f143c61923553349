import { write } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const writeTo = promisify(write);

/** How soon a terminal that was full is tried again. */
const FULL_MS = 20;

/**
 * Writes to a terminal without making the event loop wait. Node's own stream writes to a terminal synchronously: one that is
 * stopped, such as with Ctrl-S, would stop deadlines and signal handlers too. Not for Windows, where Node's stream does not wait.
 */
export async function writeToTerminal(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      // In a thread of its own, which may wait.
      at += (await writeTo(descriptor, bytes, at)).bytesWritten;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      // Another program has made the terminal one that does not wait.
      await wait(FULL_MS);
    }
  }
}
