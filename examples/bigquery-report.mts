/**
 * The call that hung for 80 hours, before and after. Whoever calls `dailyReport` changes nothing: the same arguments, the same rows.
 *
 * HARDCALL_DAILY_REPORT_TIMEOUT, _ATTEMPT_TIMEOUT, _IDLE_TIMEOUT and _ATTEMPTS tune it without a change here.
 */
import type { BigQuery } from "@google-cloud/bigquery";
import { defineCall } from "hardcall";
import { bigqueryQuery } from "hardcall/bigquery";
import { z } from "zod";

const SQL = "SELECT property, SUM(nights) AS nights FROM stays.booked WHERE day = @day GROUP BY property";

export interface ReportRow {
  readonly property: string;
  readonly nights: number;
}

/** Before: no limit anywhere. A job that stays RUNNING, or an answer that never comes, is waited for without end. */
export async function dailyReportBefore(client: BigQuery, day: string): Promise<ReportRow[]> {
  const [job] = await client.createQueryJob({ query: SQL, params: { day } });
  // ast-grep-ignore: js-job-timeout, reason: this is the code before, shown for what it lacks
  const [rows] = await job.getQueryResults();
  return rows as ReportRow[];
}

/** After: it ends on time, cancels what it gives up, tries again, and takes no rows for a failure. */
export async function dailyReport(client: BigQuery, day: string): Promise<ReportRow[]> {
  const { value } = await reportOf(client)(day);
  return value;
}

const reportOf = (client: BigQuery) =>
  defineCall({
    name: "daily-report",
    callee: bigqueryQuery({
      client,
      query: SQL,
      params: (day: string) => ({ day }),
      rows: "nonEmpty",
      schema: z.object({ property: z.string(), nights: z.number() }),
      // A month of stays bills 2 GB; a mistake in the SQL must not bill a thousand.
      maximumBytesBilled: 10_000_000_000,
    }),
    timeout: { total: "45m", attempt: "15m" },
    // A SELECT that runs twice does no harm.
    effects: "none",
    retry: { attempts: 3 },
  });
