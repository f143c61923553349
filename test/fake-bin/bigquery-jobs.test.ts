import { gzipSync } from "node:zlib";
import type { Job } from "@google-cloud/bigquery";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "../bigquery/client.ts";

let fake: FakeBigQuery;
let projects = 0;
let project: string;

beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());
beforeEach(() => {
  project = `p${++projects}`;
});

const client = () => genuineClient(fake.url, project);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    readonly jobReference?: { readonly jobId: string };
    readonly rows?: readonly object[];
    readonly error?: { readonly message: string };
  };
}

/** A request as clients send it, below the project; a path that begins with `/` is taken from the root. */
async function ask(method: string, where: string, body?: object | Buffer): Promise<Answer> {
  const root = where.startsWith("/") ? "" : `/bigquery/v2/projects/${project}/`;
  const answer = await fetch(`${fake.url}${root}${where}`, {
    method,
    signal: AbortSignal.timeout(10_000),
    headers: body instanceof Buffer ? { "content-encoding": "gzip" } : {},
    ...(body !== undefined && { body: body instanceof Buffer ? new Uint8Array(body) : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
}

const query = (more: object = {}) => ({ configuration: { query: { query: "SELECT 1" }, ...more } });
const jobIds = ({ body }: Answer) =>
  ((body["jobs"] ?? []) as { jobReference: { jobId: string } }[]).map((job) => job.jobReference.jobId);

async function metadataOf<Metadata = object>(job: Job): Promise<Metadata> {
  const [metadata] = await job.getMetadata();
  return metadata as Metadata;
}

async function makeJobs(...ids: readonly string[]) {
  for (const jobId of ids) await ask("POST", "jobs", { ...query(), jobReference: { jobId } });
}

describe("the rows of a job", () => {
  it("stand in a table that the job names; Go's client reads them there", async () => {
    const { body } = await ask("POST", "jobs", query());
    const id = body.jobReference!.jobId;
    // The client waits with this request, then reads the table.
    const waited = await ask("GET", `queries/${id}?maxResults=0&location=US`);
    const metadata = await metadataOf<{
      configuration: { query: { destinationTable: { datasetId: string; tableId: string } } };
    }>(client().job(id));
    const { datasetId, tableId } = metadata.configuration.query.destinationTable;
    const table = `datasets/${datasetId}/tables/${tableId}`;

    expect(waited.body).toMatchObject({
      jobComplete: true,
      totalRows: "3",
      schema: { fields: [{ name: "n" }] },
    });
    expect(waited.body.rows).toBeUndefined();
    expect(waited.body["pageToken"]).toBeUndefined();
    expect((await ask("GET", `${table}/data`)).body).toMatchObject({
      totalRows: "3",
      rows: [{ f: [{ v: "1" }] }, { f: [{ v: "2" }] }, { f: [{ v: "3" }] }],
    });
    expect((await ask("GET", table)).body).toMatchObject({
      numRows: "3",
      schema: { fields: [{ name: "n" }] },
    });
  });

  it("come in pages, from startIndex and by token, in results and in a table", async () => {
    const { body } = await ask("POST", "jobs", query());
    const id = body.jobReference!.jobId;
    const first = await ask("GET", `queries/${id}?startIndex=1&maxResults=1`);
    expect(first.body).toMatchObject({ rows: [{ f: [{ v: "2" }] }], totalRows: "3" });
    const second = await ask(
      "GET",
      `queries/${id}?maxResults=1&pageToken=${String(first.body["pageToken"])}`,
    );
    expect(second.body).toMatchObject({ rows: [{ f: [{ v: "3" }] }] });
    expect(second.body["pageToken"]).toBeUndefined();
    expect((await ask("GET", `queries/${id}?startIndex=9`)).body.rows).toBeUndefined();
    expect((await ask("GET", `queries/${id}?startIndex=x`)).status).toBe(400);

    const dataset = client().dataset("stays");
    const [job] = await client().createQueryJob({ query: "SELECT 1", destination: dataset.table("booked") });
    // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
    await job.promise();
    const [rows] = await dataset.table("booked").getRows({ startIndex: "2" });
    expect(rows).toEqual([{ n: 3 }]);
  });

  it("are added to those of the table with WRITE_APPEND, and a copy has them", async () => {
    const dataset = client().dataset("stays");
    for (const writeDisposition of ["WRITE_TRUNCATE", "WRITE_APPEND"]) {
      const options = { query: "SELECT 1", destination: dataset.table("booked"), writeDisposition };
      const [job] = await client().createQueryJob(options);
      // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
      await job.promise();
    }
    await dataset.table("booked").copy(dataset.table("copied"));
    const [rows] = await dataset.table("copied").getRows();
    expect(rows).toHaveLength(6);
    const [tables] = await dataset.getTables();
    expect(tables.map(({ id }) => id)).toEqual(["booked", "copied"]);
  });

  it("of a table that no job wrote are not there, and the answer says that this is a fake", async () => {
    const reading = client().dataset("stays").table("booked").getRows();
    await expect(reading).rejects.toMatchObject({
      code: 404,
      message: `Not found: Table ${project}:stays.booked. This is hardcall's fake BigQuery: it has the tables that jobs wrote to it, and their data sets, and no others`,
    });
    await expect(client().dataset("stays").get()).rejects.toMatchObject({ code: 404 });
    expect(await client().dataset("stays").exists()).toEqual([false]);
  });
});

describe("a dry run", () => {
  it("says how many bytes and which columns, and makes no job", async () => {
    const [job, response] = await client().createQueryJob({ query: "SELECT 1", dryRun: true });
    expect(job.metadata).toMatchObject({
      statistics: { totalBytesProcessed: "2048", query: { schema: { fields: [{ name: "n" }] } } },
      status: { state: "DONE" },
    });
    expect(response.jobReference).toEqual({ projectId: project, location: "US" });
    const short = await ask("POST", "queries", { query: "SELECT 1", dryRun: true });
    expect(short.body).toMatchObject({ jobComplete: true, totalBytesProcessed: "2048" });
    expect(short.body.jobReference).not.toHaveProperty("jobId");
    expect((await client().getJobs())[0]).toEqual([]);
    expect(await fake.report(project)).toMatchObject({ ran: 0, jobs: [] });
  });

  it("meets the mode of the next job, and does not use it up", async () => {
    await fake.project(project, { mode: ["failed", "ok"] });
    const dry = client().createQueryJob({ query: "SELECT 1", dryRun: true });
    await expect(dry).rejects.toMatchObject({ code: 400, errors: [{ reason: "invalidQuery" }] });
    await expect(client().query("SELECT 1")).rejects.toMatchObject({ code: 400 });
    expect((await client().query("SELECT 1"))[0]).toHaveLength(3);
  });
});

describe("the list of jobs", () => {
  it("has the newest first, in pages", async () => {
    await makeJobs("a", "b", "c");
    const first = await ask("GET", "jobs?maxResults=2");
    expect(jobIds(first)).toEqual(["c", "b"]);
    const second = await ask("GET", `jobs?maxResults=2&pageToken=${String(first.body["nextPageToken"])}`);
    expect(jobIds(second)).toEqual(["a"]);
    expect(second.body["nextPageToken"]).toBeUndefined();
  });

  it("is filtered by state, time and parent", async () => {
    await fake.project(project, { mode: ["running", "ok"], runMs: 0 });
    await makeJobs("runs", "done");
    const metadata = await metadataOf<{ statistics: { creationTime: string } }>(client().job("runs"));
    const { creationTime } = metadata.statistics;

    expect(jobIds(await ask("GET", "jobs?stateFilter=running"))).toEqual(["runs"]);
    expect(jobIds(await ask("GET", "jobs?stateFilter=DONE"))).toEqual(["done"]);
    expect(jobIds(await ask("GET", "jobs?stateFilter=done&stateFilter=running"))).toHaveLength(2);
    expect(jobIds(await ask("GET", `jobs?minCreationTime=${Number(creationTime) + 60_000}`))).toEqual([]);
    expect(jobIds(await ask("GET", `jobs?maxCreationTime=${Number(creationTime) - 1}`))).toEqual([]);
    expect(jobIds(await ask("GET", "jobs?parentJobId=runs"))).toEqual([]);
    expect(jobIds(await ask("GET", "jobs?allUsers=true"))).toHaveLength(2);
  });

  it("has the status of jobs in the full projection, and their state in both", async () => {
    await makeJobs("a");
    const minimal = (await ask("GET", "jobs")).body["jobs"] as object[];
    expect(minimal).toMatchObject([{ state: expect.any(String) as string }]);
    expect(minimal[0]).not.toHaveProperty("status");
    const full = (await ask("GET", "jobs?projection=full")).body["jobs"];
    expect(full).toMatchObject([
      { status: { state: expect.any(String) as string }, user_email: "fake@example.com" },
    ]);
  });
});

describe("a job", () => {
  it("outside of US and EU is found only with its location", async () => {
    const away = { ...query(), jobReference: { jobId: "away", location: "europe-west6" } };
    const made = await ask("POST", "jobs", away);
    expect(made.body["id"]).toBe(`${project}:europe-west6.away`);
    expect((await ask("GET", "jobs/away")).status).toBe(404);
    expect((await ask("GET", "jobs/away?location=US")).status).toBe(404);
    expect((await ask("GET", "queries/away?location=europe-west6")).status).toBe(200);
    expect((await ask("POST", "jobs/away/cancel?location=europe-west6")).status).toBe(200);
  });

  it("that is done can be deleted, one that runs cannot; the report knows both", async () => {
    await fake.project(project, { mode: ["running", "ok"], runMs: 0 });
    await makeJobs("runs", "done");
    await client().job("done").delete();
    expect((await ask("GET", "jobs/done")).status).toBe(404);
    expect((await ask("DELETE", "jobs/runs/delete")).status).toBe(400);
    expect(await fake.report(project)).toMatchObject({ ran: 2, running: ["runs"] });
  });

  it("of jobs.query is one for one requestId, also when the request comes twice", async () => {
    const request = { query: "SELECT 1", requestId: "r-1", labels: { team: "stays" } };
    const one = await ask("POST", "queries", request);
    const other = await ask("POST", "queries", request);
    expect(one.body.jobReference).toEqual(other.body.jobReference);
    const metadata = await metadataOf(client().job(one.body.jobReference!.jobId));
    expect(metadata).toMatchObject({
      configuration: { jobType: "QUERY", labels: { team: "stays" }, query: { query: "SELECT 1" } },
    });
    expect(await fake.report(project)).toMatchObject({ ran: 1 });
  });

  it("keeps the parameters of its query", async () => {
    const [job] = await client().createQueryJob({ query: "SELECT @day", params: { day: "2026-11-20" } });
    const metadata = await metadataOf(job);
    expect(metadata).toMatchObject({
      configuration: {
        query: { queryParameters: [{ name: "day", parameterValue: { value: "2026-11-20" } }] },
      },
    });
  });

  it("can come in a gzipped body", async () => {
    const { status, body } = await ask("POST", "jobs", gzipSync(JSON.stringify(query())));
    expect([status, body["kind"]]).toEqual([200, "bigquery#job"]);
  });
});

it("has faults where rows are read from a table and where jobs are listed, too", async () => {
  await fake.project(project, { mode: "ok+503@rowsx1+rate-limit@list" });
  const table = client().dataset("stays").table("booked");
  expect((await ask("GET", "jobs")).status).toBe(403);
  const [job] = await client().createQueryJob({ query: "SELECT 1", destination: table });
  // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
  await job.promise();
  await expect(table.getRows()).rejects.toMatchObject({ code: 503 });
  expect((await table.getRows())[0]).toHaveLength(3);
});

it("keeps an idle connection, so that no request of a slow client meets its end", async () => {
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`${fake.url}/bigquery/v2/projects/${project}/jobs`, { signal });
  // Node announces the end that it sets.
  expect(answer.headers.get("keep-alive")).toBeNull();
});

describe("its description of the interface", () => {
  it("names the endpoints that it has and those that it refuses, for clients that are made from it", async () => {
    const { body } = await ask("GET", "/$discovery/rest?version=v2");
    const { resources } = body as unknown as {
      resources: Record<string, { methods: Record<string, { httpMethod: string; flatPath: string }> }>;
    };
    const statuses = new Map<string, number>();
    for (const [resource, { methods }] of Object.entries(resources)) {
      for (const [name, { httpMethod, flatPath }] of Object.entries(methods)) {
        const path = `/bigquery/v2/${flatPath.replaceAll(/\{\w+\}/g, "x")}`;
        const sent = httpMethod === "GET" || httpMethod === "DELETE" ? undefined : {};
        statuses.set(`${resource}.${name}`, (await ask(httpMethod, path, sent)).status);
      }
    }
    // 404: there is no job or table x. 400: the body is empty.
    expect(Object.fromEntries(statuses)).toMatchObject({
      "jobs.insert": 400,
      "jobs.get": 404,
      "jobs.list": 200,
      "jobs.query": 400,
      "jobs.getQueryResults": 404,
      "tabledata.list": 404,
      "tabledata.insertAll": 501,
      "datasets.insert": 501,
      "tables.delete": 501,
    });
    expect(statuses.size).toBeGreaterThan(20);
  });
});

describe("what the fake refuses", () => {
  const NOT_HERE = (what: string) =>
    `This is hardcall's fake BigQuery. It does not have ${what}. fake-bin/bigquery.md lists what it has`;

  it.each([
    ["POST", "datasets", "the endpoint POST /bigquery/v2/projects/P/datasets"],
    ["GET", "routines/x", "the endpoint GET /bigquery/v2/projects/P/routines/x"],
    ["POST", "/batch/bigquery/v2", "the endpoint POST /batch/bigquery/v2"],
    [
      "POST",
      "/upload/bigquery/v2/projects/P/jobs?uploadType=multipart",
      "the endpoint POST /upload/bigquery/v2/projects/P/jobs",
    ],
    ["GET", "jobs?alt=media", "answers with alt=media"],
  ])("%s %s: not as a data set that is not there, but by name", async (method, where, what) => {
    const answer = await ask(method, where, method === "POST" ? {} : undefined);
    expect(answer).toMatchObject({
      status: 501,
      body: { error: { errors: [{ reason: "notImplemented" }] } },
    });
    expect(answer.body.error?.message.replaceAll(project, "P")).toBe(NOT_HERE(what));
  });

  it.each(["load", "extract"])("%s jobs, which make no job", async (kind) => {
    const answer = await ask("POST", "jobs", { configuration: { [kind]: {} } });
    expect(answer).toMatchObject({ status: 501, body: { error: { message: NOT_HERE(`${kind} jobs`) } } });
    expect(await fake.report(project)).toMatchObject({ ran: 0 });
  });

  it("a job of no kind, and a body that is not JSON, as the real one does", async () => {
    expect(await ask("POST", "jobs", {})).toMatchObject({
      status: 400,
      body: { error: { errors: [{ reason: "invalid" }] } },
    });
    expect(await ask("POST", "jobs", gzipSync("{"))).toMatchObject({
      status: 400,
      body: { error: { message: "Parse Error: the body is not JSON" } },
    });
    expect((await ask("GET", "jobs/%E0%A4%A")).status).toBe(400);
  });

  const QUERY = { query: { query: "SELECT 1" } };

  it.each<[message: RegExp, body: object]>([
    [/^Invalid jobId: /, { jobReference: { jobId: "two words" }, configuration: QUERY }],
    [/^Invalid jobId: /, { jobReference: { jobId: "x".repeat(1025) }, configuration: QUERY }],
    [/^Invalid jobId: /, { jobReference: { jobId: 5 }, configuration: QUERY }],
    [/^The jobReference names project other/, { jobReference: { projectId: "other" }, configuration: QUERY }],
    [/^Invalid location/, { jobReference: { location: 5 }, configuration: QUERY }],
    [/^Invalid label 'Team': /, { configuration: { ...QUERY, labels: { Team: "data" } } }],
    [/^Invalid label 'team': /, { configuration: { ...QUERY, labels: { team: "My Data" } } }],
    [/^Invalid value for jobTimeoutMs/, { configuration: { ...QUERY, jobTimeoutMs: "soon" } }],
    [/must contain exactly one of/, { configuration: { query: null } }],
    [/^Required parameter is missing/, { configuration: { query: { query: 5 } } }],
    [/^Invalid destinationTable/, { configuration: { query: { query: "x", destinationTable: {} } } }],
    [/^A copy job needs/, { configuration: { copy: { sourceTables: 5, destinationTable: null } } }],
  ])("a job that the real one refuses: %s", async (message, body) => {
    const answer = await ask("POST", "jobs", body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(message) } },
    });
    expect(await fake.report(project)).toMatchObject({ ran: 0 });
  });

  it("takes labels of any language, and an id that is left empty", async () => {
    const configuration = { ...QUERY, labels: { équipe_1: "données-2", 団体: "" }, jobTimeoutMs: 5000 };
    expect(await ask("POST", "jobs", { jobReference: { jobId: "" }, configuration })).toMatchObject({
      status: 200,
      body: { jobReference: { jobId: expect.stringMatching(/^job_/) } },
    });
  });

  it("a path that begins with two slashes, by name", async () => {
    expect((await ask("GET", "//")).status).toBe(501);
  });

  it("does not make the genuine client try again", async () => {
    const started = performance.now();
    const retrying = genuineClient(fake.url, project, { autoRetry: true });
    await expect(retrying.createDataset("stays")).rejects.toMatchObject({ code: 501 });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
