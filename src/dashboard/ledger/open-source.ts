import { ledgerNow } from "../../database/clock.ts";
import { LedgerError } from "../../database/errors.ts";
import type { SqlSession } from "../../database/sql.ts";
import { resolveCall } from "./actions.ts";
import { listCalls, pageOfCalls } from "./calls.ts";
import { DayCounter } from "./counts.ts";
import { detailOf, tailsOf } from "./detail.ts";
import { doubtful } from "./doubtful.ts";
import { running } from "./running.ts";
import { sentinels } from "./sentinels.ts";
import { LedgerConnection } from "./connection.ts";
import type { LedgerState, Overview } from "../data.ts";
import type { LedgerSource, Look } from "./source.ts";
import { RefusedRequest } from "../refused-request.ts";

/** Before a ledger could be read for the first time. */
const NOTHING: Omit<Overview, "ledger"> = {
  counts: { since: 0, succeeded: 0, failed: 0, costUsd: 0 },
  running: [],
  runningCount: 0,
  inDoubt: [],
  inDoubtCount: 0,
  resources: [],
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
  const counter = new DayCounter();
  let last: Look = { overview: { ...NOTHING, ledger: state }, newest: [] };

  async function lookAt(session: SqlSession): Promise<Look> {
    const now = await ledgerNow(session);
    const overview: Overview = {
      now,
      ledger: state,
      counts: await counter.count(session, now),
      ...(await running(session)),
      ...(await doubtful(session)),
      resources: [],
      ...(await sentinels(session, now)),
    };
    return { overview, newest: await listCalls(session) };
  }

  return {
    location: place.location,
    async look() {
      try {
        last = await connection.read(lookAt);
      } catch (error) {
        last = { ...last, overview: withProblem(last.overview, error) };
      }
      return last;
    },
    calls: (filter) => connection.read((session) => pageOfCalls(session, filter)),
    call: (callId) => connection.read((session) => detailOf(session, callId)),
    tails: (callId) => connection.read((session) => tailsOf(session, callId)),
    resolve: (callId, request) => resolveCall(ledger, callId, request),
    operateBreaker: () =>
      Promise.reject(new RefusedRequest("not_found", "The ledger knows no such resource.")),
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
