import { statSync } from "node:fs";
import { LedgerError } from "./errors.ts";
import { defaultLedgerPath, filePath } from "./ledger-path.ts";

/**
 * For what only looks: a mistyped path must not become a new, empty ledger, in which nothing was ever in doubt. One that was
 * lost is left to the opening, which says more.
 *
 * @throws LedgerError `invalid_config`
 */
export function requireLedger(given: string | undefined): void {
  const path = given === undefined ? defaultLedgerPath() : filePath(given);
  if (sizeOf(path) > 0 || exists(`${path}-created`) || exists(`${path}-wal`)) return;
  throw new LedgerError(
    "invalid_config",
    `There is no ledger at ${path}, so nothing was recorded there. Check --ledger and HARDCALL_LEDGER.`,
  );
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;
