import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { glob, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { isBlank } from "../../core/blank.ts";
import { CountError, type Artifact } from "./artifact.ts";
import { toInstant } from "./instant.ts";
import type { Count } from "./count.ts";

export interface FilesCountOptions {
  /** A glob, such as `"posts/*.md"` (`**` for any depth). */
  readonly files: string;
  /** The folder that the glob starts from. @default the current folder; for a configuration file, its folder */
  readonly cwd?: string | undefined;
  /** Smaller files do not count. @default 1 */
  readonly minBytes?: number | undefined;
  /**
   * A regular expression whose one group finds the date in the file's path (ISO 8601). Without it the file's modification time counts,
   * and a new copy of an old file looks new.
   */
  readonly dateInName?: string | undefined;
}

/** How many of the newest files are compared by content; more would not change a verdict that needs fewer. */
const NEWEST = 64;
/** How many files are read at once: enough to keep the disk busy, too few to fill the thread pool's queue. */
const BATCH = 256;
const SMALL_BYTES = 64 * 1024;

interface Found {
  readonly file: string;
  readonly at: number;
  readonly size: number;
}

/** Counts files that are not blank, by content: a file that is written again with the same content is no new artifact. */
export function files(options: FilesCountOptions): Count {
  const { files: pattern, cwd = ".", minBytes = 1 } = options;
  const dated = options.dateInName === undefined ? undefined : new RegExp(options.dateInName, "u");
  return async ({ signal, enough }) => {
    const newest = await newestFiles(path.resolve(cwd), pattern, { minBytes, dated, signal });
    const artifacts: Artifact[] = [];
    const seen = new Set<string>();
    for (const { file, at, size } of newest) {
      signal.throwIfAborted();
      const id = await contentHash(file, size, signal);
      if (id === undefined) continue;
      artifacts.push({ id, at });
      if (seen.add(id).size >= Math.max(enough, NEWEST)) break;
    }
    return artifacts;
  };
}

async function newestFiles(
  cwd: string,
  pattern: string,
  options: {
    readonly minBytes: number;
    readonly dated: RegExp | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Found[]> {
  await expectFolder(cwd);
  const found: Found[] = [];
  let batch: string[] = [];
  const look = async () => {
    options.signal.throwIfAborted();
    found.push(...(await Promise.all(batch.map((name) => lookAt(cwd, name, options)))).flat());
    batch = [];
  };
  for await (const name of glob(pattern, { cwd })) {
    if (batch.push(name) >= BATCH) await look();
  }
  await look();
  return found.toSorted((one, other) => other.at - one.at);
}

/** Without this, a folder that is not mounted would look like an empty one. */
async function expectFolder(cwd: string): Promise<void> {
  const folder = await stat(cwd).catch(() => undefined);
  if (!folder?.isDirectory()) throw new CountError("the folder of the files does not exist");
}

async function lookAt(
  cwd: string,
  name: string,
  { minBytes, dated }: { readonly minBytes: number; readonly dated: RegExp | undefined },
): Promise<Found[]> {
  const file = path.join(cwd, name);
  let stats: Stats;
  try {
    stats = await stat(file);
  } catch {
    return []; // Deleted since the glob found it, or a broken link.
  }
  if (!stats.isFile() || stats.size < minBytes || stats.size === 0) return [];
  if (dated === undefined) return [{ file, at: stats.mtimeMs, size: stats.size }];
  // One expression finds the date on every system: on Windows the path has backslashes.
  const at = toInstant(dated.exec(name.replaceAll(path.sep, "/"))?.[1]);
  if (Number.isNaN(at)) throw new CountError("dateInName finds no date in the name of a file");
  return [{ file, at, size: stats.size }];
}

async function contentHash(file: string, size: number, signal: AbortSignal): Promise<string | undefined> {
  try {
    if (size <= SMALL_BYTES) {
      const content = await readFile(file, { signal });
      return isBlank(content.toString("utf8")) ? undefined : sha256().update(content).digest("hex");
    }
    const hash = sha256();
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk as Buffer);
    return hash.digest("hex");
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CountError(`a file cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

const sha256 = () => createHash("sha256");
