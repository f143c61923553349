import { ledgerNow } from "../database/clock.ts";
import type { SqlDatabase, SqlSession } from "../database/sql.ts";
import { clockJump, systemClock, type Clock } from "./clock.ts";

/** The time by which sentinels are judged. */
export interface SentinelTime {
  /** Unix milliseconds. */
  now(session: SqlSession): Promise<number>;
  /** By how many milliseconds it was set since hardcall last trusted it. */
  jump(): Promise<number>;
}

/**
 * The clock that the caller gave, else that of the ledger: in Postgres the server's, so that a host whose clock is hours off neither
 * alerts too early nor too late. Whether the server's was set is not looked at: it says nothing of its boot.
 */
export function timeFor(db: SqlDatabase, given: Clock | undefined): SentinelTime {
  if (given === undefined && db.dialect === "postgres") return { now: ledgerNow, jump: async () => 0 };
  const clock = given ?? systemClock();
  return { now: async () => clock.now(), jump: () => clockJump(db, clock) };
}
