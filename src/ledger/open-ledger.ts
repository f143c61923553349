import type { LedgerStore } from "./store/store.ts";

/**
 * Opens a ledger to read it, to resolve operations, or to pass it to `defineCall`: a path or a `postgres://` URL. Without one: the embedded
 * ledger (`HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db`). There is one connection per file and process, and one pool per URL.
 *
 * @example
 * const ledger = await openLedger();
 * const open = await ledger.list({ state: "in_doubt" });
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config`
 */
export async function openLedger(path?: string): Promise<LedgerStore> {
  const opening = await import("./open.ts");
  return opening.openStore(path);
}
