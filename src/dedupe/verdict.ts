/** The result of a check. A duplicate is not a success. */
export type DedupeVerdict = NewContent | DuplicateContent | PendingContent;

/** The content is new, and is now reserved. */
export interface NewContent {
  readonly verdict: "new";
  readonly sha256: string;
  readonly bytes: number;
  /** The reservation, for `commit` and `release` in another process. */
  readonly token: string;
  /**
   * Call it after the publish. From then on the content is a duplicate.
   *
   * @returns `false` if another owner had committed it before, so it was published twice
   */
  commit(): Promise<boolean>;
  /**
   * Ends the reservation of content that was not published.
   *
   * @returns whether it was still reserved
   */
  release(): Promise<boolean>;
}

/** The content was committed before. */
export interface DuplicateContent {
  readonly verdict: "duplicate";
  readonly sha256: string;
  readonly bytes: number;
  /** The first time it came. `at` is ISO 8601 in UTC; `callId` is the call that the check named, if any. */
  readonly of: { readonly callId?: string | undefined; readonly at: string };
  /** How often it has come, including this time. */
  readonly times: number;
  /** How often it has come in a row, including this time. */
  readonly streak: number;
}

/** Another owner may be publishing the content. If that fails, it is new later, so check it again instead of skipping it. */
export interface PendingContent {
  readonly verdict: "pending";
  readonly sha256: string;
  readonly bytes: number;
  /** When it was reserved, and by which call, if the check named one. */
  readonly by: { readonly callId?: string | undefined; readonly since: string };
  /** Milliseconds until its reservation ends at the latest. */
  readonly retryAfterMs: number;
}
