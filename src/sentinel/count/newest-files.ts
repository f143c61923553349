import { stat as statByCallback, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { CountError } from "./artifact.ts";
import { toInstant } from "./instant.ts";
import { walk } from "./walk.ts";

export interface FoundFile {
  /** From the folder of the glob. */
  readonly name: string;
  readonly at: number;
}

export interface FilesToFind {
  readonly cwd: string;
  readonly pattern: string;
  readonly minBytes: number;
  /** Finds the date in a file's name. Without it, the modification time counts. */
  readonly dated: RegExp | undefined;
  readonly signal: AbortSignal;
}

/** How many of the newest files a walk remembers. */
export interface Kept {
  /** More than a verdict needs, unless most of the newest are blank or copies. */
  readonly first: number;
  /** For each walk after it: some 10 MB, so that a folder of blank files needs few. */
  readonly later: number;
}

const LATER = 50_000;
const FIRST = 2000;

/** @param enough how many of the newest distinct files the verdict needs */
export const keptFor = (enough: number): Kept => ({ first: Math.max(FIRST, 2 * enough), later: LATER });

/**
 * All files of a glob, the newest first, in parts. However many there are, it remembers the newest, and walks again for older ones.
 *
 * @throws CountError if the folder does not exist, or a file has no date
 */
export async function* newestFiles(
  wanted: FilesToFind,
  { first, later }: Kept,
): AsyncGenerator<readonly FoundFile[]> {
  await expectFolder(wanted.cwd);
  let last: FoundFile | undefined;
  do {
    const newest = new Newest(last === undefined ? first : later, last);
    await walk(wanted.cwd, wanted.pattern, async (names) => {
      wanted.signal.throwIfAborted();
      for (const found of await Promise.all(names.map((name) => lookAt(wanted, name)))) {
        if (found !== undefined) newest.add(found);
      }
    });
    const files = newest.sorted();
    yield files;
    last = newest.hasDropped ? files.at(-1) : undefined;
  } while (last !== undefined);
}

/** Without this, a folder that is not mounted would look like an empty one. */
async function expectFolder(cwd: string): Promise<void> {
  const folder = await stat(cwd).catch(() => undefined);
  if (!folder?.isDirectory()) throw new CountError("the folder of the files does not exist");
}

/** Half the processor time of the `stat` of `node:fs/promises`, which a million files show. */
const statsOf = promisify(statByCallback);

/** The size of a file that counts; `undefined` for one that does not, or is not there any more. */
export async function sizeOf({ cwd, minBytes }: FilesToFind, name: string): Promise<number | undefined> {
  const stats = await lookedUp(path.join(cwd, name));
  return stats !== undefined && counts(stats, minBytes) ? stats.size : undefined;
}

async function lookAt(wanted: FilesToFind, name: string): Promise<FoundFile | undefined> {
  const { cwd, minBytes, dated } = wanted;
  if (dated === undefined) {
    const stats = await lookedUp(path.join(cwd, name));
    return stats !== undefined && counts(stats, minBytes) ? { name, at: stats.mtimeMs } : undefined;
  }
  // One expression finds the date on every system: on Windows the path has backslashes.
  const at = toInstant(dated.exec(name.replaceAll(path.sep, "/"))?.[1]);
  if (!Number.isNaN(at)) return { name, at };
  if ((await sizeOf(wanted, name)) === undefined) return undefined;
  throw new CountError("dateInName finds no date in the name of a file");
}

const counts = (stats: Stats, minBytes: number) => stats.isFile() && stats.size > 0 && stats.size >= minBytes;

/** Deleted since the walk found it, or a broken link. */
const lookedUp = (file: string): Promise<Stats | undefined> => statsOf(file).catch(() => undefined);

/** The newest of many, in constant memory. */
class Newest {
  readonly #most: number;
  readonly #after: FoundFile | undefined;
  #kept: FoundFile[] = [];
  #oldest: FoundFile | undefined;
  hasDropped = false;

  /** @param after only what comes after it in the order, from the newest to the oldest */
  constructor(most: number, after: FoundFile | undefined) {
    this.#most = most;
    this.#after = after;
  }

  add(found: FoundFile): void {
    if (this.#after !== undefined && inOrder(found, this.#after) <= 0) return;
    if (this.#oldest !== undefined && inOrder(found, this.#oldest) > 0) return;
    if (this.#kept.push(found) >= 2 * this.#most) this.#cut();
  }

  sorted(): readonly FoundFile[] {
    this.#cut();
    return this.#kept;
  }

  #cut(): void {
    this.#kept.sort(inOrder);
    if (this.#kept.length <= this.#most) return;
    this.hasDropped = true;
    this.#kept.length = this.#most;
    this.#oldest = this.#kept.at(-1);
  }
}

const inOrder = (one: FoundFile, other: FoundFile): number =>
  other.at - one.at || (one.name < other.name ? -1 : Number(one.name > other.name));
