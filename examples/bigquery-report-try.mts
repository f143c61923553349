/**
 * Tries bigquery-report.mts on the fake BigQuery that comes with hardcall. The first job of each caller never ends:
 *
 *     node bigquery-report-try.mts
 */
import { setTimeout as wait } from "node:timers/promises";
import { BigQuery } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { fakeBigQuery } from "hardcall/testing";
import { dailyReport, dailyReportBefore } from "./bigquery-report.mts";

const DAY = "2026-11-20";
const setup = { mode: ["running", "ok"], rows: [{ property: "alpine-lodge", nights: 12 }] };

// A limit of the call, changed without a change of its code.
process.env["HARDCALL_DAILY_REPORT_ATTEMPT_TIMEOUT"] = "2s";

const fake = await fakeBigQuery();
await fake.project("before", setup);
await fake.project("after", setup);
// A token that is none: with it, the client asks Google for nothing. It is there in each version of the client.
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: "none" });
const client = (projectId: string) =>
  new BigQuery({ projectId, apiEndpoint: fake.url, authClient: authClient as never });

const before = await Promise.race([dailyReportBefore(client("before"), DAY), wait(5000)]);
console.log("before:", before ?? "no answer after 5 s, and none would ever come");

const rows = await dailyReport(client("after"), DAY);
const { ran, jobs } = await fake.report("after");
console.log("after:", rows);
console.log(`after: ${ran} jobs started, ${jobs.filter(({ cancelled }) => cancelled).length} cancelled`);
// The first caller still waits, and the fake still serves. Both end with this process.
process.exit();
