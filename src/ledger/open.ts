import { endTree } from "../process/end-tree.ts";
import { ProcessTree } from "../process/process-tree.ts";
import { LedgerError } from "./errors.ts";
import { defaultLedgerPath } from "./ledger-file.ts";
import { currentOwner, isOwnerAlive } from "./owner.ts";
import { openSqliteStore } from "./sqlite.ts";
import { type Attempt, OWNER_LOST } from "./state.ts";
import type { LedgerStore } from "./store.ts";

/** One connection per file and process. */
const opened = new Map<string, Promise<LedgerStore>>();

/** What a dead host's processes get between SIGTERM and SIGKILL. */
const ORPHAN_GRACE_MS = 500;

/**
 * The ledger that a definition names: a store, a path, or by default the embedded one (`HARDCALL_LEDGER`, else
 * `$XDG_STATE_HOME/hardcall/ledger.db`). The first opening ends what a killed host left running.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function openLedger(ledger: LedgerStore | string | undefined): Promise<LedgerStore> {
  if (typeof ledger === "object") return ledger;
  const path = ledger ?? defaultLedgerPath();
  if (/^postgres(ql)?:/.test(path)) {
    throw new LedgerError("invalid_config", "A ledger in Postgres is not part of this version; name a file.");
  }
  const known = opened.get(path);
  if (known !== undefined) return known;
  const opening = openAndTidy(path);
  opened.set(path, opening);
  try {
    return await opening;
  } catch (error) {
    // The next call tries again: a full disk or a lock may pass.
    opened.delete(path);
    throw error;
  }
}

async function openAndTidy(path: string): Promise<LedgerStore> {
  const store = await openSqliteStore({ path });
  const { host, bootId } = currentOwner();
  const unfinished = bootId === "" ? [] : await store.unfinished({ host, bootId });
  // One that was given up since is the business of the next claim on its key: looking for all there ever were takes long.
  const open = unfinished.filter(({ attempt }) => attempt.endedAt === undefined);
  await Promise.all(open.map(({ attempt }) => endOrphansOf(attempt)));
  return store;
}

/**
 * Ends what an attempt left running whose host has died, so that it cannot go on beside the next attempt. Says nothing
 * about its effect.
 */
export async function endOrphansOf(attempt: Attempt | undefined): Promise<void> {
  if (attempt?.cookie === undefined) return;
  // A claim closes the attempt of a dead owner, which says nothing of what that has left running.
  if (attempt.endedAt !== undefined && attempt.code !== OWNER_LOST) return;
  if (isOwnerAlive(attempt.owner) !== "dead") return;
  const { cookie, pid = 0, pidStart } = attempt;
  const leader = { pid, startTime: pidStart === undefined ? undefined : Number(pidStart) };
  await endTree(new ProcessTree(leader, cookie), ORPHAN_GRACE_MS);
}
