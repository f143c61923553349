/** The data of the report: names, counts, times and codes, and no inputs or outputs. */
export interface ReportData {
  /** All instants are wall-clock milliseconds. */
  readonly now: number;
  readonly from: number;
  readonly to: number;
  /** Runs and artifacts are counted in buckets of this many milliseconds. */
  readonly bucketMs: number;
  readonly totals: Totals;
  /** All of them, also from before the period; the longest open first. */
  readonly inDoubt: readonly InDoubt[];
  readonly inDoubtCount: number;
  readonly calls: readonly CallTimeline[];
  /** How many calls the page does not show. */
  readonly hiddenCalls: number;
  /** Sentinels that belong to none of the calls shown. */
  readonly sentinels: readonly ArtifactRow[];
  readonly days: readonly Day[];
}

/** `lost`: only of a call without a key; its process ended before it did. */
export type RunOutcome = "succeeded" | "recovered" | "failed" | "in_doubt" | "running" | "lost";

export type Totals = Readonly<Record<RunOutcome, number>> & {
  readonly runs: number;
  readonly attempts: number;
  readonly costUsd: number;
};

export interface InDoubt {
  readonly name: string;
  readonly key: string;
  readonly callId: string;
  readonly code: string;
  readonly attempts: number;
  readonly since: number;
}

export interface CallTimeline {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<RunOutcome, number>>>;
  readonly runs: readonly { readonly bucket: number; readonly outcome: RunOutcome; readonly n: number }[];
  readonly artifacts: readonly ArtifactRow[];
}

export interface ArtifactRow {
  readonly label: string;
  readonly total: number;
  readonly found: readonly { readonly bucket: number; readonly n: number }[];
  /** Only for a sentinel. */
  readonly sentinel?:
    | {
        readonly verdict: string;
        readonly why: string;
        readonly changes: readonly { readonly from: number; readonly to: number; readonly verdict: string }[];
      }
    | undefined;
}

export interface Day {
  /** Its first millisecond, UTC. */
  readonly at: number;
  readonly ended: number;
  readonly failed: number;
  readonly meanMs: number | null;
  readonly longestMs: number | null;
  readonly costUsd: number;
}
