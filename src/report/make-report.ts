import { readFile } from "node:fs/promises";
import path from "node:path";
import { connectSqlite } from "../ledger/store/sqlite.ts";
import { packageRoot } from "../core/package-root.ts";
import { collect } from "./collect.ts";
import { toHtml } from "./html.ts";
import { lastDays } from "./period.ts";

export interface ReportOptions {
  /** @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db` */
  readonly ledger?: string | undefined;
  /** How far back, in days. */
  readonly days: number;
  /** Wall clock in milliseconds. */
  readonly now: number;
}

/**
 * Makes the report: one page of HTML that loads nothing.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config` if the ledger does not exist
 */
export async function makeReport({ ledger, days, now }: ReportOptions): Promise<string> {
  const db = await connectSqlite({ path: ledger, mustExist: true });
  try {
    const script = await readFile(path.join(packageRoot(), "dist", "report-chart.js"), "utf8");
    const data = await db.read(() => collect(db, lastDays(days, now)));
    return toHtml(data, script, db.path);
  } finally {
    db.close();
  }
}
