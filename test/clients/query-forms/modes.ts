/** What hangs, in the table's words, and the mode of fake-bin/bigquery that does it. */
export const MODES = {
  "nothing answers": "ok+hang",
  "the submit": "ok+hang@insert+hang@query",
  "the first submit": "ok+hang-after@insertx1+hang-after@queryx1",
  "the state": "running+hang@get",
  "the results": "late-done+hang@results",
  "the job": "running",
  "the job and its cancel": "running+hang@cancel",
  "503 for ever": "ok+503",
} as const;

/** The client for Python never gives a request for results less than 120 s. */
export const LONGEST_END_S = 190;
/** A form that has not ended by now is one that does not. */
export const CAP_S = 200;

export interface Measured {
  /** Undefined if it had not ended after `CAP_S`. */
  readonly seconds: number | undefined;
  /** "3 rows", or the name of the error. */
  readonly outcome: string;
}
