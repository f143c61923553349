import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmdirSync, writeSync } from "node:fs";
import { temporaryFolder } from "./folders.ts";

/** Whether this machine lets the tests mount a small disk of their own (root, and not every container). */
export const canMount = tryMount();

/** A real, small file system in memory, to be unmounted with {@link unmount}. */
export function mountTmpfs(size: string): string {
  const folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
      stdio: "pipe",
      timeout: 30_000,
    });
    return folder;
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
}

export function remountReadOnly(folder: string): void {
  execFileSync("mount", ["-o", "remount,ro", folder], { timeout: 30_000 });
}

export function unmount(folder: string): void {
  execFileSync("umount", [folder], { timeout: 30_000 });
  rmdirSync(folder);
}

const MIB = new Uint8Array(1024 * 1024);
const PAGE = new Uint8Array(4096);

/** Makes a file as large as its disk lets it be, to the last page: remove it to make room again. */
export function fillUp(path: string): void {
  const file = openSync(path, "a");
  try {
    for (const piece of [MIB, PAGE]) writeUntilFull(file, piece);
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, piece: Uint8Array): void {
  try {
    for (;;) if (writeSync(file, piece) < piece.length) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

function tryMount(): boolean {
  try {
    unmount(mountTmpfs("64k"));
    return true;
  } catch {
    return false; // No right to mount: the tests that need it are skipped.
  }
}

/** Mounts one file by itself under another name, as `docker run -v ledger.db:ledger.db` does; to be undone with `umount`. */
export function bindFile(file: string, name: string): void {
  execFileSync("mount", ["--bind", file, name], { stdio: "pipe", timeout: 30_000 });
}

export function unbindFile(name: string): void {
  // Lazily: a test that fails may still have it open.
  execFileSync("umount", ["--lazy", name], { timeout: 30_000 });
}
