import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { errnoOf } from "../../errors.ts";
import type { MachineMs, TurnView, WaitingProcess } from "./queue.ts";

/** The file beside a ledger in which processes that wait for each other say so. It holds nothing that is worth keeping. */
export const turnsOf = (path: string): string => `${path}-turns`;

/** Pairs of an id and a time: the first is the turn, all others are waiters. */
const PAIRS = 256;
const PAIR_BYTES = 16;

/** Under a second name the file is also another one, whose content is not to be written over. */
function ownFile(file: number): number {
  const status = fstatSync(file);
  if (status.isFile() && status.nlink <= 1) return file;
  closeSync(file);
  throw new Error("The file of turns is no file, or has a second name.");
}

/** Reads and writes the turns. Every method throws what the file system throws: without it, processes write without an order. */
export class TurnFile {
  readonly #file: number;
  readonly #numbers = new Float64Array(PAIRS * 2);
  readonly #bytes = new Uint8Array(this.#numbers.buffer);
  readonly #pair = new Float64Array(2);
  readonly #pairBytes = new Uint8Array(this.#pair.buffer);

  private constructor(file: number) {
    this.#file = file;
  }

  /** `undefined` when there is none: no process has ever waited for another. */
  static open(ledger: string, { create }: { readonly create: boolean }): TurnFile | undefined {
    const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
    try {
      return new TurnFile(ownFile(openSync(turnsOf(ledger), flags)));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
    if (!create) return undefined;
    let file: number;
    try {
      // A file that is there already must not change its owner or its mode.
      file = openSync(turnsOf(ledger), flags | constants.O_CREAT | constants.O_EXCL, 0o600);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      return TurnFile.open(ledger, { create: false });
    }
    try {
      // As SQLite does for -wal and -shm: all who may write to the ledger take part.
      const { mode, uid, gid } = statSync(ledger);
      fchmodSync(file, mode & 0o666);
      if (process.getuid?.() === 0) fchownSync(file, uid, gid);
    } catch {
      // Then those of other users do without an order.
    }
    return new TurnFile(file);
  }

  read(): TurnView {
    const length = readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
    // Of a file that has just been made, or was cut short.
    this.#bytes.fill(0, length);
    const waiters: WaitingProcess[] = [];
    for (let place = 1; place < PAIRS; place++) {
      const id = this.#numbers[place * 2] ?? 0;
      if (Number.isSafeInteger(id) && id > 0) waiters.push({ id, since: this.#numbers[place * 2 + 1] ?? 0 });
      else this.#numbers[place * 2] = 0; // No process has such an id: the place is free.
    }
    return { holder: this.#numbers[0] ?? 0, until: this.#numbers[1] ?? 0, waiters };
  }

  writeTurn(holder: number, until: MachineMs): void {
    this.#write(0, holder, until);
  }

  /** Of what was last read: whether it names this waiter. */
  isListed({ id }: WaitingProcess): boolean {
    return this.#placeOf(id) !== undefined;
  }

  /** In a place that was free when it was last read. Two may take the same one; the first then finds itself missing and takes another. */
  enlist({ id, since }: WaitingProcess): void {
    const free = this.#placeOf(0);
    if (free !== undefined) this.#write(free, id, since);
  }

  /** Of what was last read. */
  strike(ids: readonly number[]): void {
    for (const id of ids) {
      const place = this.#placeOf(id);
      if (place !== undefined) this.#write(place, 0, 0);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #placeOf(id: number): number | undefined {
    // From a place of its own on: those that arrive at once do not take the same one.
    const first = Math.trunc(Math.random() * (PAIRS - 1));
    for (let step = 0; step < PAIRS - 1; step++) {
      const place = 1 + ((first + step) % (PAIRS - 1));
      if (this.#numbers[place * 2] === id) return place;
    }
    return undefined;
  }

  #write(place: number, id: number, time: number): void {
    this.#pair[0] = id;
    this.#pair[1] = time;
    this.#numbers.set(this.#pair, place * 2);
    writeSync(this.#file, this.#pairBytes, 0, PAIR_BYTES, place * PAIR_BYTES);
  }
}
