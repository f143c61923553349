import { execFileSync } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { ORIGINAL_CALLS } from "./seed-originals.ts";

const DAY_MS = 86_400_000;
/** Over so many names the calls are spread; those of every second one have keys. */
const NAMES = 20;
/** Room for the pages of all tables while they are filled; SQLite's default is 2 MB. */
const CACHE_KIB = 500_000;

export interface SeedOptions {
  /** Every second one has a key. The others stand in the journal alone. */
  readonly calls: number;
  /** How old the oldest is. The others are spread evenly from then to now. */
  readonly days: number;
}

type Table = "operations" | "attempts" | "journal";

const ORIGINALS = fileURLToPath(new URL("./seed-originals.ts", import.meta.url));

/** Calls as hardcall records them. `of` says which numbers are copies of which. */
const KINDS = [
  {
    name: "executed",
    tables: ["operations", "attempts"],
    of: "n % 2 = 0 AND n % 100 <> 2 AND n % 1000 <> 4",
  },
  { name: "failed", tables: ["operations", "attempts"], of: "n % 100 = 2" },
  { name: "in-doubt", tables: ["operations", "attempts"], of: "n % 1000 = 4" },
  { name: "journal", tables: ["journal"], of: "n % 2 = 1 AND n % 100 <> 1" },
  { name: "journal-failed", tables: ["journal"], of: "n % 100 = 1" },
] as const satisfies readonly { name: keyof typeof ORIGINAL_CALLS; tables: readonly Table[]; of: string }[];

/** What differs from call to call. Instants move by as much as the call is older than its original. */
const DIFFERENT: Readonly<Record<string, string>> = {
  id: "NULL",
  name: `'export-' || (n % ${NAMES})`,
  key: "CASE WHEN original.key IS NOT NULL THEN printf('2026-%08d', n) END",
  call_id: "lower(hex(randomblob(16)))",
  value_json: `CASE WHEN original.value_json IS NOT NULL THEN '"{\\"rows\\":' || n || '}"' END`,
  value_bytes: "CASE WHEN original.value_json IS NOT NULL THEN 13 + length(n) END",
  value_sha256: "CASE WHEN original.value_sha256 IS NOT NULL THEN lower(hex(randomblob(32))) END",
  details: `CASE WHEN original.details LIKE '%"evidence"%' THEN json_set(original.details, '$.costUsd', 0.01, '$.evidence[0].facts.rows', n) END`,
  cost_usd: "0.01",
};
const INSTANTS = ["lease_until", "created_at", "started_at", "settled_at", "changed_at", "ended_at"];

/**
 * Fills a ledger that does not exist yet, in seconds: hardcall makes one call of each kind, and SQL multiplies their rows. Of a hundred
 * calls two have failed, and of a thousand one is in doubt.
 */
export function seedLedger(file: string, { calls, days }: SeedOptions): void {
  execFileSync(process.execPath, [ORIGINALS, file], {
    timeout: 60_000,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const db = new DatabaseSync(file);
  try {
    db.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -${CACHE_KIB}`);
    // An index that is built at the end is sorted once.
    const later = db
      .prepare(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
      )
      .all();
    for (const { type, name } of later) db.exec(`DROP ${String(type)} ${String(name)}`);
    for (const { name, tables, of } of KINDS) {
      for (const table of tables) multiply(db, table, name, of, { calls, days });
    }
    for (const { sql } of later) db.exec(String(sql));
    db.exec("PRAGMA journal_mode = WAL");
  } finally {
    db.close();
  }
}

function multiply(
  db: DatabaseSync,
  table: Table,
  kind: string,
  of: string,
  { calls, days }: SeedOptions,
): void {
  db.exec(`DROP TABLE IF EXISTS temp.original;
    CREATE TEMP TABLE original AS SELECT * FROM main.${table} WHERE name = '${kind}'; DELETE FROM main.${table} WHERE name = '${kind}'`);
  const columns = db
    .prepare(`PRAGMA main.table_info(${table})`)
    .all()
    .map(({ name }) => String(name));
  const moved = `- original.${table === "operations" ? "created_at" : "started_at"} + ${Date.now()} - (${calls} - n) * ${Math.floor((days * DAY_MS) / calls)}`;
  const values = columns.map((column) =>
    INSTANTS.includes(column) ? `original.${column} ${moved}` : (DIFFERENT[column] ?? `original.${column}`),
  );
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${calls})
    INSERT INTO main.${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM numbers, temp.original WHERE ${of}`);
}
