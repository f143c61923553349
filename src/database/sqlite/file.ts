import { accessSync, chmodSync, closeSync, constants, openSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errnoOf, unavailable } from "../errors.ts";
import { isShare } from "../windows/path.ts";
import { networkFileSystemOf } from "./file-system.ts";
import { markOf } from "./mark.ts";
import { makeFolder } from "./make-folder.ts";
import { refuseOtherNames } from "./one-name.ts";
import { realPath } from "./real-path.ts";

/**
 * Makes the folder (0700) and the file (0600) if they are missing, with these permissions from the start under any umask. SQLite gives
 * -wal and -shm the permissions of the file. An existing file is neither changed nor opened: closing it would drop the locks that another
 * connection of this process has on it. Windows has no modes: there the file, -wal and -shm inherit the rights of the folder.
 *
 * @returns the path with all links resolved: SQLite keeps -wal and -shm there, and a link is no second ledger
 */
export function prepareFile(given: string): string {
  // Before the folder is made: a server that does not answer would be asked for it.
  if (isShare(given)) throw onNetwork(given, "a network share");
  makeFolder(dirname(given), 0o700);
  const path = realPathOf(given);
  refuseNoFile(path);
  makeFile(path);
  refuseOtherNames(path);
  return path;
}

function realPathOf(given: string): string {
  if (statSync(given, { throwIfNoEntry: false }) !== undefined) return realPath(given);
  return join(realPath(dirname(given)), basename(given));
}

/** SQLite would hang on a pipe and take a device for an empty ledger; for a folder its error does not say why. */
function refuseNoFile(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return;
  const what = there.isDirectory()
    ? `a folder. Name a file in it, such as ${join(path, "ledger.db")}`
    : "a device or a pipe. Name a file";
  throw unavailable("io", `The ledger ${path} cannot be opened, because it is ${what}.`);
}

function makeFile(path: string): void {
  const folder = dirname(path);
  const network = networkFileSystemOf(folder);
  if (network !== undefined) throw onNetwork(path, network);
  refuseLost(path);
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    // Usual: the ledger was here, or another process was faster.
    if (errnoOf(error) !== "EEXIST") throw error;
    // Without this check SQLite's error would name only the log beside the file.
    accessSync(folder, constants.W_OK);
    accessSync(path, constants.R_OK | constants.W_OK);
    return;
  }
  closeSync(file);
  // A umask can only have taken our own bits away. By the path, as Node.js refuses fchmod(2) with --permission.
  chmodSync(path, 0o600);
}

const onNetwork = (path: string, network: string) =>
  unavailable(
    "network_file_system",
    `The ledger ${path} would be on a network file system (${network}), where SQLite cannot arbitrate between machines. Put it on a local disk of one machine.`,
  );

function refuseLost(path: string): void {
  // In this order: another process may be making them right now, and the ledger comes first. SQLite too writes to the
  // file before it begins a log, and takes a log without a file for rubbish.
  const left = [markOf(path), `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }));
  if (left.length === 0 || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  throw unavailable(
    "file_replaced",
    `The ledger ${path} was deleted or emptied: its ${left.map((file) => basename(file)).join(" and ")} is still there. Restore the file if you can. To begin a new ledger, check what the calls of the old one have done, then delete what is left of it.`,
  );
}
