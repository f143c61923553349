import { expect, it } from "vitest";
import { dailyReport, dailyReportBefore } from "../../examples/bigquery-report.mts";
import { fakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "../bigquery/client.ts";

const ROWS = [{ property: "alpine-lodge", nights: 12 }];

it("gives the same rows before and after, to the same call", async () => {
  await using fake = await fakeBigQuery({ rows: ROWS });
  const client = genuineClient(fake.url, "p");
  expect(await dailyReportBefore(client, "2026-11-20")).toEqual(ROWS);
  expect(await dailyReport(client, "2026-11-20")).toEqual(ROWS);
});

it("takes a report without rows for a failure, where it was an empty report before", async () => {
  await using fake = await fakeBigQuery({ mode: "empty" });
  const client = genuineClient(fake.url, "p");
  expect(await dailyReportBefore(client, "2026-11-20")).toEqual([]);
  await expect(dailyReport(client, "2026-11-20")).rejects.toMatchObject({ code: "empty_output" });
});
