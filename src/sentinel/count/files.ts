import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { isBlank } from "../../core/blank.ts";
import { CountError, type Artifact } from "./artifact.ts";
import type { Count } from "./count.ts";
import { keptFor, newestFiles, sizeOf } from "./newest-files.ts";

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
const SMALL_BYTES = 64 * 1024;

/** Counts files that are not blank, by content: a file that is written again with the same content is no new artifact. */
export function files(options: FilesCountOptions): Count {
  const { files: pattern, cwd = ".", minBytes = 1 } = options;
  const dated = options.dateInName === undefined ? undefined : new RegExp(options.dateInName, "u");
  return async ({ signal, enough }) => {
    const wanted = { cwd: path.resolve(cwd), pattern, minBytes, dated, signal };
    const artifacts: Artifact[] = [];
    const seen = new Set<string>();
    for await (const part of newestFiles(wanted, keptFor(Math.max(enough, NEWEST)))) {
      for (const { name, at } of part) {
        signal.throwIfAborted();
        const size = await sizeOf(wanted, name);
        const id = size && (await contentHash(path.join(wanted.cwd, name), size, signal));
        if (!id) continue;
        artifacts.push({ id, at });
        if (seen.add(id).size >= Math.max(enough, NEWEST)) return artifacts;
      }
    }
    return artifacts;
  };
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
