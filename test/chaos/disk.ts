import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { canMount, fillUp, mountTmpfs, unmount } from "../helpers/mounts.ts";

const SIZE_MIB = 48;

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
    fillUp(this.#ballast);
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  end(): void {
    if (this.canFill) unmount(this.folder);
    else rmSync(this.folder, { recursive: true, force: true });
  }
}
