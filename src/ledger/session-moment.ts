import type { SqlSession } from "../database/sql.ts";
import { clockOf } from "./owner/boot-clock.ts";
import { currentOwner, isOwnerAlive } from "./owner/owner.ts";
import { databaseInstant } from "./postgres/clock.ts";
import { onceEach } from "./store/resource-methods.ts";
import type { DocumentMoment } from "./resources/document.ts";

/**
 * The moment of a transaction that reads documents beside other tables, as `LedgerStore.moment` gives it.
 *
 * @param now the ledger's wall clock (`ledgerNow`)
 */
export const momentOfSession = ({ dialect }: Pick<SqlSession, "dialect">, now: number): DocumentMoment => ({
  now: dialect === "sqlite" ? clockOf({})() : databaseInstant(now),
  owner: currentOwner(),
  liveness: onceEach(isOwnerAlive),
});
