import { connectLedger } from "../ledger/store/connect.ts";
import type { Clock } from "./clock.ts";
import { readSentinels, type SentinelRecord } from "./store.ts";
import { timeFor } from "./time.ts";

/** When all sentinels of one set were last checked. */
export interface PassStatus {
  readonly source: string;
  readonly at: number | undefined;
  readonly dueMs: number;
  readonly checked: number;
  readonly notOk: number;
  readonly isOverdue: boolean;
}

export interface SentinelStatus {
  readonly now: number;
  readonly passes: readonly PassStatus[];
  readonly sentinels: readonly SentinelRecord[];
  /** How many alerts are not delivered yet. */
  readonly undelivered: number;
  /** Whether there is a set, and every set was completely checked within twice its interval. */
  readonly isAlive: boolean;
}

/** Clocks of two machines differ. A heartbeat further in the future than this comes from a wrong clock. */
const FROM_THE_FUTURE_MS = 60_000;

/**
 * Reports whether the checks themselves still run, for a monitor outside this machine.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config` where there is no ledger
 */
export async function sentinelStatus(
  options: { readonly ledger?: string | undefined; readonly clock?: Clock | undefined } = {},
): Promise<SentinelStatus> {
  const db = await connectLedger({ ledger: options.ledger, mustExist: true });
  try {
    const time = timeFor(db, options.clock);
    return await db.read(async (session) => {
      const now = await time.now(session);
      const sentinels = await readSentinels(session);
      const rows = await session.all("SELECT * FROM sentinel_passes", []);
      const passes = new Map(rows.map((row) => [String(row["source"]), row]));
      const open = await session.get(
        "SELECT count(*) AS n FROM sentinel_alerts WHERE delivered_at IS NULL AND dropped IS NULL",
        [],
      );
      // A set without a complete check has no heartbeat. It is listed too, as overdue.
      const statuses = [...new Set(sentinels.map(({ source }) => source))].map((source): PassStatus => {
        const row = passes.get(source);
        const at = row === undefined ? undefined : Number(row["at"]);
        const mine = sentinels.filter((sentinel) => sentinel.source === source);
        const dueMs = 2 * Math.min(...mine.map(({ every }) => every));
        const isOverdue = at === undefined || now - at > dueMs || at - now > FROM_THE_FUTURE_MS;
        return {
          source,
          at,
          dueMs,
          checked: Number(row?.["checked"] ?? 0),
          notOk: Number(row?.["not_ok"] ?? 0),
          isOverdue,
        };
      });
      const isAlive = statuses.length > 0 && statuses.every(({ isOverdue }) => !isOverdue);
      return { now, passes: statuses, sentinels, undelivered: Number(open?.["n"]), isAlive };
    });
  } finally {
    await db.close();
  }
}
