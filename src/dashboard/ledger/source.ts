import type {
  BreakerRequest,
  CallDetail,
  CallRow,
  CallsPage,
  Done,
  Overview,
  ResolveRequest,
  Tails,
} from "../data.ts";

/** Which calls a list shows. */
export interface CallsFilter {
  readonly name?: string | undefined;
  readonly outcome?: string | undefined;
  readonly code?: string | undefined;
  /** The `next` of the page before. */
  readonly before?: string | undefined;
}

/** Everything that a look shows: the overview, and the newest calls. */
export interface Look {
  readonly overview: Overview;
  readonly newest: readonly CallRow[];
}

/**
 * What the dashboard reads from a ledger and writes to it.
 *
 * @throws LedgerError `ledger_unavailable`; RefusedRequest for what the ledger does not know, or does not take
 */
export interface LedgerSource {
  /** Where it is, without credentials. */
  readonly location: string;
  /** Never rejects: a ledger that cannot be read is part of the overview. */
  look(): Promise<Look>;
  calls(filter: CallsFilter): Promise<CallsPage>;
  call(callId: string): Promise<CallDetail>;
  tails(callId: string): Promise<Tails>;
  resolve(callId: string, request: ResolveRequest): Promise<Done>;
  operateBreaker(resource: string, to: "open" | "close", request: BreakerRequest): Promise<Done>;
  close(): Promise<void>;
}
