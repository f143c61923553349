import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { fakeBigQuery, type FakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "../bigquery/client.ts";

const FAKE = path.join(import.meta.dirname, "../../fake-bin/bigquery");

let fake: FakeBigQuery;
let folder: string;
let projects = 0;

beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "fake-bigquery-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A project of its own, and the genuine client for it. */
async function project(mode: string) {
  const name = `p${++projects}`;
  await fake.project(name, { mode });
  return { name, client: genuineClient(fake.url, name) };
}

function start(args: readonly string[] = [], file = FAKE, env: NodeJS.ProcessEnv = process.env) {
  // ast-grep-ignore: js-subprocess-timeout, reason: a server, ended by the test, or by the end of its stdin
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "pipe"], env });
  const url = once(child.stdout, "data").then(([chunk]) => String(chunk).trim());
  return { child, url, exit: once(child, "exit") };
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [FAKE, ...args], {
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, ...env },
  });

it("answers the genuine client's query(), and its jobs with their rows and pages", async () => {
  const { client } = await project("pages");
  const [rows] = await client.query("SELECT n FROM t");
  const [job] = await client.createQueryJob({ query: "SELECT n FROM t", jobId: "mine" });
  // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
  const [paged] = await job.getQueryResults();
  const [metadata] = await job.getMetadata();
  const [jobs] = await client.getJobs();

  expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(paged).toEqual(rows);
  expect(metadata).toMatchObject({
    status: { state: "DONE" },
    jobReference: { jobId: "mine", location: "US" },
  });
  expect(jobs).toHaveLength(2);
});

it("refuses an id that it has, and one that it has not", async () => {
  const { client } = await project("ok");
  await client.createQueryJob({ query: "SELECT 1", jobId: "mine" });
  const again = client.createQueryJob({ query: "SELECT 1", jobId: "mine" });
  await expect(again).rejects.toMatchObject({ code: 409, errors: [{ reason: "duplicate" }] });
  await expect(client.job("other").getMetadata()).rejects.toMatchObject({ code: 404 });
});

it("stops a running job that is cancelled, and says who it was", async () => {
  const { client, name } = await project("running");
  const [job] = await client.createQueryJob({ query: "SELECT 1" });
  await job.cancel();
  await expect.poll(async () => (await fake.report(name)).running).toEqual([]);
  const [{ status }] = await job.getMetadata();
  expect(status).toMatchObject({ state: "DONE", errorResult: { reason: "stopped" } });
});

it("keeps running when the cancel is ignored, and succeeds when the cancel comes too late", async () => {
  const ignored = await project("cancel-ignored");
  const [running] = await ignored.client.createQueryJob({ query: "SELECT 1" });
  await running.cancel();
  const lost = await project("cancel-lost");
  const [done] = await lost.client.createQueryJob({ query: "SELECT 1" });
  await done.cancel();

  await expect.poll(async () => (await fake.report(lost.name)).running).toEqual([]);
  const [{ status }] = await done.getMetadata();
  expect(status).toEqual({ state: "DONE" });
  expect((await fake.report(ignored.name)).running).toEqual([running.id]);
});

it("makes the job before it resets the connection", async () => {
  const { client, name } = await project("reset-after-commit");
  const reset = client.createQueryJob({ query: "SELECT 1", jobId: "mine" });
  await expect(reset).rejects.toMatchObject({ code: "ECONNRESET" });
  const [metadata] = await client.job("mine").getMetadata();
  expect(metadata.jobReference.jobId).toBe("mine");
  expect((await fake.report(name)).ran).toBe(1);
});

it.each([
  ["503", 503, "backendError"],
  ["rate-limit", 403, "rateLimitExceeded"],
  ["quota", 403, "quotaExceeded"],
])("refuses as BigQuery does (%s)", async (mode, code, reason) => {
  const { client } = await project(mode);
  const refused = client.createQueryJob({ query: "SELECT 1" });
  await expect(refused).rejects.toMatchObject({ code, errors: [{ reason }] });
});

it("counts the jobs of one key that run at one time", async () => {
  const { client, name } = await project("running");
  await client.createQueryJob({ query: "SELECT 1", jobId: "report_abc_a1" });
  await client.createQueryJob({ query: "SELECT 1", jobId: "report_abc_a2" });
  await client.createQueryJob({ query: "SELECT 1", jobId: "other_abc_a1" });
  expect(await fake.report(name)).toMatchObject({ ran: 3, mostAtOnce: 3, mostOfOneKey: 2 });
});

it("logs each request by its size and hash, and nothing of the query", async () => {
  const log = path.join(folder, "log");
  const own = start(["--log", log]);
  await genuineClient(await own.url, "p").createQueryJob({ query: "SELECT 'a secret'" });
  own.child.kill();
  await own.exit;
  const text = await readFile(log, "utf8");
  expect(text).not.toContain("secret");
  expect(JSON.parse(text)).toMatchObject({
    method: "POST",
    path: "/bigquery/v2/projects/p/jobs",
    endpoint: "insert",
    bytes: expect.any(Number) as number,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

it("works where it is copied to, below no package.json, and through a symbolic link", async () => {
  await cp(path.dirname(FAKE), path.join(folder, "copy"), { recursive: true });
  await symlink(path.join(folder, "copy/bigquery"), path.join(folder, "link"));
  const own = start([], path.join(folder, "link"));
  expect(await own.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  own.child.kill();
  await own.exit;
});

it("has the mode of its environment, also with rows that it gets later", async () => {
  const own = start([], FAKE, { ...process.env, FAKE_BIGQUERY_MODE: "empty" });
  const url = await own.url;
  const body = JSON.stringify({ rows: [{ a: 1 }] });
  await fetch(`${url}/__setup`, { method: "PUT", body, signal: AbortSignal.timeout(10_000) });
  const [job] = await genuineClient(url, "p").createQueryJob({ query: "SELECT 1" });
  // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
  const [rows, , response] = await job.getQueryResults();
  own.child.kill();
  await own.exit;
  expect([rows, response?.schema?.fields?.[0]?.name]).toEqual([[], "a"]);
});

it("ends when the process that started it is gone", async () => {
  const own = start();
  await own.url;
  own.child.stdin.end();
  expect(await own.exit).toEqual([0, null]);
});

it("says what is wrong with how it was started", () => {
  expect(run(["--mode", "nonsense"])).toMatchObject({ status: 2, stdout: "" });
  expect(run(["--mode", "ok+hang@nowhere"]).stderr).toMatch(/^bigquery: unknown mode 'ok\+hang@nowhere'\./);
  expect(run(["--port", "x"]).stderr).toBe(
    "bigquery: --port must be a whole number from 0 to 65535, not 'x'\n",
  );
  expect(run(["--mdoe", "ok"]).stderr).toBe("bigquery: Unknown option '--mdoe'; did you mean --mode?\n");
  expect(run(["--rows", '[{"a":1},{"a":"x"}]']).stderr).toMatch(/^bigquery: rows: column 'a' is INTEGER/);
  expect(run(["--rows-file", path.join(folder, "nosuch")]).stderr).toMatch(
    /^bigquery: --rows-file cannot be/,
  );
  expect(run(["--help"])).toMatchObject({ status: 0 });
  expect(run([], { FAKE_BIGQUERY_MODES: "fail" })).toMatchObject({
    status: 2,
    stderr:
      "bigquery: The environment has FAKE_BIGQUERY_MODES, which the fake does not read; did you mean FAKE_BIGQUERY_MODE?\n",
  });
  expect(run(["--mode", "nonsense"], { FAKE_BIGQUERY_URL: "of a test" }).stderr).toMatch(/unknown mode/);
});
