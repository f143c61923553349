import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { bigqueryQuery } from "../../src/bigquery/index.ts";
import { defineCall } from "../../src/index.ts";
import { fakeBigQuery } from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "./client.ts";

const SQL = "SELECT n FROM t";

it("times out, cancels, tries again and has the rows, where the naive call still waits", async () => {
  await using fake = await fakeBigQuery();
  await fake.project("naive", { mode: "hang-results" });
  await fake.project("hard", { mode: ["hang-results", "ok"] });

  const naive = (async () => {
    const [job] = await genuineClient(fake.url, "naive").createQueryJob({ query: SQL });
    // ast-grep-ignore: js-job-timeout, reason: the incident, shown on purpose
    return await job.getQueryResults();
  })().then(
    () => "settled",
    () => "settled",
  );
  const afterFiveSeconds = Promise.race([naive, wait(5000, "pending")]);

  const client = genuineClient(fake.url, "hard");
  const report = defineCall({
    name: "incident",
    callee: bigqueryQuery({ client, query: SQL, rows: "nonEmpty", cancelGrace: "1s" }),
    timeout: { total: "10s", attempt: "1500ms" },
    effects: "none",
    retry: { attempts: 2, baseDelay: 50 },
  });
  const { value, attempts } = await report();

  expect(value).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(attempts[0]).toMatchObject({ code: "timeout", effect: "completed" });
  const { requests, mostAtOnce } = await fake.report("hard");
  expect(requests.map(({ endpoint }) => endpoint)).toContain("cancel");
  expect(mostAtOnce).toBe(1);
  expect(await afterFiveSeconds).toBe("pending");
});

it("cancels a job that runs for ever before it starts the next", async () => {
  await using fake = await fakeBigQuery({ mode: "running,ok" });
  const client = genuineClient(fake.url, "p");
  const report = defineCall({
    name: "incident",
    callee: bigqueryQuery({ client, query: SQL, rows: "nonEmpty", cancelGrace: "3s" }),
    timeout: { total: "12s", attempt: "1500ms" },
    effects: "none",
    retry: { attempts: 2, baseDelay: 50 },
  });

  const { value, attempts } = await report();

  expect(value).toHaveLength(3);
  expect(attempts.map(({ code, effect }) => [code, effect])).toEqual([
    ["timeout", "rejected"],
    [undefined, "completed"],
  ]);
  const { jobs, mostAtOnce } = await fake.report("p");
  expect(jobs.map(({ state, cancelled }) => [state, cancelled])).toEqual([
    ["DONE", true],
    ["DONE", false],
  ]);
  expect(mostAtOnce).toBe(1);
});

it("ends a silent job by its idle limit", async () => {
  await using fake = await fakeBigQuery({ mode: "running" });
  const client = genuineClient(fake.url, "p");
  const report = defineCall({
    name: "incident",
    callee: bigqueryQuery({ client, query: SQL, rows: "nonEmpty", cancelGrace: "3s" }),
    timeout: { total: "30s", idle: "1500ms" },
    effects: "none",
  });

  const ended = await report.settle();

  const id = ended.externalRef;
  expect(ended).toMatchObject({
    code: "idle_timeout",
    effect: "rejected",
    message: `The call "incident" showed no sign of life for 1.5 s (idle limit), and its job ${id} has stopped. If it is normally silent for so long, raise timeout.idle; otherwise find out what it waits for.`,
  });
});
