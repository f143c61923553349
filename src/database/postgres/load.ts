import { errnoOf, LedgerError } from "../errors.ts";
import type { PgModule } from "./driver.ts";

/**
 * Loads `pg`, which is an optional peer: only who keeps a ledger in Postgres needs it.
 *
 * @throws LedgerError `invalid_config` when it is not installed
 */
export async function loadPg(): Promise<PgModule> {
  try {
    const { default: pg } = await import("pg");
    return pg as unknown as PgModule;
  } catch (error) {
    if (errnoOf(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new LedgerError(
      "invalid_config",
      `The ledger is in Postgres, and the package "pg" is not installed. Run "npm install pg" where hardcall is installed, with --global if hardcall is.`,
      { cause: error },
    );
  }
}
