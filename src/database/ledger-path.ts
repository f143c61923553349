import { homedir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { isWindows } from "../core/is-windows.ts";
import { isNotAllowed } from "../core/rights.ts";
import { LedgerError, notAllowed } from "./errors.ts";
import { namesDrive, windowsPathProblem } from "./windows/path.ts";

/** Whether a path names the same place in every working folder. */
const isComplete = isWindows ? namesDrive : isAbsolute;
/** How a complete path begins here, for messages. */
const BEGINNING = isWindows ? "starting with a drive, such as C:\\" : "starting with /";
const EXAMPLE = isWindows ? "C:\\jobs\\ledger.db" : "/var/lib/jobs/ledger.db";

/**
 * Where the embedded ledger is: `HARDCALL_LEDGER`, else `hardcall/ledger.db` in `XDG_STATE_HOME`, else in
 * `~/.local/state`. It is the same file in every working folder, because a second ledger would allow every call a second time.
 *
 * @throws LedgerError `invalid_config` when `HARDCALL_LEDGER` is set and is not an absolute path (or `~/…`), and when no home folder
 *   is known that it needs
 */
export function defaultLedgerPath(env: NodeJS.ProcessEnv = process.env): string {
  const { HARDCALL_LEDGER: chosen, XDG_STATE_HOME: state } = env;
  if (chosen !== undefined) {
    const path = readPath(chosen, "HARDCALL_LEDGER");
    if (isComplete(path)) return resolved(path, "HARDCALL_LEDGER");
    throw invalid(
      `HARDCALL_LEDGER is a relative path, so each working folder would have its own ledger, and the same call would run once in each. Write the absolute path, ${BEGINNING}.`,
    );
  }
  return join(stateFolder(state), "hardcall", "ledger.db");
}

/**
 * The path of a ledger that is named in code or by `--ledger`; a relative one is a file of the working folder.
 *
 * @throws LedgerError `invalid_config` for a text that cannot be the path of a file
 */
export function filePath(given: string): string {
  return resolved(readPath(given, "The ledger's path"), "The ledger's path");
}

function resolved(given: string, what: string): string {
  const path = resolve(given);
  const problem = isWindows ? windowsPathProblem(path) : undefined;
  if (problem !== undefined) throw invalid(`${what} ${problem}.`);
  return path;
}

function stateFolder(state: string | undefined): string {
  const given = state !== undefined && beginsInHome(state) ? inHome(state) : state;
  // The XDG specification says that a relative path here is to be ignored.
  if (given === undefined || !isComplete(given)) return join(homeFolder(), ".local", "state");
  refuseStrayCharacters(given, "XDG_STATE_HOME");
  return given;
}

/** URLs, and SQLite's own names for databases that are no files. SQLite would make a file of that name in the working folder. */
const URL_LIKE = /^(?:[a-z][a-z0-9+.-]+:\/\/|(?:file|jdbc|sqlite3?|postgres(?:ql)?):)/i;

/** `user:password@host`, without `postgres://`: it would make a file whose name has the password, and a second ledger. */
const SCHEMELESS_URL = /^[^/\\:]+:[^/\\]*@/;

/** @param what names the path in messages, which do not show it: a URL may hold a password */
function readPath(given: string, what: string): string {
  if (given.trim() === "")
    throw invalid(`${what} is blank. Leave it out, or give a file or a postgres:// URL.`);
  refuseStrayCharacters(given, what);
  if (URL_LIKE.test(given)) {
    throw invalid(
      `${what} must be the path of a file or a postgres:// URL, but it is another URL. Of a file write only the path, such as ${EXAMPLE}.`,
    );
  }
  if (SCHEMELESS_URL.test(given)) {
    throw invalid(
      `${what} looks like a URL without its beginning. Write postgres://user:password@host:5432/database; for a file of that name put ./ in front.`,
    );
  }
  if (given.startsWith(":memory:")) {
    throw invalid(
      `${what} is ":memory:", but a ledger must outlive its process. Name a file, such as ${EXAMPLE}.`,
    );
  }
  if (given.startsWith("$") || (isWindows && given.startsWith("%"))) {
    throw invalid(
      `${what} begins with "${given.charAt(0)}", so the shell did not replace its variable. Write the absolute path, ${BEGINNING}.`,
    );
  }
  if (/[/\\]$/.test(given)) {
    throw invalid(
      `${what} ends with "${given.at(-1)}", as a folder does. Name a file in it, such as ledger.db.`,
    );
  }
  if (!given.startsWith("~")) return given;
  if (beginsInHome(given)) return inHome(given);
  throw invalid(
    `${what} begins with "~", but hardcall knows only "~/", your own home folder. Write the absolute path, ${BEGINNING}.`,
  );
}

const beginsInHome = (path: string) => path.startsWith("~/") || (isWindows && path.startsWith("~\\"));

/** Cron, systemd, Docker and `--ledger=~/…` leave the `~` to the program, and the shell beside them does not. */
function inHome(given: string): string {
  const path = join(homeFolder(), given.slice(2));
  if (!process.getBuiltinModule("node:fs").existsSync(given)) return path;
  throw invalid(
    `There is a ledger at ${resolve(given)}, in a folder whose name is "~": an older hardcall made it for a path that begins with "~/". Stop the processes that use it, then move it with its -wal, -shm and -created to ${path}, or give its absolute path.`,
  );
}

/** A stray character, such as a carriage return at the end of a line of variables, would name a different file. */
function refuseStrayCharacters(given: string, what: string): void {
  if (given.trim() !== given || given.includes("\0")) {
    throw invalid(
      `${what} begins or ends with a blank or a line break, or contains a NUL. Write only the path.`,
    );
  }
}

/**
 * An empty or relative `HOME` (some containers and schedulers set one) would mean a ledger for each working folder, and a key would
 * run once in each. The user's entry in the system's database is used instead; a container's user often has none.
 */
function homeFolder(): string {
  for (const look of [homedir, () => userInfo().homedir]) {
    try {
      const home = look();
      if (isComplete(home)) return home;
    } catch (error) {
      if (isNotAllowed(error)) throw notAllowed(error);
      // The user has no entry.
    }
  }
  throw invalid(
    "The ledger's folder is not known, because HOME is not an absolute path and the user has no home folder. Set HARDCALL_LEDGER to the path of a file.",
  );
}

const invalid = (message: string) => new LedgerError("invalid_config", message);
