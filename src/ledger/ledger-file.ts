import { accessSync, closeSync, constants, fchmodSync, openSync, realpathSync, statSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { errnoOf, LedgerError, unavailable } from "./errors.ts";
import { networkFileSystemOf } from "./file-system.ts";
import { markOf } from "./ledger-mark.ts";
import { makeFolder } from "./make-folder.ts";
import { refuseOtherNames } from "./one-name.ts";

/**
 * Where the embedded ledger is: `HARDCALL_LEDGER`, else `hardcall/ledger.db` in `XDG_STATE_HOME`, else in
 * `~/.local/state`.
 *
 * @throws LedgerError `invalid_config` when `HARDCALL_LEDGER` is set and blank, or no home folder is known.
 */
export function defaultLedgerPath(env: NodeJS.ProcessEnv = process.env): string {
  const { HARDCALL_LEDGER: chosen, XDG_STATE_HOME: state } = env;
  if (chosen !== undefined) {
    if (chosen.trim() !== "") return filePath(chosen);
    throw new LedgerError("invalid_config", "HARDCALL_LEDGER is blank; unset it or name a file.");
  }
  // The XDG specification says that a relative path here is to be ignored.
  const base = state !== undefined && isAbsolute(state) ? state : join(homeFolder(), ".local", "state");
  return join(base, "hardcall", "ledger.db");
}

/**
 * An empty or relative `HOME` (some containers and schedulers set one) would mean a ledger for each working folder, and a key would
 * run once in each. The user's entry in the system's database is used instead; a container's user often has none.
 */
function homeFolder(): string {
  for (const look of [homedir, () => userInfo().homedir]) {
    try {
      const home = look();
      if (isAbsolute(home)) return home;
    } catch {
      // The user has no entry.
    }
  }
  throw new LedgerError(
    "invalid_config",
    "The ledger's folder is not known, because HOME is not an absolute path and the user has no home folder. Set HARDCALL_LEDGER to the path of a file.",
  );
}

/**
 * Without these checks a blank path, as `"$LEDGER"` gives one, would be the working folder, and `postgres://…` a folder named
 * `postgres:`. The URL may hold a password.
 */
export function filePath(path: string): string {
  if (path.trim() === "")
    throw new LedgerError("invalid_config", "The ledger's path is blank; leave it out or name a file.");
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return resolve(path);
  throw new LedgerError(
    "invalid_config",
    "The embedded ledger needs the path of a file, and was given a URL.",
  );
}

/**
 * Makes the folder (0700) and the file (0600) if they are missing, private from their first moment on and
 * whatever the umask. SQLite gives -wal and -shm the permissions of the file. What exists is left as it is, and is
 * not opened: closing it again would drop the locks that a second connection in this process has on it.
 *
 * @returns the path with all links resolved: SQLite keeps -wal and -shm there, and a link is no second ledger
 */
export function prepareFile(given: string): string {
  makeFolder(dirname(given), 0o700);
  const path = realPathOf(given);
  makeFile(path);
  refuseOtherNames(path);
  return path;
}

function realPathOf(given: string): string {
  if (statSync(given, { throwIfNoEntry: false }) !== undefined) return realpathSync(given);
  return join(realpathSync(dirname(given)), basename(given));
}

function makeFile(path: string): void {
  const folder = dirname(path);
  const network = networkFileSystemOf(folder);
  if (network !== undefined) {
    throw unavailable(
      "network_file_system",
      `The ledger ${path} would be on a network file system (${network}), where SQLite cannot arbitrate between machines. Put it on a local disk, or use Postgres for several machines.`,
    );
  }
  refuseLost(path);
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    // Usual: the ledger was here, or another process was faster.
    if (errnoOf(error) !== "EEXIST") throw error;
    // SQLite would only say that it cannot open the log it needs beside the file.
    accessSync(folder, constants.W_OK);
    accessSync(path, constants.R_OK | constants.W_OK);
    return;
  }
  try {
    // A umask can only have taken our own bits away.
    fchmodSync(file, 0o600);
  } finally {
    closeSync(file);
  }
}

function refuseLost(path: string): void {
  // In this order: another process may be making them right now, and the ledger comes first. SQLite too writes to the
  // file before it begins a log, and takes a log without a file for rubbish.
  const left = [markOf(path), `${path}-wal`].filter((file) => statSync(file, { throwIfNoEntry: false }));
  if (left.length === 0 || (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) return;
  throw unavailable(
    "file_replaced",
    `The ledger ${path} was deleted or emptied, for its ${left.map((file) => basename(file)).join(" and ")} is still there. Put the file back if you can. To begin a new ledger, look what the calls of the old one have done, then delete what is left of it.`,
  );
}
