import { ledgerNow } from "../../database/clock.ts";
import type { SqlSession } from "../../database/sql.ts";
import { isOwnerAlive } from "../../ledger/owner/owner.ts";
import { onceEach } from "../../ledger/store/resource-methods.ts";
import { momentOfSession } from "../../ledger/session-moment.ts";
import type { LedgerState } from "../data.ts";
import type { ListMoment } from "./known-call.ts";
import { listCalls } from "./calls.ts";
import type { DayCounter } from "./counts.ts";
import { doubtful } from "./doubtful.ts";
import { resources } from "./resources.ts";
import { running } from "./running.ts";
import { sentinels } from "./sentinels.ts";
import type { Look } from "./source.ts";
import type { SteadyClock } from "./steady-clock.ts";

/** What is known from one look to the next. */
export interface Watched {
  readonly ledger: LedgerState;
  readonly counter: DayCounter;
  readonly clock: SteadyClock;
}

/** Everything that the page shows at once, of one moment. */
export async function lookAt(session: SqlSession, { ledger, counter, clock }: Watched): Promise<Look> {
  const moment = await listMoment(session);
  const { now } = moment;
  const documents = momentOfSession(session, now);
  const { calls } = await listCalls(session, {}, moment);
  return {
    overview: {
      now,
      ledger,
      counts: await counter.count(session, now),
      ...(await running(session, moment)),
      ...(await doubtful(session)),
      ...(await resources(session, { ...documents, now: clock.steady(documents.now) })),
      ...(await sentinels(session, now)),
    },
    newest: calls,
  };
}

export const listMoment = async (session: SqlSession): Promise<ListMoment> => ({
  now: await ledgerNow(session),
  liveness: onceEach(isOwnerAlive),
});
