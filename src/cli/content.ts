import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import pTimeout, { TimeoutError } from "p-timeout";
import { formatDuration } from "../core/duration.ts";
import { unreadableStdin } from "../process/host-stdin.ts";
import { UsageError } from "./interface/usage-error.ts";

/** The content of a file, or of stdin, which must end in time: one that stays open must not hang us. */
export async function contentFrom(file: string | undefined, timeoutMs: number): Promise<Uint8Array> {
  if (file !== undefined) {
    try {
      return await readFile(file);
    } catch (error) {
      throw new UsageError(`${JSON.stringify(file)} cannot be read: ${(error as Error).message}`);
    }
  }
  if (process.stdin.isTTY) throw new UsageError("there is no content; name a file, or give it on stdin");
  const fault = unreadableStdin();
  if (fault !== undefined) throw new UsageError(`stdin could not be read (${fault}); name a file`);
  try {
    return await pTimeout(buffer(process.stdin), { milliseconds: timeoutMs });
  } catch (error) {
    // Left open it would keep the process alive.
    process.stdin.destroy();
    if (!(error instanceof TimeoutError)) {
      const why = (error as NodeJS.ErrnoException).code ?? "unknown error";
      throw new UsageError(
        `stdin could not be read to its end (${why}), so nothing was recorded; name a file`,
      );
    }
    throw new UsageError(
      `stdin did not end within ${formatDuration(timeoutMs)}, so nothing was recorded; close it, or raise --timeout`,
    );
  }
}
