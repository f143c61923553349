import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import pTimeout from "p-timeout";
import { formatDuration, parseDuration } from "../call/duration.ts";
import { UsageError } from "./usage.ts";

/** The content of a file, or of stdin, which must end in time: one that stays open must not hang us. */
export async function contentFrom(file: string | undefined, timeout: string): Promise<Uint8Array> {
  if (file !== undefined) {
    try {
      return await readFile(file);
    } catch (error) {
      throw new UsageError(`${JSON.stringify(file)} cannot be read: ${(error as Error).message}`);
    }
  }
  if (process.stdin.isTTY) throw new UsageError("there is no content; name a file, or give it on stdin");
  const limit = parseDuration(timeout);
  if ("problem" in limit) throw new UsageError(`--timeout ${limit.problem}`);
  try {
    return await pTimeout(buffer(process.stdin), { milliseconds: limit.ms });
  } catch {
    // Left open it would keep the process alive.
    process.stdin.destroy();
    throw new UsageError(
      `stdin did not end within ${formatDuration(limit.ms)}, so the content is not complete`,
    );
  }
}
