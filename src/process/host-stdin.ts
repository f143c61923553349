import { optionName } from "../core/wording.ts";

export interface StdinLimits {
  /** More bytes than that are refused. */
  readonly maxBytes: number;
  /** In milliseconds. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** The default limit for our own stdin: 16 MiB. */
export const MAX_INPUT = 16 * 1024 * 1024;

/** A process can read its stdin only once, so all calls share what was read. */
const chunks: Buffer[] = [];
const waiting = new Set<() => void>();
let size = 0;
let isListening = false;
let fault: string | undefined;
let whole: Buffer | undefined;

/** Our stdin, once it has been read to its end. */
export const hostStdin = (): Buffer | undefined => whole;

/**
 * Reads our own stdin to its end, before anything is started. A later call continues where this one had to stop.
 *
 * @returns what is wrong with stdin, a sentence without full stop; `undefined` if it was read whole or the signal aborted
 */
export async function readHostStdin({
  maxBytes,
  withinMs,
  signal,
}: StdinLimits): Promise<string | undefined> {
  // Loaded here and not above: node:tty brings all of node:net with it, and few calls hand stdin on.
  const { isatty } = process.getBuiltinModule("node:tty");
  if (whole === undefined && isatty(0))
    return "stdin is a terminal; give a file or a pipe that comes to its end";
  fault ??= unreadableStdin();
  const isDone = () => whole !== undefined || fault !== undefined || size > maxBytes || signal.aborted;
  const inTime = isDone() || (await reading(isDone, withinMs, signal));
  if (signal.aborted) return undefined;
  if (fault !== undefined) return `stdin could not be read (${fault})`;
  if (size > maxBytes)
    return `stdin has more than ${maxBytes} bytes, so it was not read to its end; raise ${optionName("maxInput")}, or give the command a file`;
  if (!inTime) return "stdin did not end within the timeout";
  return undefined;
}

/** Node gives an empty stream for a descriptor that it has no stream for, so an input that cannot be read would look like a whole one. */
export function unreadableStdin(): string | undefined {
  let kind;
  try {
    kind = process.getBuiltinModule("node:fs").fstatSync(0);
  } catch (error) {
    // A service of Windows has no descriptor 0.
    return (error as NodeJS.ErrnoException).code ?? "unknown error";
  }
  if (kind.isDirectory()) return "EISDIR, it is a folder";
  return kind.isBlockDevice() ? "it is a block device" : undefined;
}

async function reading(isDone: () => boolean, withinMs: number, signal: AbortSignal): Promise<boolean> {
  listen();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const look = () => {
    if (isDone()) resolve(true);
  };
  const timer = setTimeout(() => resolve(false), withinMs);
  waiting.add(look);
  signal.addEventListener("abort", look);
  process.stdin.resume();
  look();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    waiting.delete(look);
    signal.removeEventListener("abort", look);
    // Without this, stdin would keep this process alive until its writer closes it.
    if (waiting.size === 0) process.stdin.pause();
  }
}

function tell(): void {
  for (const look of waiting) look();
}

function end(): void {
  whole ??= Buffer.concat(chunks);
  tell();
}

function listen(): void {
  if (isListening) return;
  isListening = true;
  const { stdin } = process;
  stdin.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    tell();
  });
  stdin.once("end", end);
  stdin.on("error", (error: NodeJS.ErrnoException) => {
    fault = error.code ?? "unknown error";
    tell();
  });
  if (stdin.readableEnded) end();
}
