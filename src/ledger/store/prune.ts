import { setTimeout as pause } from "node:timers/promises";
import type { Target } from "./backend.ts";
import { expired as expiredSql } from "./sql.ts";
import { positional } from "../../database/sql.ts";
import type { SqliteConnection } from "../../database/sqlite/connection.ts";
import type { Pruned } from "./store.ts";

/** How long one transaction of a clean-up works, and how long the ledger is then free for calls. */
const WORK_MS = 5;
const FREE_MS = 5;

/** What became of an operation whose time may be over. */
export type Fate = "tombstone" | "delete" | "keep";

/**
 * Goes through what has expired, in transactions so short that no call waits long behind a clean-up; and then moves the log into
 * the file, for what was forgotten is still in the log.
 *
 * @param expired the instants before which an operation is old: `retained` for all, `remembered` for a tombstone
 * @param prune decides on one operation, and does it
 */
export async function pruneSqlite(
  db: SqliteConnection,
  withinMs: number,
  expired: { readonly retained: number; readonly remembered: number },
  prune: (target: Target) => Fate,
): Promise<Omit<Pruned, "journal">> {
  const total = { tombstoned: 0, deleted: 0 };
  // Tombstones first: those that are made here are not looked at again.
  for (const { text, before } of expiredSql(positional)) {
    for (;;) {
      const done = await db.write({ durable: false, withinMs }, () => some(text, expired[before]));
      if (done === 0) break;
      await pause(FREE_MS);
    }
  }
  await db.emptyLog();
  return total;

  function some(text: string, before: number): number {
    const until = performance.now() + WORK_MS;
    let done = 0;
    for (const row of db.all(text, [before])) {
      const fate = prune({ name: String(row["name"]), key: String(row["key"]) });
      if (fate === "tombstone") total.tombstoned += 1;
      if (fate === "delete") total.deleted += 1;
      if (fate !== "keep") done += 1;
      if (performance.now() > until) break;
    }
    return done;
  }
}
