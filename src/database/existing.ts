import { statSync } from "node:fs";
import { LedgerError } from "./errors.ts";
import { defaultLedgerPath, filePath } from "./ledger-path.ts";

/**
 * For commands that only read: a mistyped path must not create a new, empty ledger, which would show nothing in doubt. If the ledger was
 * lost, the opening reports it in more detail.
 *
 * @returns its path
 * @throws LedgerError `invalid_config`
 */
export function requireLedger(given: string | undefined): string {
  const path = given === undefined ? defaultLedgerPath() : filePath(given);
  if (hasLedger(path)) return path;
  throw new LedgerError(
    "invalid_config",
    `There is no ledger at ${path}, so nothing was recorded there. Check --ledger and HARDCALL_LEDGER.`,
  );
}

/** Whether there is a ledger at a path, or was one that is lost. */
export const hasLedger = (path: string): boolean =>
  sizeOf(path) > 0 || exists(`${path}-created`) || exists(`${path}-wal`);

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
