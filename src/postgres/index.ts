export { postgresLedger } from "./postgres-ledger.ts";
export type { PostgresLedgerOptions } from "./postgres-ledger.ts";
export type { PostgresPool } from "../database/postgres/user-pool.ts";
