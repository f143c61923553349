import { uptime } from "node:os";
import { currentOwner } from "../ledger/owner/owner.ts";
import type { SqlDatabase } from "../database/sql.ts";

/** Two clocks: the wall clock, which can be set, and the time since boot, which cannot. */
export interface Clock {
  /** Wall clock in milliseconds. */
  now(): number;
  /** Milliseconds since boot, time asleep included. */
  uptime(): number;
  /** Identifies the machine and its boot; `""` if the system has no boot id. */
  readonly machine: string;
}

export function systemClock(): Clock {
  const { host, bootId, pidSpace } = currentOwner();
  return {
    now: Date.now,
    uptime: () => uptime() * 1000,
    machine: bootId === "" ? "" : `${host} ${bootId} ${pidSpace}`,
  };
}

/** A smaller difference is drift or the work of a time server. */
const DRIFT_MS = 60_000;
/** After the wall clock has been steady for this long, hardcall trusts it again. */
const SETTLED_MS = 86_400_000;

export interface ClockRecord {
  readonly baseline: number;
  readonly offset: number;
  readonly since: number;
}

/** By how many milliseconds the wall clock was set since hardcall last trusted it, and the record to keep. */
export function readJump(
  known: ClockRecord | undefined,
  now: number,
  uptimeMs: number,
): { readonly jump: number; readonly record: ClockRecord } {
  const offset = now - uptimeMs;
  if (known === undefined || Math.abs(offset - known.baseline) < DRIFT_MS) {
    return { jump: 0, record: { baseline: offset, offset, since: uptimeMs } };
  }
  const moved = Math.abs(offset - known.offset) >= DRIFT_MS;
  const since = moved ? uptimeMs : known.since;
  if (uptimeMs - since >= SETTLED_MS) return { jump: 0, record: { baseline: offset, offset, since } };
  return {
    jump: offset - known.baseline,
    record: { baseline: known.baseline, offset: moved ? offset : known.offset, since },
  };
}

/** Reads and remembers the jump in the ledger. */
export async function clockJump(db: SqlDatabase, clock: Clock): Promise<number> {
  if (clock.machine === "") return 0;
  return db.write({ durable: false, withinMs: 10_000 }, async (session) => {
    const row = await session.get("SELECT * FROM sentinel_clocks WHERE machine = ?", [clock.machine]);
    const known = row && {
      baseline: Number(row["baseline_ms"]),
      offset: Number(row["offset_ms"]),
      since: Number(row["since"]),
    };
    const { jump, record } = readJump(known, clock.now(), clock.uptime());
    await session.run(
      `INSERT INTO sentinel_clocks (machine, baseline_ms, offset_ms, since) VALUES (?, ?, ?, ?)
       ON CONFLICT (machine) DO UPDATE SET
         baseline_ms = excluded.baseline_ms, offset_ms = excluded.offset_ms, since = excluded.since`,
      [clock.machine, ...[record.baseline, record.offset, record.since].map(Math.round)],
    );
    return jump;
  });
}
