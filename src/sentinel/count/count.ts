import type { SqlDatabase } from "../../database/sql.ts";
import type { Artifact } from "./artifact.ts";

/** What a count function receives. */
export interface CountContext {
  /** Aborts at the deadline. The verdict is then `unknown`, even if the count returns later. */
  readonly signal: AbortSignal;
  /** Milliseconds until the deadline. */
  readonly remainingMs: number;
  /** How many of the newest distinct artifacts the verdict needs. */
  readonly enough: number;
  /** @internal */
  readonly ledger?: SqlDatabase | undefined;
}

/** Returns the artifacts that exist. If it throws, the verdict is `unknown`. */
export type Count = (context: CountContext) => Promise<readonly Artifact[]> | readonly Artifact[];
