import type { SqliteConnection } from "../../database/sqlite/connection.ts";
import type { Artifact } from "./artifact.ts";

/** What a count is given. */
export interface CountContext {
  /** Aborted at the deadline; the verdict is then `unknown` whatever comes back later. */
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline. */
  readonly remainingMs: number;
  /** The newest so many distinct artifacts settle the verdict. */
  readonly enough: number;
  /** @internal */
  readonly ledger?: SqliteConnection | undefined;
}

/** Finds the artifacts that are there. What throws is `unknown`, never none. */
export type Count = (context: CountContext) => Promise<readonly Artifact[]> | readonly Artifact[];
