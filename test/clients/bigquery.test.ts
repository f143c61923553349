import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type * as Genuine from "@google-cloud/bigquery";
import { afterAll, beforeAll, expect, type TestContext } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { tempFolder } from "../helpers/files.ts";

import { VERSIONS } from "./bigquery-versions.ts";
import { clientTest } from "./harness/client-test.ts";
import { runClient } from "./harness/run-client.ts";

const PROGRAMS = path.join(import.meta.dirname, "programs");
const PART = "fake-bin/bigquery";
const WHAT =
  "queries, pages of rows, a dry run, tables, copies and lists of jobs; what the fake does not have, it refuses at once";

let fake: FakeBigQuery;
beforeAll(async () => {
  fake = await fakeBigQuery({
    rows: [
      { n: 1, tags: ["a", "b"] },
      { n: 1.5, note: "late" },
    ],
  });
});
afterAll(() => fake[Symbol.asyncDispose]());

/** What each client reads and is told, in its own words where they are its own. */
interface Seen {
  readonly rows: unknown;
  readonly dryRunBytes: number;
  readonly tableRows: number;
  readonly copiedRows: number;
  readonly jobs: number;
  readonly refusal: string;
  readonly refusalSeconds: number;
  readonly missing: string;
}

/** @param emptyList what the client makes of a list without items */
function expectAll(seen: Seen, jobs: number, emptyList: unknown = []): void {
  expect(seen).toEqual({
    rows: [
      [1, ["a", "b"], null],
      [1.5, emptyList, "late"],
    ],
    dryRunBytes: 2048,
    tableRows: 2,
    copiedRows: 2,
    jobs,
    refusal: expect.stringContaining("This is hardcall's fake BigQuery. It does not have ") as string,
    refusalSeconds: expect.any(Number) as number,
    missing: expect.stringMatching(
      /Not found: Dataset \w+:nosuch\. This is hardcall's fake BigQuery/,
    ) as string,
  });
  expect(seen.refusalSeconds).toBeLessThan(3);
}

for (const version of VERSIONS) {
  clientTest(
    { client: "@google-cloud/bigquery", version, part: PART, from: "npm" },
    WHAT,
    async ({ folder }) => {
      const load = createRequire(path.join(folder, "index.js"));
      const { BigQuery } = load("@google-cloud/bigquery") as typeof Genuine;
      const projectId = `node${version.replaceAll(".", "")}`;
      const { OAuth2Client } = load("google-auth-library") as { OAuth2Client: new () => object };
      const authClient = Object.assign(new OAuth2Client(), { getRequestHeaders: async () => ({}) });
      const client = new BigQuery({ projectId, apiEndpoint: fake.url, authClient: authClient as never });
      expectAll(await seenBy(client), 4);
    },
  );
}

/** The genuine client with its own retries on: what the fake refuses must not be asked for again. */
async function seenBy(client: Genuine.BigQuery): Promise<Seen> {
  const stays = client.dataset("stays");
  const [rows] = await client.query("SELECT 1");
  const [dry] = await client.createQueryJob({ query: "SELECT 1", dryRun: true });
  const statistics = (dry.metadata as Genuine.JobMetadata).statistics;
  const [job] = await client.createQueryJob({ query: "SELECT 1", destination: stays.table("booked") });
  // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
  const [paged] = await job.getQueryResults({ maxResults: 1, autoPaginate: true });
  expect(paged).toHaveLength(1);
  const [metadata] = await stays.table("booked").getMetadata();
  await stays.table("booked").copy(stays.table("copied"));
  const [copied] = await stays.table("copied").getRows();
  const [short] = await client.query({ query: "SELECT 1", useLegacySql: false });
  expect(short).toEqual(rows);
  const [jobs] = await client.getJobs({ stateFilter: ["done"], allUsers: true });
  const started = performance.now();
  const refusal = await messageOf(client.createDataset("new"));
  return {
    rows: rows.map((row: object) => Object.values(row)) as unknown,
    dryRunBytes: Number(statistics?.totalBytesProcessed),
    tableRows: Number((metadata as { numRows: string }).numRows),
    copiedRows: copied.length,
    jobs: jobs.length,
    refusal,
    refusalSeconds: (performance.now() - started) / 1000,
    missing: await messageOf(client.dataset("nosuch").get()),
  };
}

async function messageOf(refused: Promise<unknown>): Promise<string> {
  try {
    await refused;
  } catch (error) {
    return (error as Error).message;
  }
  return "no error";
}

/** For the table: the harness does not know how to ask this client for its version. */
function noteVersion({ task }: TestContext, version: string): void {
  if (task.meta.client !== undefined) task.meta.client = { ...task.meta.client, version };
}

// Debian has Google's Go client as sources in a folder: `apt-get install golang-google-cloud-dev golang-go`.
const GOPATH = "/usr/share/gocode";
const GO_CLIENT = "golang-google-cloud-dev";
const hasGoClient = existsSync(path.join(GOPATH, "src/cloud.google.com/go/bigquery"));
clientTest(
  {
    client: "cloud.google.com/go/bigquery",
    part: PART,
    from: "debian",
    command: hasGoClient ? "go" : GO_CLIENT,
    version: "",
  },
  WHAT,
  async ({ folder }, context) => {
    // The sources do not say their version; Debian's package does.
    noteVersion(
      context,
      await runClient("dpkg-query", ["-W", "-f", "${source:Upstream-Version}", GO_CLIENT]),
    );
    const program = path.join(tempFolder(), "program");
    const env = { GO111MODULE: "off", GOPATH, GOFLAGS: "" };
    await runClient(folder, ["build", "-o", program, path.join(PROGRAMS, "bigquery.go")], env);
    expectAll(JSON.parse(await runClient(program, [fake.url])) as Seen, 3, null);
  },
);

clientTest(
  { client: "google-cloud-bigquery", part: PART, from: "pypi", module: "google.cloud.bigquery" },
  WHAT,
  async ({ folder }) => {
    const stdout = await runClient(folder, ["-W", "ignore", path.join(PROGRAMS, "bigquery.py"), fake.url]);
    expectAll(JSON.parse(stdout) as Seen, 5);
  },
);

clientTest(
  { client: "bq", part: PART, from: "debian", command: "bq", version: "" },
  "query, dry run, head, show, cp and ls -j; mk and extract are refused by name",
  async ({ folder }, context) => {
    const bq = (...args: readonly string[]) => {
      const flags = ["--api", fake.url, "--oauth_access_token=none", "--project_id=bq", "--quiet"];
      // Without a home of its own, bq would read and write the user's settings.
      return runClient(folder, [...flags, ...args], { HOME: tempFolder(), PYTHONPATH: "" });
    };
    const json = async (...args: readonly string[]) =>
      JSON.parse(await bq("--format=json", ...args)) as unknown;
    noteVersion(context, /\d[\d.]*/.exec(await bq("version"))?.[0] ?? "");
    const rows = [
      { n: "1.0", tags: ["a", "b"], note: null },
      { n: "1.5", tags: [], note: "late" },
    ];
    const query = ["query", "--nouse_legacy_sql", "--destination_table=stays.booked", "SELECT 1"];
    expect(await json(...query)).toEqual(rows);
    expect(await bq("query", "--nouse_legacy_sql", "--dry_run", "SELECT 1")).toContain("2048 bytes");
    await bq("cp", "stays.booked", "stays.copied");
    expect(await json("head", "stays.copied")).toEqual(rows);
    expect(await json("show", "stays.copied")).toMatchObject({ numRows: "2" });
    expect(await json("ls", "-j")).toMatchObject([
      { configuration: { copy: {} } },
      { configuration: { query: {} } },
    ]);
    await expect(bq("mk", "new")).rejects.toThrow(/hardcall's fake\s+BigQuery/);
    await expect(bq("extract", "stays.booked", "gs://b/o")).rejects.toThrow(/extract\s+jobs/);
  },
);
