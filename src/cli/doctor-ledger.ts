import { LedgerError } from "../database/errors.ts";
import { locateLedger } from "../ledger/store/locate.ts";
import type { PostgresFacts } from "../database/postgres/facts.ts";
import type { DoctorCheck } from "./doctor-check.ts";

const WITHIN_MS = 10_000;

/** What `HARDCALL_LEDGER` says of a ledger in Postgres; none for a file. Changes nothing in it. */
export async function ledgerChecks(): Promise<readonly DoctorCheck[]> {
  const what = "the ledger can be reached";
  try {
    const place = locateLedger();
    if (place.kind === "file") return [];
    const { postgresAt } = await import("../database/postgres/connect.ts");
    const database = postgresAt(place);
    try {
      const facts = await database.facts(WITHIN_MS);
      return [{ what, ok: true, found: describe(place.location, facts) }, ...writable(facts), durable(facts)];
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return [{ what, ok: false, found: error.message }];
  }
}

function describe(location: string, facts: PostgresFacts & { readonly schemaVersion: number }): string {
  const { version, schemaVersion, roundTripMs, isDirect, isEncrypted } = facts;
  return [
    location,
    `PostgreSQL ${version}`,
    schemaVersion === 0 ? "no ledger there yet" : `schema version ${schemaVersion}`,
    isDirect
      ? "direct: a waiting call is woken at once"
      : "behind a pooler: a waiting call looks from time to time",
    isEncrypted ? "TLS" : "no TLS",
    `${roundTripMs.toFixed(1)} ms per round trip`,
  ].join(", ");
}

/** Only where it is so. */
function writable({ isReadOnly }: PostgresFacts): DoctorCheck[] {
  if (!isReadOnly) return [];
  return [{ what: "the ledger can be written", ok: false, found: "it is read-only: a standby?" }];
}

function durable({ synchronousCommit }: PostgresFacts): DoctorCheck {
  const ok = synchronousCommit !== "off";
  const found = `synchronous_commit = ${synchronousCommit}`;
  return {
    what: "a start survives a crash of the server",
    ok,
    found: ok ? found : `${found}: calls refuse to start`,
  };
}
