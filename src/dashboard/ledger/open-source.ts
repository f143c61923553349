import { LedgerError } from "../../database/errors.ts";
import type { SqlSession } from "../../database/sql.ts";
import type { LedgerState, Overview } from "../data.ts";
import { operateBreaker, resolveCall } from "./actions.ts";
import type { ListMoment } from "./known-call.ts";
import { pageOfCalls } from "./calls.ts";
import { LedgerConnection } from "./connection.ts";
import { DayCounter } from "./counts.ts";
import { detailOf, tailsOf } from "./detail.ts";
import { listMoment, lookAt } from "./look.ts";
import type { LedgerSource, Look } from "./source.ts";
import { SteadyClock } from "./steady-clock.ts";

/** Before a ledger could be read for the first time. */
const NOTHING: Omit<Overview, "ledger"> = {
  counts: { since: 0, succeeded: 0, failed: 0, costUsd: 0 },
  running: [],
  runningCount: 0,
  inDoubt: [],
  inDoubtCount: 0,
  resources: [],
  unreadableResources: [],
  sentinels: [],
  passes: [],
};

/**
 * A ledger, for the dashboard. It is opened with the first look.
 *
 * @throws LedgerError `invalid_config` for a name that cannot be a ledger's
 */
export function openSource(ledger: string | undefined): LedgerSource {
  const connection = new LedgerConnection(ledger);
  const { place } = connection;
  const state: LedgerState = { name: place.location, kind: place.kind === "file" ? "sqlite" : "postgres" };
  const watched = { ledger: state, counter: new DayCounter(), clock: new SteadyClock() };
  let last: Look = { overview: { ...NOTHING, ledger: state }, newest: [] };
  const reading = <T>(work: (session: SqlSession, moment: ListMoment) => Promise<T>) =>
    connection.read(async (session) => work(session, await listMoment(session)));
  return {
    location: place.location,
    async look() {
      try {
        last = await connection.read((session) => lookAt(session, watched));
      } catch (error) {
        last = { ...last, overview: withProblem(last.overview, error) };
      }
      return last;
    },
    calls: (filter) => reading((session, moment) => pageOfCalls(session, filter, moment)),
    call: (callId) => reading((session, moment) => detailOf(session, callId, moment)),
    tails: (callId) => reading((session) => tailsOf(session, callId)),
    resolve: (callId, request) => resolveCall(ledger, callId, request),
    operateBreaker: (name, to, request) => operateBreaker(ledger, name, to, request),
    close: () => connection.close(),
  };
}

/** What was seen last stays on the page, with the reason why it may be old. */
function withProblem(overview: Overview, error: unknown): Overview {
  const message =
    error instanceof LedgerError
      ? error.message
      : "A fault in hardcall itself: the ledger holds what it cannot read.";
  const reason = error instanceof LedgerError ? (error.reason ?? error.code) : "internal";
  const { problem } = overview.ledger;
  const since = problem?.reason === reason ? problem.since : Date.now();
  return { ...overview, ledger: { ...overview.ledger, problem: { reason, message, since } } };
}
