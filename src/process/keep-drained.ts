import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { ownRuntime, type Evaluator } from "../core/own-runtime.ts";

const CATS = ["/bin/cat", "/usr/bin/cat"];

/**
 * Hands output that a daemon still holds to a process that reads it and throws it away, for as long as the daemon lives. Without a
 * reader SIGPIPE would end the daemon at its next print; with one that does not read it would stand still when the pipe is full.
 */
export function keepDrained(streams: readonly Readable[]): void {
  const reads = reader();
  if (reads === undefined) return;
  const { NODE_OPTIONS: _, ...env } = process.env;
  for (const stream of streams) {
    if (stream.closed) continue;
    // Our own environment: an outer call that ends what this one may leave ends its reader too.
    const child = spawn(reads.file, [...reads.args], {
      stdio: [socketOf(stream), "ignore", "ignore"],
      detached: true,
      cwd: "/",
      env,
    });
    // No process is left for it: the daemon meets what it met before there was a reader.
    child.on("error", () => undefined);
    child.unref();
  }
}

/** What a process can inherit: of a process that the helper has started the stream reads from a socket (helper/remote-output.ts). */
const socketOf = (stream: Readable & { readonly socket?: Readable | undefined }): Readable =>
  stream.socket ?? stream;

/** Without coreutils the same in Node, at Node's price. */
function reader(): Evaluator | undefined {
  const cat = CATS.find((file) => existsSync(file));
  if (cat !== undefined) return { file: cat, args: [] };
  const runtime = ownRuntime();
  return runtime && { file: runtime.file, args: [...runtime.args, "process.stdin.resume()"] };
}
