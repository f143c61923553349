import { locateLedger } from "../ledger/store/locate.ts";
import { schemaVersionOf } from "../database/sqlite/schema-version.ts";
import { openStore } from "../ledger/open.ts";
import { EXIT } from "./interface/exit-code.ts";
import { LEDGER_MIGRATE } from "./interface/ledger.ts";
import { parse } from "./interface/parse.ts";
import { print } from "./print.ts";
import { visible } from "./terminal/visible.ts";

const CONNECT_WITHIN_MS = 10_000;
/** A new index on a large table takes minutes, and nothing waits for it. */
const MIGRATE_WITHIN_MS = 3_600_000;

/**
 * `hardcall ledger migrate`: creates a ledger, or brings its tables up to date, and says from which version to which.
 *
 * @throws LedgerError
 */
export async function migrateLedger(args: readonly string[]): Promise<number> {
  const { ledger } = parse(LEDGER_MIGRATE, args).values();
  const { location, from, to } = await migrated(ledger);
  const did =
    from === to
      ? `has schema version ${to} already; nothing was changed`
      : from === 0
        ? `was created with schema version ${to}`
        : `was taken from schema version ${from} to ${to}`;
  void print(`The ledger ${visible(location)} ${did}.\n`);
  return EXIT.ok;
}

async function migrated(ledger: string | undefined) {
  const place = locateLedger(ledger);
  if (place.kind === "postgres") {
    const { postgresAt } = await import("../database/postgres/connect.ts");
    const database = postgresAt(place);
    try {
      await database.facts(CONNECT_WITHIN_MS);
      return { location: database.location, ...(await database.migrate(MIGRATE_WITHIN_MS)) };
    } finally {
      await database.close();
    }
  }
  const from = schemaVersionOf(place.path);
  const store = await openStore(place.path);
  await store.close();
  return { location: store.location, from, to: schemaVersionOf(place.path) };
}
