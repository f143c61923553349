import { statSync } from "node:fs";
import { dirname } from "node:path";

/** After two changes within one tick of the kernel's clock, a folder may have the same time: 10 ms at most, and more to be sure. */
const TICK_MS = 100;
/** A mount over the log does not show in its folder, so after so long the answer is asked for anew. */
const BELIEVED_MS = 1000;

/** The device and inode of a file, or "missing". */
export type FileId = string;

/**
 * Which file the name of the log leads to. To ask for it is cheap, but makes the next commit dear: Linux (since 6.13) gives a file whose times
 * were asked for a new time with its next write, and then fsync(2) writes the inode too, which takes twice as long. So it is asked for
 * only where the folder has changed, as it does with each file that is made, removed or renamed in it.
 */
export class LogName {
  readonly #folder: string;
  readonly #ask: () => FileId;
  readonly #now: () => number;
  #answer: FileId = "missing";
  #of: Folder | undefined;
  #askedAt = 0;

  /**
   * @param ask stat(2) of the log
   * @param now the clock by which the system dates its files, in Unix milliseconds
   */
  constructor(log: string, ask: () => FileId, now: () => number = Date.now) {
    this.#folder = dirname(log);
    this.#ask = ask;
    this.#now = now;
  }

  id(): FileId {
    const folder = readFolder(this.#folder);
    const now = this.#now();
    if (folder !== undefined && this.#isKnown(folder, now)) return this.#answer;
    this.#answer = this.#ask();
    this.#askedAt = now;
    // One more change at the same tick of the clock would not show.
    this.#of = folder !== undefined && now - folder.changedAtMs > TICK_MS ? folder : undefined;
    return this.#answer;
  }

  #isKnown(folder: Folder, now: number): boolean {
    const of = this.#of;
    const age = now - this.#askedAt;
    return of?.id === folder.id && of.changedAt === folder.changedAt && age >= 0 && age < BELIEVED_MS;
  }
}

interface Folder {
  readonly id: FileId;
  readonly changedAt: bigint;
  readonly changedAtMs: number;
}

/** `undefined` where its time proves nothing: that of Windows may come late, and one of whole seconds hides a second change. */
function readFolder(path: string): Folder | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (folder === undefined || folder.ctimeNs % 1_000_000_000n === 0n) return undefined;
  const { dev, ino, ctimeNs } = folder;
  return { id: `${dev}:${ino}`, changedAt: ctimeNs, changedAtMs: Number(ctimeNs / 1_000_000n) };
}
