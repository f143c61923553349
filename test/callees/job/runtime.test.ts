import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bigqueryQuery } from "../../../src/bigquery/index.ts";
import { defineCall, job, jobError, rejected, type JobDriver, type JobProgress } from "../../../src/index.ts";
import { fakeBigQuery, type FakeBigQuery } from "../../../src/testing/fake-bigquery.ts";
import { countWaits } from "../../helpers/machine.ts";
import { genuineClient } from "../../bigquery/client.ts";
import type { HostPlan } from "./host.ts";
import { startHost } from "./run-host.ts";

let fake: FakeBigQuery;
let folder: string;

beforeEach(async () => {
  fake = await fakeBigQuery();
  folder = await mkdtemp(path.join(tmpdir(), "hardcall-jobs-"));
});

afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const planFor = (project: string): HostPlan => ({
  url: fake.url,
  ledger: path.join(folder, "ledger.db"),
  projects: [project],
  effects: "keyed",
  attempts: 1,
  timeout: { total: 20_000, attempt: 20_000 },
  cancelGrace: 1000,
});

it("looks at a job that stays RUNNING at most twice a second", async () => {
  await fake.project("p", { mode: "running" });
  const client = genuineClient(fake.url, "p");
  const options = { client, query: "SELECT 1", rows: "any", maxPoll: 500, cancelGrace: "2s" } as const;
  const call = defineCall({ name: "polls", callee: bigqueryQuery(options), timeout: "4s", effects: "none" });

  await call.settle();

  const { requests } = await fake.report("p");
  const looks = requests.filter(({ endpoint }) => endpoint === "get").map(({ ms }) => ms);
  const seconds = (looks.at(-1)! - looks[0]!) / 1000;
  expect(looks.length).toBeGreaterThan(4);
  expect(looks.length).toBeLessThanOrEqual(2 * seconds + 1.5);
});

it.each(["keyed", "once"] as const)("joins the job of a host that died (%s)", async (effects) => {
  await fake.project("p", { mode: "ok", runMs: 2500 });
  const plan = { ...planFor("p"), effects };
  const killed = startHost(plan);
  await fake.report("p", 1);
  await wait(200);
  killed.child.kill("SIGKILL");
  await killed.ended;

  const { lines } = await startHost(plan).ended;

  expect(lines).toMatchObject([{ ended: "executed", rows: 3 }]);
  const { ran, jobs } = await fake.report("p");
  expect(ran).toBe(1);
  expect(jobs[0]).toMatchObject({ cancelled: false });
});

it("lets its host end at once after a cancel", async () => {
  await fake.project("p", { mode: "running" });
  // One cancel may take ten seconds, a third of the grace. It takes less, and no timer of it may hold the host.
  const limits = { timeout: { total: 3000, attempt: 3000 }, cancelGrace: 30_000, callTimeout: 30_000 };
  const host = startHost({ ...planFor("p"), ...limits });
  await once(host.child.stdout!, "data");
  const settledAt = performance.now();

  const { lines } = await host.ended;

  expect(lines).toMatchObject([{ ended: "timeout (rejected)" }]);
  expect(performance.now() - settledAt).toBeLessThan(5000);
});

it("names its job by name, key and attempt, and tells the server a limit too", async () => {
  await fake.project("p", { mode: "backend-error,ok" });
  const client = genuineClient(fake.url, "p");
  const call = defineCall({
    name: "report",
    callee: bigqueryQuery({ client, query: "SELECT 1", rows: "any", cancelGrace: "10s" }),
    timeout: { total: "60s", attempt: "30s" },
    effects: "keyed",
    key: () => ["alpine-lodge", "2026-11-20"],
    retry: { attempts: 2, baseDelay: 10 },
    ledger: path.join(folder, "ledger.db"),
  });

  const result = await call(undefined);

  const { jobs } = await fake.report("p");
  expect(jobs.map(({ id }) => id.replace(/_[0-9a-f]{32}_/, "_HASH_"))).toEqual([
    "report_HASH_a1",
    "report_HASH_a2",
  ]);
  expect(Number(jobs[0]!.jobTimeoutMs)).toBeGreaterThan(35_000);
  expect(Number(jobs[0]!.jobTimeoutMs)).toBeLessThanOrEqual(40_000);
  expect(result.externalRef).toBe(jobs[1]!.id);
  expect(await call(undefined)).toMatchObject({ outcome: "replayed" });
});

it("refuses the job of another query under its id", async () => {
  await fake.project("p", { mode: "ok" });
  const client = genuineClient(fake.url, "p");
  const callFor = (query: string, ledger: string) =>
    defineCall({
      name: "report",
      callee: bigqueryQuery({ client, query, rows: "any" }),
      timeout: "20s",
      effects: "keyed",
      key: () => ["slot"],
      // Two ledgers, as on two machines that do not know of each other.
      ledger: path.join(folder, ledger),
    });
  await callFor("SELECT 1", "a.db")(undefined);

  const same = await callFor("SELECT 1", "b.db").settle(undefined);
  const other = await callFor("SELECT 2", "c.db").settle(undefined);

  expect(same).toMatchObject({ outcome: "executed" });
  expect(other).toMatchObject({
    code: "key_conflict",
    effect: "not_started",
    message: `The call "report" found a job with another configuration under its id ${same.externalRef}. Use a different key for a different input.`,
  });
  expect((await fake.report("p")).ran).toBe(1);
});

it("tells its listener of each change of state, with seconds and bytes", async () => {
  await fake.project("p", { mode: "slow" });
  const heard: JobProgress[] = [];
  const client = genuineClient(fake.url, "p");
  const onProgress = (progress: JobProgress) => {
    heard.push(progress);
    throw new Error("a listener's own fault");
  };
  const callee = bigqueryQuery({ client, query: "SELECT 1", rows: "any", onProgress });

  await defineCall({ name: "progress", callee, timeout: "20s", effects: "none" })();

  expect(heard.map(({ state }) => state)).toEqual(["running", "succeeded"]);
  expect(heard[1]).toMatchObject({ name: "progress", attempt: 1, bytes: 2048 });
  expect(heard[1]!.seconds).toBeGreaterThan(0.5);
});

it("logs the progress of a job at level debug", async () => {
  await fake.project("p", { mode: "slow" });
  const { stderr } = await startHost(planFor("p"), { HARDCALL_LOG_LEVEL: "debug" }).ended;
  const lines = stderr.split("\n").filter((line) => line.includes('"job"'));
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { call: "matrix", state: "running", attempt: 1 },
    { call: "matrix", state: "succeeded", attempt: 1, bytes: 2048 },
  ]);
});

it("logs each change of a job's state to the call's logger, before the line of the call", async () => {
  const states = ["pending", "running", "running", "succeeded"] as const;
  let looks = 0;
  const driver: JobDriver<void, string> = {
    submit: async () => undefined,
    status: async () => ({ state: states[looks++] ?? "succeeded", bytes: 10 * looks }),
    cancel: async () => undefined,
    result: async () => ({ value: "done" }),
  };
  const lines: { readonly message: string; readonly fields: object }[] = [];
  const info = (fields: object, message: string) => void lines.push({ message, fields });
  const logger = { info, warn: info, error: info };
  const callee = job(driver, { maxPoll: 500 });

  const { callId } = await defineCall({
    name: "nightly",
    callee,
    timeout: "20s",
    effects: "none",
    logger,
  })();

  expect(lines.map(({ message }) => message)).toEqual([
    "nightly job pending",
    "nightly job running",
    "nightly job succeeded",
    "nightly executed",
  ]);
  expect(lines[1]!.fields).toEqual({
    call: "nightly",
    callId,
    attempt: 1,
    job: expect.stringMatching(/^nightly_[0-9a-f]{32}_a1$/) as string,
    state: "running",
    seconds: expect.any(Number) as number,
    bytes: 20,
  });
});

it("leaves no request open that would keep its process", async () => {
  await fake.project("p", { mode: "hang" });
  const host = startHost({ ...planFor("p"), timeout: { total: 1500, attempt: 1500 } });
  await once(host.child.stdout!, "data");
  const settledAt = performance.now();
  await host.ended;
  expect(performance.now() - settledAt).toBeLessThan(5000);
});

it("leaves the job to the call that took it over", async () => {
  const asked: string[] = [];
  const driver: JobDriver<void, string> = {
    submit: async () => void asked.push("submit"),
    status: async () => ({ state: "running" }),
    cancel: async () => void asked.push("cancel"),
    result: async () => ({ value: "done" }),
  };
  const call = defineCall({ name: "taken", callee: job(driver), timeout: "20s", effects: "none" });
  const taken = Object.assign(new Error("another owner has it"), { code: "lease_lost" });
  const controller = new AbortController();
  setTimeout(() => controller.abort(taken), 700);

  const ended = await call.settle(undefined, { signal: controller.signal });

  expect(ended).toMatchObject({ code: "lease_lost", effect: "unknown" });
  expect(asked).toEqual(["submit"]);
});

const never = () => new Promise<never>(() => undefined);

it("settles when no call of the driver ever does", async () => {
  const driver: JobDriver<void, string> = { submit: never, status: never, cancel: never, result: never };
  const callee = job(driver, { callTimeout: 200, cancelGrace: 600 });
  const call = defineCall({ name: "silent", callee, timeout: "1s", effects: "none" });
  const [startedAt, waited] = [performance.now(), countWaits()];

  const ended = await call.settle();

  expect(performance.now() - startedAt).toBeLessThan(2600 + waited());
  expect(ended).toMatchObject({ code: "cancel_unconfirmed", effect: "unknown", retryable: false });
  expect((ended as Error).message).toContain(ended.externalRef);
});

it("says everything that is wrong with its options", () => {
  const callee = job({} as JobDriver<void, void>, { cancelGrace: 0, minPoll: 100, maxPoll: 50 });
  expect(() => defineCall({ name: "wrong", callee, timeout: "1s", effects: "none" })).toThrow(
    'Invalid configuration of the call "wrong":' +
      "\n- cancelGrace is 0; a duration must be greater than 0" +
      "\n- minPoll is 100 ms; give at least 500 ms, so that hardcall asks the service at most twice a second" +
      "\n- maxPoll must not be shorter than minPoll" +
      "\n- job() needs a driver with the functions submit, status, cancel, result",
  );
});

it("does not take a result without a value for one", async () => {
  const driver = {
    submit: async () => undefined,
    status: async () => ({ state: "succeeded" }),
    cancel: async () => undefined,
    result: async () => null,
  } as unknown as JobDriver<void, string>;
  const call = defineCall({ name: "nothing", callee: job(driver), timeout: "20s", effects: "none" });

  const ended = await call.settle();

  expect(ended).toMatchObject({ code: "invalid_output", effect: "completed" });
});

it.each([
  ["an HTTP status", { status: 400 }],
  ["a refused connection", { code: "ECONNREFUSED" }],
  ["an effect of its own", { effect: "rejected" }],
  ["the fields of a refusal", { failure: { code: "unavailable", message: "no", effect: "rejected" } }],
])("looks for the job when its driver starts one and throws with %s", async (_, fields) => {
  const started = new Set<string>();
  const driver: JobDriver<void, string> = {
    submit: async (id) => {
      started.add(id);
      throw Object.assign(new Error("told the notifier"), fields);
    },
    status: async (id) => ({ state: started.has(id) ? "succeeded" : "missing" }),
    cancel: async () => undefined,
    result: async () => ({ value: "done" }),
  };
  const retry = { attempts: 3, baseDelay: 1 };
  const call = defineCall({ name: "notifying", callee: job(driver), timeout: "30s", effects: "none", retry });

  expect(await call.settle()).toMatchObject({ outcome: "executed", value: "done" });

  expect(started.size).toBe(1);
});

it("is not sure of a refusal when the end of the submit before it is unknown", async () => {
  const ends: (() => Error)[] = [
    () => Object.assign(new Error("reset"), { code: "ECONNRESET" }),
    () => jobError({ code: "unavailable", message: "was refused", effect: "rejected" }),
  ];
  const ids = new Set<string>();
  const driver: JobDriver<void, string> = {
    submit: async (id) => {
      ids.add(id);
      throw ends.shift()?.() ?? new Error("no more");
    },
    status: async () => ({ state: "missing" }),
    cancel: async () => undefined,
    result: async () => ({ value: "done" }),
  };
  const call = defineCall({ name: "reset", callee: job(driver), timeout: "30s", effects: "once" });

  expect(await call.settle()).toMatchObject({ code: "unavailable", effect: "unknown" });
});

it("believes rejected() of a driver's submit", async () => {
  const driver: JobDriver<void, string> = {
    submit: async () => {
      throw rejected("the quota is used up", { status: 429 });
    },
    status: async () => ({ state: "missing" }),
    cancel: async () => undefined,
    result: async () => ({ value: "done" }),
  };
  const call = defineCall({ name: "quota", callee: job(driver), timeout: "30s", effects: "once" });

  expect(await call.settle()).toMatchObject({ code: "rate_limited", effect: "rejected" });
});
