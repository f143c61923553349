/**
 * A BigQuery query that once hung a batch for 80 hours, before and after. The callers of `dailyReport` change nothing: the
 * arguments and the rows are the same. It needs zod and @google-cloud/bigquery, and google-auth-library to be tried.
 *
 * Try it on the fake BigQuery that comes with hardcall, without credentials:
 *
 *     node bigquery-report-try.mts
 *
 * With your own query and the credentials of your machine (`gcloud auth application-default login`):
 *
 *     node bigquery-report.mts 2026-11-20
 *
 * Four environment variables change its limits: HARDCALL_DAILY_REPORT_TIMEOUT, _ATTEMPT_TIMEOUT, _IDLE_TIMEOUT, _ATTEMPTS.
 */
import { BigQuery } from "@google-cloud/bigquery";
import { defineCall } from "hardcall";
import { bigqueryQuery } from "hardcall/bigquery";
import { z } from "zod";
import { refuse, reportFailure } from "./exit-code.mts";

const SQL = "SELECT property, SUM(nights) AS nights FROM stays.booked WHERE day = @day GROUP BY property";

export interface ReportRow {
  readonly property: string;
  readonly nights: number;
}

/** Before: it has no time limit. If the job stays RUNNING or the answer never comes, this function never returns. */
export async function dailyReportBefore(client: BigQuery, day: string): Promise<ReportRow[]> {
  // ast-grep-ignore: js-job-timeout, reason: the mistake that this example is about
  const [job] = await client.createQueryJob({ query: SQL, params: { day } });
  // ast-grep-ignore: js-job-timeout, reason: the mistake that this example is about
  const [rows] = await job.getQueryResults();
  return rows as ReportRow[];
}

/** After: it ends on time, cancels a job that takes too long, retries, and fails if there are no rows. */
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
      // The query reads about 2 GB. BigQuery refuses it if a mistake in the SQL makes it read more than 10 GB.
      maximumBytesBilled: 10_000_000_000,
    }),
    // A job that is cancelled has 30 s more to stop (`cancelGrace` of bigqueryQuery).
    timeout: { total: "45m", attempt: "15m" },
    // A repeated SELECT does no harm, so hardcall may retry it.
    effects: "none",
    retry: { attempts: 3 },
  });

/** 2026-02-30 is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text.length === 10;
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [day = new Date().toISOString().slice(0, 10), ...more] = process.argv.slice(2);
  if (more.length > 0 || !isDay(day)) refuse("node bigquery-report.mts [YYYY-MM-DD]");
  try {
    console.table(await dailyReport(new BigQuery(), day));
  } catch (error) {
    reportFailure(error);
  }
}
