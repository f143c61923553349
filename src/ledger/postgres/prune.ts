import { setTimeout as pause } from "node:timers/promises";
import { type Row, text } from "../../database/columns.ts";
import type { Column, Query, SqlWording } from "../../database/sql.ts";
import { retention } from "../operation/retention.ts";
import type { Operation } from "../operation/state.ts";
import { readOperation } from "../store/rows.ts";
import { expired } from "../store/sql.ts";
import type { Pruned } from "../store/store.ts";
import { newToken } from "./version.ts";

/** For how long the ledger is free for calls between two statements of a clean-up. */
const FREE_MS = 5;

/** By the index that there is: what a heartbeat changes is in none. No lease ends before its operation last changed. */
const RESERVED = "changed_at <= $1 AND lease_until <= $1 AND doubt_fence = 0 ORDER BY changed_at";

interface Old {
  readonly row: Operation;
  readonly version: string;
}

export interface PruneOptions {
  /** Now, for the database. */
  readonly at: number;
  readonly retentionMs: number;
  readonly tombstoneMs: number;
}

/** What a clean-up asks of the database. */
export interface PruneSteps {
  readonly wording: SqlWording;
  readonly run: (query: Query) => Promise<readonly Row[]>;
  /** See `Arbiter.raiseFenceFloor`. */
  readonly raiseFenceFloor: (fence: number) => Promise<void>;
}

/**
 * Goes through what has expired, some operations per statement. Each of them goes only if it is as it was read: another clean-up, or
 * a new call with its key, may have come between.
 */
export async function prunePostgres(
  { wording, run, raiseFenceFloor }: PruneSteps,
  { at, retentionMs, tombstoneMs }: PruneOptions,
): Promise<Omit<Pruned, "journal">> {
  const total = { tombstoned: 0, deleted: 0 };
  const before = { retained: at - retentionMs, remembered: at - tombstoneMs };
  // Tombstones first: those that are made here are not looked at again.
  for (const { text: query, before: limit } of expired(wording, "*", RESERVED)) {
    for (;;) {
      const done = await some(query, before[limit]);
      if (done === 0) break;
      await pause(FREE_MS);
    }
  }
  return total;

  async function some(query: string, limit: number): Promise<number> {
    const rows = await run({ text: query, values: [limit] });
    const old: Old[] = rows.map((row) => ({ row: readOperation(row), version: text(row, "version") }));
    const { delete: dead = [], tombstone = [] } = Object.groupBy(old, ({ row }) =>
      retention(row, at, retentionMs, tombstoneMs),
    );
    if (dead.length > 0) await raiseFenceFloor(Math.max(...dead.map(({ row }) => row.fence)));
    const deleted = dead.length === 0 ? 0 : count(await run(forget(dead, wording)));
    const tombstoned = tombstone.length === 0 ? 0 : count(await run(entomb(tombstone, at, wording)));
    total.deleted += deleted;
    total.tombstoned += tombstoned;
    return deleted + tombstoned;
  }
}

/** What a person said of them stays. */
function forget(old: readonly Old[], { table }: SqlWording): Query {
  return {
    text: `WITH gone AS (DELETE FROM ${table("operations")} o USING ${WHICH} RETURNING o.name, o.key),
      no_attempts AS (DELETE FROM ${table("attempts")} a USING gone WHERE a.name = gone.name AND a.key = gone.key),
      no_probes AS (DELETE FROM ${table("resolutions")} r USING gone
        WHERE r.name = gone.name AND r.key = gone.key AND r.answered_by = 'probe')
      SELECT count(*) AS done FROM gone`,
    values: [listOf(old)],
  };
}

function entomb(old: readonly Old[], at: number, { table }: SqlWording): Query {
  return {
    text: `WITH gone AS (UPDATE ${table("operations")} o
        SET value_kept = 'pruned', value_json = NULL, value_bytes = NULL, value_sha256 = NULL, value_reason = NULL,
          details = NULL, pruned_at = $2, version = $3
        FROM ${WHICH} RETURNING o.name, o.key),
      no_attempts AS (DELETE FROM ${table("attempts")} a USING gone WHERE a.name = gone.name AND a.key = gone.key)
      SELECT count(*) AS done FROM gone`,
    values: [listOf(old), at, newToken()],
  };
}

const WHICH = `json_to_recordset($1::json) AS old (name text, key text, version text)
  WHERE o.name = old.name AND o.key = old.key AND o.version = old.version`;

const listOf = (old: readonly Old[]): Column =>
  JSON.stringify(old.map(({ row: { name, key }, version }) => ({ name, key, version })));

const count = (rows: readonly Row[]): number => Number(rows[0]?.["done"]);
