import { readFile } from "node:fs/promises";
import path from "node:path";
import { ledgerNow } from "../database/clock.ts";
import { connectLedger } from "../ledger/store/connect.ts";
import { packageRoot } from "../core/package-root.ts";
import { collect } from "./collect.ts";
import { toHtml } from "./html.ts";
import { lastDays } from "./period.ts";

/** A million calls with evidence take 10 s on a machine that is busy. */
const WITHIN_MS = 600_000;

export interface ReportOptions {
  /** A path or a `postgres://` URL. @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db` */
  readonly ledger?: string | undefined;
  /** How far back, in days. */
  readonly days: number;
  /** Wall clock in milliseconds. @default that of the ledger: in Postgres the server's */
  readonly now?: number | undefined;
}

/**
 * Makes the report: one page of HTML that loads nothing.
 *
 * @throws LedgerError `ledger_unavailable`, `invalid_config` if the ledger does not exist
 */
export async function makeReport({ ledger, days, now }: ReportOptions): Promise<string> {
  const db = await connectLedger({ ledger, mustExist: true });
  try {
    const script = await readFile(path.join(packageRoot(), "dist", "report-chart.js"), "utf8");
    const began = performance.now();
    const data = await db.read(
      async (session) => collect(session, lastDays(days, now ?? (await ledgerNow(session)))),
      WITHIN_MS,
    );
    return toHtml(data, script, { ledger: db.location, readMs: performance.now() - began });
  } finally {
    await db.close();
  }
}
