import type { Dir, Dirent } from "node:fs";
import { glob, opendir } from "node:fs/promises";
import path from "node:path";
import { simplePattern, type Segment } from "./pattern.ts";

/** How many names come at once: enough to keep the disk busy, too few to fill the thread pool's queue. */
const BATCH = 256;
/** How many names of a folder one read brings. Node.js's 32 make four times as many reads of a large folder. */
const READ_AT_ONCE = 512;

/** What may come after the walk has stopped to look at a batch of names. They start from the folder of the glob. */
export type LookAtNames = (names: readonly string[]) => Promise<void>;

/**
 * Finds what a glob matches, and hands it on in batches: files, and what only a look can tell from files, such as links. Node.js's own glob
 * remembers every name that it has found, so it is asked only what `simplePattern` does not know.
 */
export async function walk(cwd: string, pattern: string, look: LookAtNames): Promise<void> {
  let batch: string[] = [];
  const found = async (name: string) => {
    if (batch.push(name) < BATCH) return;
    const full = batch;
    batch = [];
    await look(full);
  };
  const simple = simplePattern(pattern);
  if (simple === undefined) for await (const name of glob(pattern, { cwd })) await found(name);
  else {
    // To Node.js `backup.sql/**` means that file, too.
    if (simple.segments[0] === "**" && simple.segments.length === 1 && simple.base !== "")
      await found(simple.base);
    await enter(cwd, simple.base, simple.segments, [0], found);
  }
  await look(batch);
}

/**
 * Reads one folder, and those below it that may hold matches. It goes through a link to a folder where Node.js does: below a `**`, if the
 * link itself fits what comes next.
 *
 * @param at the segments that the names of this folder are compared with
 */
async function enter(
  cwd: string,
  folder: string,
  segments: readonly Segment[],
  at: readonly number[],
  found: (name: string) => Promise<void>,
): Promise<void> {
  const open = withSkipped(segments, at);
  for await (const entry of entriesOf(path.join(cwd, folder))) {
    const { name } = entry;
    const matching = open.filter((index) => matches(segments[index], name));
    if (matching.length === 0) continue;
    const inside = folder === "" ? name : path.join(folder, name);
    if (!entry.isDirectory() && matching.includes(segments.length - 1)) await found(inside);
    const below = entry.isDirectory()
      ? matching.map((index) => (segments[index] === "**" ? index : index + 1))
      : entry.isSymbolicLink()
        ? matching.filter((index) => segments[index - 1] === "**")
        : [];
    const deeper = new Set(below.filter((index) => index < segments.length));
    if (deeper.size > 0) await enter(cwd, inside, segments, [...deeper], found);
  }
}

/** A `**` may also stand for no folder at all, so what comes after it is open as well. */
function withSkipped(segments: readonly Segment[], at: readonly number[]): readonly number[] {
  const open = new Set(at);
  for (const index of open) if (segments[index] === "**" && index + 1 < segments.length) open.add(index + 1);
  return [...open];
}

const matches = (segment: Segment | undefined, name: string): boolean =>
  segment === "**" ? !name.startsWith(".") : segment !== undefined && segment.test(name);

/** None for a folder that this user may not read, and no more of one that is gone: a glob passes them over. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  let dir: Dir;
  try {
    dir = await opendir(folder, { bufferSize: READ_AT_ONCE });
  } catch {
    return;
  }
  try {
    yield* dir;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
