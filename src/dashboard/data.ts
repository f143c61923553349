import type { ResourceView } from "../resources/view.ts";

// The JSON of the dashboard, which its server writes and its page reads. All instants are Unix milliseconds on the ledger's clock.
// Every text may hold markup: names, keys, reasons and tails come from callers, and the page shows them as text.

/** `GET /api/overview`. The first event `overview` of `GET /events` is the same; later ones hold only the parts that changed, and `now`. */
export interface Overview {
  /** The ledger's clock. Absent while the ledger cannot be read. */
  readonly now?: number | undefined;
  readonly ledger: LedgerState;
  readonly counts: Counts;
  /** At most 200, the oldest first. */
  readonly running: readonly RunningCall[];
  readonly runningCount: number;
  /** At most 100, the longest in doubt first. */
  readonly inDoubt: readonly DoubtfulCall[];
  readonly inDoubtCount: number;
  readonly resources: readonly ResourceView[];
  /** Those whose record is damaged, or of a later hardcall, with a sentence each. The others are in `resources`. */
  readonly unreadableResources: readonly UnreadableResource[];
  readonly sentinels: readonly SentinelRow[];
  /** The sets of sentinels, each with its newest complete check. */
  readonly passes: readonly PassRow[];
}

/** What an event `overview` holds. */
export type OverviewChange = Partial<Overview>;

/** An event `calls`: calls that began, ended or changed since the last one, to be merged by `callId`. */
export interface CallsChange {
  readonly changed: readonly CallRow[];
  /** More changed than an event holds: read the list again. */
  readonly more: boolean;
}

export interface LedgerState {
  /** A path, or a URL without credentials. */
  readonly name: string;
  readonly kind: "sqlite" | "postgres";
  /** Why it cannot be read, in a sentence, and since when by the server's clock. The other parts are then as they were last seen. */
  readonly problem?:
    { readonly reason: string; readonly message: string; readonly since: number } | undefined;
}

/** Of the last 24 hours, counted from time to time. The cost is that of the calls in the journal. */
export interface Counts {
  readonly since: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly costUsd: number;
}

export interface UnreadableResource {
  readonly name: string;
  readonly message: string;
}

export interface RunningCall {
  readonly callId: string;
  readonly name: string;
  readonly key?: string | undefined;
  /** `command`, `claude`, `codex` …; absent for a call that is not in the journal. */
  readonly callee?: string | undefined;
  readonly resource?: string | undefined;
  /** `waiting` for a place of its resource; `lost`: its process has ended without a result. */
  readonly state: "waiting" | "running" | "lost";
  readonly startedAt: number;
  /** Its total timeout; absent for a call that is not in the journal. */
  readonly limitMs?: number | undefined;
  /** Which attempt it makes; 0 before the first. */
  readonly attempt: number;
  /** In US dollars, so far. */
  readonly costUsd?: number | undefined;
  readonly requestedBy?: string | undefined;
  readonly host: string;
  readonly pid: number;
}

export interface DoubtfulCall {
  readonly callId: string;
  readonly name: string;
  readonly key: string;
  readonly effects: string;
  /** The error code of the attempt that left it in doubt. */
  readonly code?: string | undefined;
  readonly since: number;
  readonly attempts: number;
  /** A process asks its probe right now. An operator's answer counts before the probe's. */
  readonly probing: boolean;
}

export interface SentinelRow {
  readonly name: string;
  readonly source: string;
  readonly call?: string | undefined;
  readonly verdict: "ok" | "late" | "silent" | "unknown" | "unchecked";
  /** The rest of a sentence. */
  readonly why: string;
  readonly alarm: boolean;
  readonly checkedAt?: number | undefined;
  /** When the verdict became this one. */
  readonly since?: number | undefined;
  readonly found?: number | undefined;
  readonly min: number;
  readonly windowMs: number;
  readonly lastAt?: number | undefined;
  readonly dueAt?: number | undefined;
}

export interface PassRow {
  readonly source: string;
  readonly at?: number | undefined;
  /** Twice the shortest interval of its sentinels: after that the checks themselves are late. */
  readonly dueMs: number;
}

/** What is known of a call: of its key by the ledger, else of the call itself by the journal. */
export type CallOutcome =
  | "running"
  | "waiting"
  | "lost"
  | "executed"
  | "replayed"
  | "recovered"
  | "failed"
  | "in_doubt"
  | "in_progress";

/**
 * `GET /api/calls?name=&outcome=&code=&before=`: calls, the last change first. `name` and `code` match whole, `before` is the `next` of
 * the page before.
 */
export interface CallsPage {
  /** At most 200. */
  readonly calls: readonly CallRow[];
  /** Absent on the last page. */
  readonly next?: string | undefined;
  /** The first 500 names that the ledger knows, for the filter. */
  readonly names: readonly string[];
  /** Every error code, for the filter. */
  readonly codes: readonly string[];
}

export interface CallRow {
  readonly callId: string;
  readonly name: string;
  readonly key?: string | undefined;
  readonly callee?: string | undefined;
  readonly resource?: string | undefined;
  readonly outcome: CallOutcome;
  readonly code?: string | undefined;
  readonly startedAt: number;
  /** What lists are sorted by: the last change of a key; of a call without one its start. */
  readonly changedAt: number;
  readonly durationMs?: number | undefined;
  readonly attempts: number;
  readonly costUsd?: number | undefined;
  readonly requestedBy?: string | undefined;
}

/** `GET /api/calls/ID`. 404 for a call that the ledger does not know. */
export interface CallDetail {
  readonly call: CallRow;
  readonly effect?: string | undefined;
  readonly effects?: string | undefined;
  readonly limitMs?: number | undefined;
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  /** Oldest first, with those of earlier calls of the key. */
  readonly attempts: readonly AttemptRow[];
  /** What probes and operators answered. */
  readonly resolutions: readonly ResolutionRow[];
  /** What the contract found, as JSON. */
  readonly evidence?: unknown;
  /** What is kept of its value; the value itself is not shown. */
  readonly value?: { readonly kept: string; readonly bytes?: number | undefined } | undefined;
  /** Whether `GET /api/calls/ID/tails` has any. */
  readonly hasTails: boolean;
}

export interface AttemptRow {
  /** From 1. */
  readonly attempt: number;
  readonly callId: string;
  readonly startedAt: number;
  readonly durationMs?: number | undefined;
  /** Absent for a success, and while it runs. */
  readonly code?: string | undefined;
  /** What went wrong, in a sentence; only the journal has it. */
  readonly message?: string | undefined;
  readonly effect?: string | undefined;
  readonly running: boolean;
  readonly late: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly costUsd?: number | undefined;
  readonly stdoutBytes?: number | undefined;
  readonly externalRef?: string | undefined;
  readonly requestedBy?: string | undefined;
}

export interface ResolutionRow {
  readonly at: number;
  readonly answer: "present" | "absent" | "unknown";
  /** `probe`, or the operator's name. */
  readonly by: string;
  readonly why: string;
  readonly overrode?: string | undefined;
}

/** `GET /api/calls/ID/tails`: the end of what each attempt wrote to stderr. */
export interface Tails {
  readonly tails: readonly { readonly attempt?: number | undefined; readonly text: string }[];
}

/** `POST /api/calls/ID/resolve`. */
export interface ResolveRequest {
  readonly as: "done" | "absent";
  readonly by: string;
  readonly why: string;
  /** Also a call that is not in doubt: one that seems to run, or that has ended. @default false */
  readonly force?: boolean | undefined;
}

/** `POST /api/resources/NAME/open` and `…/close`. */
export interface BreakerRequest {
  readonly by: string;
  readonly why: string;
  /** Only for `open`: it closes by itself after so long. */
  readonly forMs?: number | undefined;
}

/** The answer to a POST. */
export interface Done {
  /** A sentence. */
  readonly message: string;
}
