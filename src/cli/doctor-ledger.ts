import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { LedgerError } from "../database/errors.ts";
import { clockName } from "../ledger/owner/boot-clock.ts";
import { movesWithClock } from "../ledger/owner/boot-id.ts";
import { locateLedger } from "../ledger/store/locate.ts";
import type { PostgresFacts } from "../database/postgres/facts.ts";
import { otherReadersOf } from "../database/windows/private-folder.ts";
import { isFolder } from "../core/is-folder.ts";
import type { DoctorCheck } from "./doctor-check.ts";

const WITHIN_MS = 10_000;

/** Whether calls with a key can be recorded in the ledger of `HARDCALL_LEDGER`, or in the embedded one. Changes nothing in it. */
export async function ledgerChecks(): Promise<readonly DoctorCheck[]> {
  const what = "the ledger can be reached";
  try {
    const place = locateLedger();
    if (place.kind === "file") return [canBeWritten(place.path), sharedClock()];
    const { postgresAt } = await import("../database/postgres/connect.ts");
    const database = postgresAt(place);
    try {
      const facts = await database.facts(WITHIN_MS);
      return [{ what, ok: true, found: describe(place.location, facts) }, ...writable(facts), durable(facts)];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return [{ what, ok: false, found: error.message }];
  }
}

function describe(location: string, facts: PostgresFacts & { readonly schemaVersion: number }): string {
  const { version, schemaVersion, roundTripMs, isDirect, isEncrypted } = facts;
  return [
    location,
    `PostgreSQL ${version}`,
    schemaVersion === 0 ? "no ledger there yet" : `schema version ${schemaVersion}`,
    isDirect
      ? "direct: a waiting call is woken at once"
      : "behind a pooler: a waiting call looks from time to time",
    isEncrypted ? "TLS" : "no TLS",
    `${roundTripMs.toFixed(1)} ms per round trip`,
  ].join(", ");
}

/** Only where it is so. */
function writable({ isReadOnly }: PostgresFacts): DoctorCheck[] {
  if (!isReadOnly) return [];
  return [{ what: "the ledger can be written", ok: false, found: "it is read-only: a standby?" }];
}

function durable({ synchronousCommit }: PostgresFacts): DoctorCheck {
  const ok = synchronousCommit !== "off";
  const found = `synchronous_commit = ${synchronousCommit}`;
  return {
    what: "a start survives a crash of the server",
    ok,
    found: ok ? found : `${found}: calls refuse to start`,
  };
}

/** The ledger and its folder are made by the first call that needs them, so the folder that is there must allow it. */
function canBeWritten(path: string): DoctorCheck {
  const what = "the ledger can be written";
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const set = "set HARDCALL_LEDGER to a path that can be written, or calls with a key fail";
  if (!isFolder(folder)) return { what, ok: false, found: `${path}: ${folder} is not a folder; ${set}` };
  const refused = [folder, ...(existsSync(path) ? [path] : [])].find((place) => !isWritable(place));
  if (refused === undefined) return { what, ok: true, found: path };
  return { what, ok: false, found: `${path}: ${refused} cannot be written by this user; ${set}` };
}

/** Only on Windows, where a folder hands its rights to the files in it. A folder that hardcall makes gives none to others. */
export function ledgerReaders(): DoctorCheck[] {
  const path = ledgerFile();
  if (path === undefined) return [];
  const readable = [dirname(path), path].filter((place) => existsSync(place));
  const others = new Set(readable.flatMap((place) => otherReadersOf(place) ?? []));
  if (others.size === 0) return [];
  const found = `${path}: ${[...others].join(", ")} can read it; take the rights of its folder away with icacls, or set HARDCALL_LEDGER to a path in your profile`;
  return [{ what: "only this user reads the ledger", ok: false, found }];
}

function ledgerFile(): string | undefined {
  try {
    const place = locateLedger();
    return place.kind === "file" ? place.path : undefined;
  } catch {
    return undefined; // ledgerChecks says what is wrong with its place.
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // Which of the reasons it is makes no difference here.
  }
}

/** Containers have wall clocks of their own, and one that is off would take calls from an owner that lives. */
function sharedClock(): DoctorCheck {
  const what = "wrong clocks move no lease";
  if (clockName() === "")
    return {
      what,
      ok: false,
      found: "hardcall cannot read the boot of this machine in /proc, so leases count on the wall clock",
    };
  if (movesWithClock(clockName()))
    return {
      what,
      ok: false,
      found:
        "this system tells the boot by the minute only, which moves when the clock is set; then leases count on the wall clock",
    };
  const found =
    "leases count from the boot of this machine; containers that share a ledger mount its folder, not the file alone";
  return { what, ok: true, found };
}
