import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { bigqueryQuery, type BigQueryQueryOptions } from "../../src/bigquery/index.ts";
import { defineCall } from "../../src/index.ts";
import {
  fakeBigQuery,
  type FakeBigQuery,
  type FakeBigQueryOptions,
} from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "./client.ts";

let fake: FakeBigQuery;
let projects = 0;

beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

async function query(setup: FakeBigQueryOptions, options: Partial<BigQueryQueryOptions<void>> = {}) {
  const project = `p${++projects}`;
  await fake.project(project, setup);
  const client = genuineClient(fake.url, project);
  const callee = bigqueryQuery({ client, query: "SELECT 1", rows: "nonEmpty", ...options });
  const call = defineCall({ name: "rows", callee, timeout: "20s", effects: "none" });
  return { settled: await call.settle(), report: await fake.report(project) };
}

it("gives rows as the client gives them, and what the query cost", async () => {
  const rows = [{ n: 42, price: 1.5, name: "Lodge", open: true, note: null }];
  const { settled } = await query({ rows });
  expect(settled).toMatchObject({
    value: rows,
    location: "US",
    bytesBilled: 10_485_760,
    bytesProcessed: 2048,
    slotMs: 120,
    cacheHit: false,
    statementType: "SELECT",
  });
});

it("reads every page", async () => {
  const { settled, report } = await query({ mode: "pages" });
  expect(settled).toMatchObject({ value: [{ n: 1 }, { n: 2 }, { n: 3 }] });
  expect(report.requests.filter(({ endpoint }) => endpoint === "results")).toHaveLength(3);
});

it("takes no rows for a failure, or for an answer, as it is told", async () => {
  const { settled: failed } = await query({ mode: "empty" });
  const { settled } = await query({ mode: "empty" }, { rows: "any" });
  expect(failed).toMatchObject({ code: "empty_output", effect: "completed" });
  expect(settled).toMatchObject({ outcome: "executed", value: [] });
});

it("stops at maxRows, before it has read them", async () => {
  const { settled, report } = await query({ mode: "pages" }, { maxRows: 2 });
  expect(settled).toMatchObject({
    code: "output_too_large",
    message:
      'The call "rows" found 3 rows, more than maxRows (2). Raise maxRows, or let the query give fewer rows.',
  });
  expect(report.requests.filter(({ endpoint }) => endpoint === "results")).toHaveLength(1);
});

it("validates each row, and says which one does not fit", async () => {
  const schema = z.object({ n: z.number().max(2) });
  const { settled } = await query({}, { schema } as object);
  expect(settled).toMatchObject({
    code: "invalid_output",
    effect: "completed",
    message:
      'The call "rows" found a row (number 3) that does not fit the schema, at n. Compare the output with the schema; the error\'s issues say where it differs.',
  });
});

it("does not round a whole number that JavaScript cannot hold", async () => {
  const { settled } = await query({ rows: [{ n: "9007199254740993" }] });
  expect(settled).toMatchObject({ value: [{ n: "9007199254740993" }] });
});

it("asks again for a page that was not complete, and never takes it for no rows", async () => {
  const { settled } = await query({ mode: "incomplete" }, { rows: "any" });
  expect(settled).toMatchObject({ code: "unavailable", effect: "completed" });
});

it("tells a quota from a rate: one comes back in an hour, the other soon", async () => {
  const { settled: quota } = await query({ mode: "quota" });
  const { settled: rate } = await query({ mode: "rate-limit-forever" });
  expect(quota).toMatchObject({ code: "rate_limited", effect: "rejected", retryAfterMs: 3_600_000 });
  expect(rate).toMatchObject({ code: "rate_limited", effect: "rejected" });
  expect(rate).not.toHaveProperty("retryAfterMs");
});

it("says what is wrong before anything is sent", async () => {
  const { settled, report } = await query({}, { query: "SELECT @a", params: { a: null } });
  expect(settled).toMatchObject({ code: "invalid_config", effect: "not_started" });
  expect(report.requests).toEqual([]);
  expect(() =>
    defineCall({
      name: "rows",
      callee: bigqueryQuery({ client: {}, query: " ", rows: "some", maxRows: 0 } as never),
      timeout: "1s",
      effects: "none",
    }),
  ).toThrow("client must be a BigQuery of @google-cloud/bigquery");
});
