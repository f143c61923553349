/** What a check says of content. A duplicate is not a success. */
export type DedupeVerdict = NewContent | DuplicateContent | PendingContent;

/** It was not published yet, and is reserved now. */
export interface NewContent {
  readonly verdict: "new";
  readonly sha256: string;
  readonly bytes: number;
  /** Names the reservation, for `commit` and `release` in another process. */
  readonly token: string;
  /**
   * To be called after the publishing: from then on the content is a duplicate.
   *
   * @returns `false` when another owner had committed it, so that it was published twice
   */
  commit(): Promise<boolean>;
  /**
   * Gives it back when it was not published.
   *
   * @returns whether it was still reserved
   */
  release(): Promise<boolean>;
}

/** It was committed before. */
export interface DuplicateContent {
  readonly verdict: "duplicate";
  readonly sha256: string;
  readonly bytes: number;
  /** What it repeats. `at` is ISO 8601, UTC; `callId` is there when the call that brought it said so. */
  readonly of: { readonly callId?: string | undefined; readonly at: string };
  /** How often it has come in all, this time included. */
  readonly times: number;
  /** How often it has come in a row, this time included. */
  readonly streak: number;
}

/** Another owner may be publishing it. It may be new later, so a job that skips it may skip it for ever. */
export interface PendingContent {
  readonly verdict: "pending";
  readonly sha256: string;
  readonly bytes: number;
  /** Since when, and for which call if it said so. */
  readonly by: { readonly callId?: string | undefined; readonly since: string };
  /** Milliseconds until its reservation is over at the latest. */
  readonly retryAfterMs: number;
}
