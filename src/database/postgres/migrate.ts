import { number, text as textOf } from "../columns.ts";
import { LedgerError, unavailable } from "../errors.ts";
import { Passing } from "./passing.ts";
import type { BoundedPool, Session } from "./pool.ts";
import { POSTGRES_MIGRATIONS } from "./migrations.ts";
import { transaction } from "./transaction.ts";

/** The first words of what `ledger_migrations` says of itself, by which a schema is known as ours. */
const MARK = "hardcall ledger";

/** From which version to which a ledger was taken; 0: there was none. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
}

export interface MigrateOptions {
  readonly schema: string;
  readonly withinMs: number;
  /** @default true; otherwise a ledger that is not there is `invalid_config` */
  readonly mayCreate?: boolean | undefined;
}

/**
 * Brings the ledger's schema up to date, one version per transaction. Processes that do so at once wait for each other: the lock is the
 * transaction's, so it ends with it.
 *
 * @throws Passing, LedgerError: the schema is another program's, of a newer version, or this user may not migrate it
 */
export async function migrate(pool: BoundedPool, options: MigrateOptions): Promise<Migrated> {
  const { schema } = options;
  const until = performance.now() + options.withinMs;
  const known = await look(pool, schema, options.withinMs);
  requireUsable(known, pool, options);
  let done: Migrated = { from: known.version, to: known.version };
  while (done.to < POSTGRES_MIGRATIONS.length) {
    const withinMs = Math.max(1, until - performance.now());
    try {
      const { from, to } = await transaction(pool, { schema, withinMs }, (session) =>
        step(session, pool, options),
      );
      // Another process may have taken it this far since the look.
      done = { from: done.from === done.to ? from : done.from, to };
    } catch (error) {
      throw mayNotMigrate(error, known, pool.location);
    }
  }
  return done;
}

interface Found {
  /** Whether there is a schema of that name. */
  readonly exists: boolean;
  /** Whether its table of migrations is ours. */
  readonly ours: boolean;
  /** How many tables, views and others are in it. */
  readonly relations: number;
  /** The newest migration; 0 for none. */
  readonly version: number;
  /** Of the database, such as `UTF8`. */
  readonly encoding: string;
}

/** The version of the schema as it is; 0: there is no ledger. @throws Passing, LedgerError for a schema that is another program's */
export async function schemaVersion(pool: BoundedPool, options: MigrateOptions): Promise<number> {
  const found = await look(pool, options.schema, options.withinMs);
  requireUsable(found, pool, options);
  return found.version;
}

async function look(asked: Pick<BoundedPool, "query">, schema: string, withinMs: number): Promise<Found> {
  // The catalog answers also those who may not use the schema.
  const { rows } = await asked.query(
    `SELECT n.oid IS NOT NULL AS schema_exists,
      coalesce(obj_description(t.oid, 'pg_class') LIKE '${MARK}%', false) AS ours,
      (SELECT count(*) FROM pg_catalog.pg_class WHERE relnamespace = n.oid) AS relations,
      current_setting('server_encoding') AS encoding
    FROM (VALUES ($1::text)) AS given (name)
    LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = given.name
    LEFT JOIN pg_catalog.pg_class t ON t.relnamespace = n.oid AND t.relname = 'ledger_migrations'`,
    [schema],
    withinMs,
  );
  const row = rows[0] ?? {};
  const ours = number(row, "ours") === 1;
  const known = {
    exists: number(row, "schema_exists") === 1,
    ours,
    relations: number(row, "relations"),
    encoding: textOf(row, "encoding"),
  };
  if (!ours) return { ...known, version: 0 };
  const newest = await asked.query(
    `SELECT coalesce(max(version), 0) AS version FROM "${schema}".ledger_migrations`,
    [],
    withinMs,
  );
  return { ...known, version: number(newest.rows[0] ?? {}, "version") };
}

function requireUsable(
  found: Found,
  { location }: BoundedPool,
  { schema, mayCreate = true }: MigrateOptions,
) {
  // SQL_ASCII takes every text as it is. In any other a key or a result might not be recorded, and the effect has happened by then.
  if (found.encoding !== "UTF8" && found.encoding !== "SQL_ASCII") {
    throw unavailable(
      "refused",
      `The database of the ledger ${location} is encoded in ${found.encoding}, which cannot hold every text. Create one with ENCODING 'UTF8'.`,
    );
  }
  if (!found.ours && found.relations > 0) {
    throw unavailable(
      "not_a_ledger",
      `The schema "${schema}" of ${location} holds tables that are not a hardcall ledger. Nothing was written. Name another schema with ?schema=NAME in the URL.`,
    );
  }
  if (found.version > POSTGRES_MIGRATIONS.length) {
    throw unavailable(
      "newer_schema",
      `The ledger ${location} has schema version ${found.version}, and this hardcall knows versions up to ${POSTGRES_MIGRATIONS.length}. Upgrade hardcall, or name another schema.`,
    );
  }
  if (found.version === 0 && !mayCreate) {
    throw new LedgerError(
      "invalid_config",
      `There is no ledger at ${location}, so nothing was recorded there. Check --ledger and HARDCALL_LEDGER.`,
    );
  }
}

/** Takes the schema one version further, unless that is done. */
async function step(session: Session, pool: BoundedPool, options: MigrateOptions): Promise<Migrated> {
  const { schema } = options;
  await session.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
    `hardcall ledger_migrations ${schema}`,
  ]);
  // Another process may have migrated while this one waited for the lock.
  const found = await look(
    { query: (text, values) => session.query(text, values) },
    schema,
    options.withinMs,
  );
  requireUsable(found, pool, options);
  const migration = POSTGRES_MIGRATIONS[found.version];
  if (migration === undefined) return { from: found.version, to: found.version };
  if (!found.exists) await session.query(`CREATE SCHEMA "${schema}"`);
  if (!found.ours) {
    await session.query(
      `CREATE TABLE ledger_migrations (version integer PRIMARY KEY, migrated_at timestamptz NOT NULL DEFAULT clock_timestamp());
      COMMENT ON TABLE ledger_migrations IS '${MARK}: one row per version that the schema has been taken to'`,
    );
  }
  await session.query(migration);
  await session.query("INSERT INTO ledger_migrations (version) VALUES ($1)", [found.version + 1]);
  return { from: found.version, to: found.version + 1 };
}

function mayNotMigrate(error: unknown, found: Found, location: string): unknown {
  const refused = error instanceof LedgerError && error.reason === "refused";
  if (!refused || error instanceof Passing) return error;
  const state =
    found.version === 0
      ? `There is no ledger at ${location} yet, and this user may not create one.`
      : `The ledger ${location} has schema version ${found.version}, this hardcall needs ${POSTGRES_MIGRATIONS.length}, and this user may not migrate it.`;
  return unavailable(
    "older_schema",
    `${state} Run "hardcall ledger migrate" as a user who may create tables there.`,
    error.cause,
  );
}
