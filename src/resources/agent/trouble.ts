import { LedgerError } from "../../database/errors.ts";

/** Whether a retry within seconds is of no use. A ledger that was busy or out of reach may answer the next. */
export const isFinal = (error: unknown): boolean => !["locked", "unreachable"].includes(reasonOf(error));

export const isClosed = (error: unknown): boolean => reasonOf(error) === "closed";

const reasonOf = (error: unknown): string => (error instanceof LedgerError ? (error.reason ?? "") : "");
