import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { canMount, mountTmpfs, unmount } from "../ledger/mounts.ts";

const SIZE_MIB = 48;
const MIB = new Uint8Array(1024 * 1024);
const PAGE = new Uint8Array(4096);

/** Where the ledger of a run is: a small disk of its own, which can be filled; an ordinary folder where none can be mounted. */
export class Disk {
  readonly folder: string;
  readonly canFill = canMount;

  constructor() {
    this.folder = canMount ? mountTmpfs(`${SIZE_MIB}m`) : mkdtempSync(path.join(tmpdir(), "hardcall-chaos-"));
  }

  get ledger(): string {
    return path.join(this.folder, "ledger.db");
  }

  get #ballast(): string {
    return path.join(this.folder, "ballast");
  }

  fill(): void {
    const file = openSync(this.#ballast, "a");
    try {
      for (const piece of [MIB, PAGE]) writeUntilFull(file, piece);
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  end(): void {
    if (this.canFill) unmount(this.folder);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}

function writeUntilFull(file: number, piece: Uint8Array): void {
  try {
    for (;;) if (writeSync(file, piece) < piece.length) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
