import type { LedgerStore } from "../ledger/store/store.ts";
import type { Logger } from "../core/logger.ts";

export interface DeduplicatorOptions {
  readonly scope: string;
  readonly maxStreak: number;
  readonly holdMs: number;
  readonly ledger: LedgerStore | string | undefined;
  readonly logger: Logger | undefined;
}
