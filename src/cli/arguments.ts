import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { UsageError } from "./interface/usage-error.ts";

/** What Node.js puts in the place of bytes that are not UTF-8. */
const LOST = "\uFFFD";

/**
 * Refuses arguments whose bytes Node.js has lost: a command would be given another file's name, and two keys would be one.
 *
 * @throws UsageError
 */
export function refuseLostBytes(args: readonly string[]): void {
  const index = args.findIndex((arg) => arg.includes(LOST));
  if (index === -1 || isWhole()) return;
  throw new UsageError(
    `argument ${index + 1} is not UTF-8, and Node.js cannot hand its bytes on; rename the file, or let a script of its own name it`,
  );
}

/** Whether the character itself was given. Only Linux shows the bytes. */
function isWhole(): boolean {
  try {
    return isUtf8(readFileSync("/proc/self/cmdline"));
  } catch {
    return false;
  }
}
