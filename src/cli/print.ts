import { fstatSync, write } from "node:fs";
import { isatty } from "node:tty";
import { promisify } from "node:util";
import { isWindows } from "../core/is-windows.ts";
import { EXIT } from "./interface/exit-code.ts";
import { writeToTerminal } from "./terminal/write-terminal.ts";

const writeTo = promisify(write);
const STDOUT = 1;

/** What stopped the writing. A reader that has gone (`| head`) is no fault. */
type Stop = { readonly kind: "reader gone" } | { readonly kind: "fault"; readonly why: string };

let last = Promise.resolve();
let stop: Stop | undefined;
let told = false;

/**
 * Writes to stdout, after everything that was printed before. Never rejects; see `exitCodeAfter`.
 *
 * @returns whether all of it was written; nothing more is after the first `false`
 */
export async function print(data: string | Uint8Array): Promise<boolean> {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  last = writeAfter(last, bytes);
  await last;
  return stop === undefined;
}

/**
 * The exit code of a command that ended with `code`, once all that it printed is written: 74, and a line on stderr, for a success
 * whose output did not arrive.
 *
 * @param meaning a sentence for that line: what is known of what was done
 */
export async function exitCodeAfter(code: number, meaning = ""): Promise<number> {
  await last;
  if (stop?.kind !== "fault") return code;
  if (!told) process.stderr.write(`hardcall: ${[stop.why, meaning].join(" ").trim()}\n`);
  told = true;
  return code === EXIT.ok ? EXIT.notWritten : code;
}

async function writeAfter(before: Promise<void>, bytes: Uint8Array): Promise<void> {
  await before;
  stop ??= await writeAll(bytes);
}

async function writeAll(bytes: Uint8Array): Promise<Stop | undefined> {
  let written = 0;
  try {
    if (isStoppable()) await writeToTerminal(STDOUT, bytes);
    else if (isStream()) await writeStream(bytes);
    // Node's own stream for a file takes a part for the whole: of 1 MB it writes the 64 KiB that a full disk still holds.
    else while (written < bytes.length) written += await writePart(bytes.subarray(written));
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    if (READER_GONE.has(code)) return { kind: "reader gone" };
    const part = isStream() ? "" : `: ${written} of ${bytes.length} bytes were`;
    return { kind: "fault", why: `The output could not be written to stdout (${code})${part}.` };
  }
}

/** A socket reports a reader that has gone by ECONNRESET, a pipe of Windows by EPIPE or EOF. */
const READER_GONE: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET", "EOF"]);

/** A terminal for which Node's stream would make the event loop wait, and no signal could end the process. */
const isStoppable = () => !isWindows && isatty(STDOUT);

/** Pipes, sockets and terminals; only they can make a writer wait, and Node waits for them. */
function isStream(): boolean {
  if (isatty(STDOUT)) return true;
  try {
    const kind = fstatSync(STDOUT);
    // On Windows a pipe is none of the kinds that Node tells apart.
    return !(kind.isFile() || kind.isCharacterDevice() || kind.isBlockDevice());
  } catch {
    // A service of Windows has no descriptor 1. Node has a stream for it all the same.
    return true;
  }
}

function writeStream(bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The callback has the error too; without a listener it would end the process.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
  process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  return promise;
}

async function writePart(bytes: Uint8Array): Promise<number> {
  const { bytesWritten } = await writeTo(STDOUT, bytes);
  if (bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" });
  return bytesWritten;
}
