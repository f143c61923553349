/** One result of the compatibility table: a test of one client, in one version, with one part of hardcall. */
export interface Result {
  readonly client: string;
  /** "" if the client could not be had. */
  readonly version: string;
  /** What of hardcall it met: `fake-bin/bigquery`, `hardcall/bigquery`, … */
  readonly part: string;
  /** What the test shows, in words. */
  readonly what: string;
  readonly state: "works" | "fails" | "not run";
  /** Why it was not run. */
  readonly reason?: string | undefined;
}

declare module "vitest" {
  interface TaskMeta {
    /** What a `clientTest` reports for the compatibility table. */
    client?: Omit<Result, "state">;
  }
}
