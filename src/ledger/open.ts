import { giveWay } from "../core/give-way.ts";
import { endTreeOfDead } from "../process/hold.ts";
import { requireLedger } from "../database/existing.ts";
import { type LedgerPlace, locateLedger } from "./store/locate.ts";
import { currentOwner, isOwnerAlive } from "./owner/owner.ts";
import { type Borrowed, borrow, handleOf } from "./shared.ts";
import { OPEN_WITHIN_MS } from "../database/sqlite/connect.ts";
import { openSqliteStore } from "./store/sqlite.ts";
import { type LedgerAttempt, OWNER_LOST } from "./operation/state.ts";
import type { LedgerStore } from "./store/store.ts";

/** The time between SIGTERM and SIGKILL for processes whose host has died. */
const ORPHAN_GRACE_MS = 500;

/**
 * The ledger that a definition names: a store, a path, a `postgres://` URL, or by default the embedded one (`HARDCALL_LEDGER`, else
 * `$XDG_STATE_HOME/hardcall/ledger.db`). The first opening ends processes that a killed host left running.
 *
 * @param withinMs how long it may wait for other processes
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function borrowLedger(
  ledger: LedgerStore | string | undefined,
  withinMs: number = OPEN_WITHIN_MS,
): Promise<Borrowed> {
  if (typeof ledger === "object") return { store: ledger, giveBack: async () => undefined };
  const place = locateLedger(ledger);
  return await borrow(place, withinMs, (leftMs) => openAndTidy(place, leftMs, false));
}

/**
 * Like `borrowLedger`, but the caller closes it.
 *
 * @param mustExist only to look: a ledger that is not there is not made, but `invalid_config`
 */
export async function openStore(
  ledger: LedgerStore | string | undefined,
  { mustExist = false }: { readonly mustExist?: boolean } = {},
): Promise<LedgerStore> {
  if (typeof ledger === "object") return ledger;
  const place = locateLedger(ledger);
  if (mustExist && place.kind === "file") requireLedger(place.path);
  const open = (leftMs: number) => openAndTidy(place, leftMs, mustExist);
  return handleOf(place, await borrow(place, OPEN_WITHIN_MS, open));
}

async function openAndTidy(place: LedgerPlace, withinMs: number, mustExist: boolean): Promise<LedgerStore> {
  const store =
    place.kind === "file"
      ? await openSqliteStore({ path: place.path, withinMs })
      : await openInPostgres(place, withinMs, mustExist);
  const { host, bootId } = currentOwner();
  const unfinished = bootId === "" ? [] : await store.unfinished({ host, bootId });
  // Attempts that were given up are left to the next claim on their key: to look for all of them takes long.
  const open = unfinished.filter(
    ({ attempt, ownerAlive }) => attempt.endedAt === undefined && ownerAlive === "dead",
  );
  // All at once: they are looked for together, in one reading of the process table.
  await Promise.all(open.map(({ attempt }) => endWhatIsLeftOf(attempt)));
  return store;
}

/** Loaded with the first such ledger, as most have none. */
async function openInPostgres(
  place: LedgerPlace & { readonly kind: "postgres" },
  withinMs: number,
  mustExist: boolean,
): Promise<LedgerStore> {
  const { openPostgresStore } = await import("./postgres/store.ts");
  // It gives up a little earlier than who waits for it: its last error says more than that the time is over.
  const ownMs = withinMs - Math.min(300, withinMs / 10);
  return await openPostgresStore({ url: place, withinMs: ownMs, mayCreate: !mustExist });
}

/**
 * Ends the processes of an attempt whose host has died, so that they do not run beside the next attempt: all with its cookie, and its
 * process group while a proof holds that it is the same group. This says nothing about the effect.
 */
export async function endOrphansOf(attempt: LedgerAttempt | undefined): Promise<void> {
  if (attempt?.cookie === undefined) return;
  // A claim closes the attempt of a dead owner, which says nothing of what that has left running.
  if (attempt.endedAt !== undefined && attempt.code !== OWNER_LOST) return;
  if (isOwnerAlive(attempt.owner) === "dead") await endWhatIsLeftOf(attempt);
}

/** Ends the processes of an attempt. What cannot be ended is left. */
export async function endWhatIsLeftOf({
  cookie,
  pid = 0,
  pidStart,
}: Pick<LedgerAttempt, "cookie" | "pid" | "pidStart">): Promise<void> {
  if (cookie === undefined) return;
  await giveWay();
  const leader = { pid, startTime: pidStart === undefined ? undefined : Number(pidStart) };
  await endTreeOfDead(leader, cookie, ORPHAN_GRACE_MS);
}
