import type {
  CommitAnswer,
  CommitRequest,
  ContentRef,
  ForgetAnswer,
  ReleaseAnswer,
  ReleaseRequest,
  CheckContentAnswer,
  CheckContentRequest,
} from "../contents/contents.ts";
import type {
  ClaimAnswer,
  ClaimRequest,
  FailedSettlement,
  ProbedAnswer,
  ProbeReport,
  ResolveAnswer,
  SettleAnswer,
  OperatorVerdict,
} from "../operation/events.ts";
import type { JournalEntry, JournalListing, JournalRecord } from "../journal/entry.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type {
  ResourceDocument,
  ResourceDocumentView,
  DocumentMoment,
  ResourceStep,
} from "../resources/document.ts";
import type {
  LedgerAttempt,
  AttemptEnd,
  AttemptNote,
  Claim,
  Operation,
  OperationState,
  Resolution,
} from "../operation/state.ts";
import type { StorePolicy } from "../key/value.ts";

/** How long a ledger operation may wait for other processes. @default 10000 */
export interface Within {
  readonly withinMs?: number | undefined;
}

/** The result of an attempt, with the value as the callee gave it. */
export type SettleRequest =
  | {
      readonly state: "succeeded";
      readonly end: Omit<AttemptEnd, "code" | "effect">;
      readonly value: unknown;
      /** @default "value" */
      readonly store?: StorePolicy | undefined;
      /** JSON text that comes back with a replay: contract verdict, cost, session … */
      readonly details?: string | undefined;
    }
  | FailedSettlement;

export interface Listing {
  readonly state?: OperationState | undefined;
  readonly name?: string | undefined;
  /** Only operations that last changed state at least so many milliseconds ago. */
  readonly olderThanMs?: number | undefined;
  /** 1 to 10,000. @default 100 */
  readonly limit?: number | undefined;
  /** The last operation of the page before. One that changes meanwhile becomes the newest, and is on no later page. */
  readonly after?: Operation | undefined;
}

/** A call id, or a key; with `name` only that call's. */
export interface OperationRef {
  readonly callIdOrKey: string;
  readonly name?: string | undefined;
}

export interface OperationHistory {
  readonly record: Operation;
  /** Oldest first; late results are rows of their own. */
  readonly attempts: readonly LedgerAttempt[];
  readonly resolutions: readonly Resolution[];
}

/** An attempt that never reported a result; what it started may still be running. */
interface Unfinished {
  readonly name: string;
  readonly key: string;
  readonly attempt: LedgerAttempt;
  readonly ownerAlive: Liveness;
}

export interface Pruned {
  /** Successes whose value and attempts were dropped and whose key is still remembered. */
  readonly tombstoned: number;
  /** Operations that were forgotten. */
  readonly deleted: number;
  /** Calls of the journal that were deleted. */
  readonly journal: number;
}

/** A claim's answer, with the newest attempt when one may have had an effect. */
export type StoreClaimAnswer = ClaimAnswer & { readonly lastAttempt?: LedgerAttempt | undefined };

/**
 * The durable record of calls and attempts. Every method may throw LedgerError `ledger_unavailable`; every write
 * under a claim throws `lease_lost` once another owner has taken the operation over.
 */
export interface LedgerStore {
  /** Where the ledger is, for messages: a path or a URL without credentials. */
  readonly location: string;
  /**
   * Whether processes of several hosts share it. Then only the lease tells whether an owner on another host is at work, so a call stops
   * its work before a lease that it cannot renew runs out. @default false
   */
  readonly spansHosts?: boolean | undefined;

  /** @throws LedgerError `invalid_config` for a key that is blank or the hash of nothing, or a lease that is no time. */
  claim(request: ClaimRequest, options?: Within): Promise<StoreClaimAnswer>;
  /** Records the start of an attempt. Durable when it returns; only then may the effect begin. */
  started(claim: Claim, start?: AttemptNote, options?: Within): Promise<void>;
  /** Renews the lease. `note` adds facts since the start, such as the pid. */
  heartbeat(claim: Claim, note?: AttemptNote, options?: Within): Promise<void>;
  /** Records a result. A late one is kept, too, and the answer says what it means. */
  settle(claim: Claim, result: SettleRequest, options?: Within): Promise<SettleAnswer>;
  /** Settles and claims again in one step, so that no other call can run between two attempts of one call. */
  settleAndClaim(
    claim: Claim,
    result: SettleRequest,
    request: ClaimRequest,
    options?: Within,
  ): Promise<{ readonly settled: SettleAnswer; readonly next: StoreClaimAnswer }>;
  /**
   * Reports what the probe saw that a `probe` answer asked for. `lookedMs`: how many milliseconds ago the look began, as what a slow
   * answer says was true then. @default 0
   */
  probed(
    claim: Claim,
    report: ProbeReport,
    options?: Within & { readonly lookedMs?: number | undefined },
  ): Promise<ProbedAnswer>;
  /** Applies an operator's answer. `undefined` if there is no such operation. */
  resolve(
    operation: { readonly name: string; readonly key: string },
    verdict: OperatorVerdict,
    options?: Within,
  ): Promise<ResolveAnswer | undefined>;

  /** Content comes to a scope of a dedupe gate. What is new is reserved for its owner. Durable when it returns. */
  checkContent(request: CheckContentRequest, options?: Within): Promise<CheckContentAnswer>;
  /** The content was published, and counts as seen from now on. Durable when it returns. */
  commitContent(request: CommitRequest, options?: Within): Promise<CommitAnswer>;
  /** The content was not published: its reservation is given back. */
  releaseContent(request: ReleaseRequest, options?: Within): Promise<ReleaseAnswer>;
  /** As if the content had never come. */
  forget(content: ContentRef, options?: Within): Promise<ForgetAnswer>;

  /**
   * Waits until the operation may have ended, at most `withinMs`; never rejects. Absent where a ledger cannot tell, and its callers look
   * again from time to time.
   */
  ended?(
    operation: { readonly name: string; readonly key: string },
    options: { readonly withinMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;

  /**
   * What `claim` would be answered now; changes nothing. Only `kind` counts: a claim in the answer is not held.
   *
   * @throws LedgerError `invalid_config` as `claim` does
   */
  look(request: ClaimRequest, options?: Within): Promise<StoreClaimAnswer>;

  /**
   * Changes the document of a resource. `body` decides on what all processes have written before, and no other change comes between. It is
   * pure, and may be run again. The change need not survive a power cut.
   *
   * @param request `looks`: claims whose answers `body` needs to know, of the same moment
   */
  changeResource<A>(
    request: { readonly name: string; readonly looks?: readonly ClaimRequest[] | undefined },
    body: (view: ResourceDocumentView) => ResourceStep<A>,
    options?: Within,
  ): Promise<A>;
  /** Every resource that the ledger knows, by name. */
  resources(): Promise<readonly ResourceDocument[]>;
  /** The moment that the rules of a resource decide by: for looking at a document without changing it. */
  moment(): Promise<DocumentMoment>;

  /** Writes rows of the journal, some hundreds at most, in one transaction. They need not survive a power cut. */
  writeJournal(entries: readonly JournalEntry[], options?: Within): Promise<void>;
  /**
   * The same at once: for a process that ends, where nothing can be waited for. Absent for a ledger on a server.
   */
  writeJournalNow?(entries: readonly JournalEntry[]): void;
  /** The calls of the journal, newest start first, a page at a time as with `list`. */
  journal(filter?: JournalListing): Promise<readonly JournalRecord[]>;

  /** Newest change first, a page at a time: give the last operation of a page as `after` for the next. */
  list(filter?: Listing): Promise<readonly Operation[]>;
  /** Every operation the reference fits: a key may be used by several calls. */
  show(ref: OperationRef): Promise<readonly OperationHistory[]>;
  /** Attempts without a result on one machine and boot. */
  unfinished(place: { readonly host: string; readonly bootId: string }): Promise<readonly Unfinished[]>;
  /** Ends retention, also of the journal. Never touches an operation that is in doubt or running. */
  prune(
    limits: { readonly retentionMs: number; readonly tombstoneMs: number },
    options?: Within,
  ): Promise<Pruned>;
  close(): Promise<void>;
}

/** What every store can be told. */
export interface StoreOptions {
  /** @default this process */
  readonly owner?: Owner | undefined;
  /** Wall clock in milliseconds, which then decides leases too. @default Date.now, and for leases a clock that cannot be set */
  readonly clock?: (() => number) | undefined;
  /** @default looks the process up on this machine */
  readonly liveness?: ((owner: Owner) => Liveness) | undefined;
  /** Above it a value is not kept, and the record says `too_large`. @default 1048576 */
  readonly maxValueBytes?: number | undefined;
}
