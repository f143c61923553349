/** How long an operation of the ledger may wait for other processes, in milliseconds. */
export const DEFAULT_WITHIN_MS = 10_000;
