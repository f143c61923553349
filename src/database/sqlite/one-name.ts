import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type LedgerError, unavailable } from "../errors.ts";
import { whatNamesFile } from "./operator-tools.ts";

/**
 * A file that is reached by two names is two ledgers: SQLite keeps the newest records, and the locks on them, in the -wal
 * and -shm beside the name that it was given. Each name would allow the same effect once.
 *
 * @param path without links in it
 * @throws LedgerError `ledger_unavailable` for a file with hard links, and for one that is mounted by itself
 */
export function refuseOtherNames(path: string): void {
  const file = statSync(path);
  if (file.nlink > 1) throw hardLinked(path, file.nlink);
  if (file.dev === statSync(dirname(path)).dev && !mountPoints().includes(path)) return;
  throw unavailable(
    "file_replaced",
    `The ledger ${path} is mounted as a single file, so other containers that mount it do not share its -wal and -shm. Nothing was started. Mount its folder instead.`,
  );
}

/** @param names how many the file has */
export function hardLinked(path: string, names: number): LedgerError {
  return unavailable(
    "file_replaced",
    `The ledger ${path} has ${names} names (hard links), and each name would have its own -wal and -shm. Find the others with ${whatNamesFile(path)} and remove them; to keep a copy, use "sqlite3 ${path} '.backup FILE'".`,
  );
}

/** The fifth field of proc_pid_mountinfo(5), in which blanks and backslashes are octal. None where it cannot be read. */
function mountPoints(): string[] {
  try {
    const lines = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    return lines.map((line) => unescape(line.split(" ")[4] ?? ""));
  } catch {
    return []; // Not Linux, or no /proc: a mount from another disk still shows by its device.
  }
}

function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
