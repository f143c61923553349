import type { TransactOptions } from "../../database/sql.ts";
import type { ContentRef, ContentStep, ContentView } from "../contents/contents.ts";
import type { JournalBackend } from "../journal/backend.ts";
import type { Step } from "../operation/events.ts";
import type { Instant } from "../owner/instant.ts";
import type { LedgerAttempt, Operation } from "../operation/state.ts";
import type { ResourceBackend } from "../resources/backend.ts";
import type { LedgerStore, Listing, OperationHistory, OperationRef, Pruned } from "./store.ts";

export interface Target {
  readonly name: string;
  readonly key: string;
}

/** What tells an operation from all others, as one text. */
export function idOf({ name, key }: Target): string {
  return JSON.stringify([name, key]);
}

/** What a transaction body is given. */
export interface View {
  readonly row: Operation | undefined;
  readonly now: Instant;
  readonly fenceFloor: number;
}

export type EndedOptions = Parameters<NonNullable<LedgerStore["ended"]>>[1];

export type OpenAttempt = Target & { readonly attempt: LedgerAttempt };

/** What a database has to be able to do to hold a ledger. The rules are in the transitions, not here. */
export interface Backend {
  readonly location: string;
  /** See LedgerStore. @default false */
  readonly spansHosts?: boolean;
  /**
   * Reads the row, runs the body and writes what it decides, arbitrated against every other process. The body
   * is pure and may be run again.
   */
  transact<A>(target: Target, options: TransactOptions, body: (view: View) => Step<A>): Promise<A>;
  /** As `transact`, for a content that comes to a scope of a dedupe gate. */
  transactContent<A>(
    content: ContentRef,
    options: TransactOptions,
    body: (view: ContentView & Omit<View, "row">) => ContentStep<A>,
  ): Promise<A>;
  /** What a body of `transact` would be given now. */
  look(target: Target, withinMs: number): Promise<View>;
  readonly resources: ResourceBackend;
  readonly journal: JournalBackend;
  now(): Promise<Instant>;
  attempt(target: Target, fence: number): Promise<LedgerAttempt | undefined>;
  list(filter: Required<Pick<Listing, "limit">> & Listing): Promise<readonly Operation[]>;
  show(ref: OperationRef): Promise<readonly OperationHistory[]>;
  openAttempts(host: string, bootId: string): Promise<readonly OpenAttempt[]>;
  prune(retentionMs: number, tombstoneMs: number, withinMs: number): Promise<Omit<Pruned, "journal">>;
  /** See LedgerStore. */
  ended?(target: Target, options: EndedOptions): Promise<void>;
  close(): Promise<void>;
}
