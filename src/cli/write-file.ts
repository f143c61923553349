import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/** How a file of ours comes to its place. */
export type Place =
  /** A file of its own, whole or not at all: a reader never sees half of it. */
  | { readonly kind: "file"; readonly path: string }
  /** What is there stays what it is, and is written to: a device, a pipe, a mounted file. */
  | { readonly kind: "as it is"; readonly path: string };

const NEW_FILE = { mode: 0o600, flag: "wx" } as const;
const NOT_REPLACEABLE: ReadonlySet<string> = new Set(["EBUSY", "EXDEV", "EACCES", "EPERM", "EROFS"]);
const MOST_LINKS = 40;
/** How long a reader that does not read may keep us, in milliseconds. */
const SLOW_READER_MS = 5000;

/**
 * Finds out how a file can be written, before anything is done that would be lost without it. A link is followed, as a shell's
 * `>` does; a device or pipe is never replaced by a file.
 *
 * @throws the system's error when it cannot be written
 */
export function placeOf(file: string): Place {
  const target = followed(file);
  if (target === undefined) return { kind: "as it is", path: file };
  const found = statSync(target, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new Error(`EISDIR: ${JSON.stringify(file)} is a folder`);
  if (found !== undefined && !found.isFile()) return asItIs(file);
  try {
    const part = partOf(target);
    writeFileSync(part, "", NEW_FILE);
    rmSync(part);
    return { kind: "file", path: target };
  } catch (error) {
    if (found === undefined || !isNotReplaceable(error)) throw error;
    return asItIs(file);
  }
}

/**
 * Removes the file of an earlier run, so that it is not read as the outcome of this one. A file that cannot be replaced,
 * such as a mounted one, is emptied; devices and pipes stay as they are.
 */
export function clear(place: Place): void {
  if (place.kind === "file") {
    // Not rmSync, whose errors have no code.
    try {
      unlinkSync(place.path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      if (!isNotReplaceable(error)) throw error;
    }
  }
  if (statSync(place.path).isFile() && followed(place.path) !== undefined) writeFileSync(place.path, "");
}

/** @throws the system's error */
export function writeTo(place: Place, text: string): void {
  if (place.kind === "as it is") {
    writeAsItIs(place.path, text);
    return;
  }
  const part = partOf(place.path);
  try {
    writeFileSync(part, text, NEW_FILE);
    renameSync(part, place.path);
  } catch (error) {
    rmSync(part, { force: true });
    // A file that is mounted by itself cannot be replaced, and was there all along.
    if (!isNotReplaceable(error)) throw error;
    writeAsItIs(place.path, text);
  }
}

/** The path that a link leads to in the end; nothing for one of an open descriptor, such as `/dev/stderr` or `>(…)`. */
function followed(file: string): string | undefined {
  const end = endOf(file);
  return "path" in end ? end.path : undefined;
}

function endOf(file: string): { readonly path: string } | { readonly descriptor: number | undefined } {
  let at = path.resolve(file);
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = realpathSync(path.dirname(at));
    const [, of] = /^\/(proc\/.+|dev)\/fd$/.exec(folder) ?? [];
    const isOurs = of === "dev" || of === `proc/${process.pid}`;
    if (of !== undefined) return { descriptor: isOurs ? Number(path.basename(at)) : undefined };
    at = path.join(folder, path.basename(at));
    if (!lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return { path: at };
    at = path.resolve(folder, readlinkSync(at));
  }
  throw new Error(`ELOOP: ${JSON.stringify(file)} leads through too many links`);
}

/** Not opened yet: a pipe whose reader waits would take our leaving for the end of what it reads. */
function asItIs(file: string): Place {
  accessSync(file, constants.W_OK);
  return { kind: "as it is", path: file };
}

function writeAsItIs(file: string, text: string): void {
  const end = endOf(file);
  const kind = statSync(file);
  // Opened anew, a file would be written from another position, and what follows on the descriptor would be written over it.
  if (kind.isFile() && "descriptor" in end && end.descriptor !== undefined) {
    writeAll(end.descriptor, text);
    return;
  }
  const { O_WRONLY, O_NONBLOCK, O_APPEND, O_TRUNC } = constants;
  const isOwnFile = kind.isFile() && "path" in end;
  // Without O_NONBLOCK a pipe that nothing reads would keep us here.
  const fd = openSync(file, O_WRONLY | O_NONBLOCK | (isOwnFile ? O_TRUNC : O_APPEND));
  try {
    writeAll(fd, text);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  const until = performance.now() + SLOW_READER_MS;
  for (let written = 0; written < bytes.length;) written += writePart(fd, bytes.subarray(written), until);
}

/** The call is over, so nothing else waits while its reader is waited for. */
function writePart(fd: number, bytes: Uint8Array, until: number): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || performance.now() > until) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return 0;
  }
}

const partOf = (file: string) => `${file}.${process.pid}.part`;

const isNotReplaceable = (error: unknown) => NOT_REPLACEABLE.has((error as NodeJS.ErrnoException).code ?? "");
