import type { SqlSession } from "./sql.ts";

/**
 * The time of a ledger, in Unix milliseconds: in Postgres the server's, as the clocks of the hosts that share it may differ; in a file
 * this machine's.
 */
export async function ledgerNow(session: SqlSession): Promise<number> {
  if (session.dialect === "sqlite") return Date.now();
  const row = await session.get("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000) AS now", []);
  return Number(row?.["now"]);
}
