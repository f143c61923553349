import { writeFileSync } from "node:fs";
import path from "node:path";
import { PgBoss } from "pg-boss";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError, defineCall, task } from "../../src/index.ts";
import { work } from "../../src/pg-boss/index.ts";
import { tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { publishQueue } from "./queue.ts";

const call = (timeout: string, ledger = ledgerPath()) =>
  defineCall({ name: "publish-post", callee: task(async () => "done"), timeout, effects: "once", ledger });

const problemsOf = async (promise: Promise<unknown>): Promise<readonly string[]> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error("it was not refused", { cause: error });
  return error.problems;
};

describe("work() refuses", () => {
  it("a queue that does not exist, has no dead-letter queue or expires before the call's timeout, each with what to do", async () => {
    const { boss } = await publishQueue();
    expect(await problemsOf(work(boss, "posts", call("1m")))).toEqual([
      'there is no queue "posts"; make it first: boss.createQueue("posts-dead"), then boss.createQueue("posts", { deadLetter: "posts-dead" })',
    ]);
    await boss.createQueue("bare", { expireInSeconds: 60 });
    expect(await problemsOf(work(boss, "bare", call("1m")))).toEqual([
      'the queue "bare" has no dead-letter queue, where jobs go that must not be retried; give it one: boss.createQueue("bare-dead"), then boss.updateQueue("bare", { deadLetter: "bare-dead" })',
      'the queue "bare" hands a job to another worker after 1 min (expireInSeconds), but a call may take 1 min 20 s (timeout 1 min, then 5 s to stop and 15 s to record it); boss.updateQueue("bare", { expireInSeconds: 80 })',
    ]);
    expect(await problemsOf(work(boss, "publish", call("24h")))).toEqual([
      expect.stringContaining("pg-boss allows at most 24 h; shorten the timeout"),
    ]);
    await boss.updateQueue("bare", { deadLetter: "publish-dead", expireInSeconds: 80 });
    await work(boss, "bare", call("1m"));
  });

  it("wrong arguments and options, all at once", async () => {
    const { boss } = await publishQueue();
    const options = { concurrency: 0, stopGrace: "soon", localConcurrency: 4, key: "slot", batchSize: "2" };
    const plain = async () => "done";
    expect(await problemsOf(work({} as never, "", plain as never, options as never))).toEqual([
      'the first argument must be a PgBoss, from import { PgBoss } from "pg-boss"',
      'the queue is ""; give its name',
      "the third argument must be a call that defineCall made",
      "localConcurrency is not an option; the options are concurrency, key, stopGrace, logger, batchSize, pollingIntervalSeconds, notifyPollingIntervalSeconds, burstWhenReadyExceeds, burstWhenBatchFull, heartbeatRefreshSeconds, minPriority, maxPriority, groupConcurrency, localGroupConcurrency",
      "key must be a function",
      "batchSize must be a number",
      "concurrency is 0; give a whole number from 1 to 1000",
      'stopGrace is "soon"; give milliseconds, or a string such as "90s", "10m" or "1h30m"',
    ]);
    expect(await problemsOf(work(boss, "publish", call("1m"), { pollingIntervalSeconds: 0.1 }))).toEqual([
      expect.stringMatching(/^pg-boss refuses an option: .*pollingIntervalSeconds/),
    ]);
  });

  it("a pg-boss that was not started, and a queue that pg-boss cannot have", async () => {
    const { boss, url } = await publishQueue();
    expect(await problemsOf(work(new PgBoss(url), "publish", call("1m")))).toEqual([
      "this PgBoss is not started; call `await boss.start()` first",
    ]);
    expect(await problemsOf(work(boss, "a queue?", call("1m")))).toEqual([
      expect.stringMatching(/^pg-boss refuses the queue: /),
    ]);
  });

  it("a pg-boss without a fence of its claims, or without transactions", async () => {
    const { boss } = await publishQueue();
    const older = new Proxy(boss, {
      get: (of, name) => (name === "previewRedrive" ? undefined : Reflect.get(of, name)),
    });
    expect(await problemsOf(work(older, "publish", call("1m")))).toEqual([
      "this pg-boss is too old: install pg-boss 12.35 or newer (npm install pg-boss@12)",
    ]);
    const bare = new Proxy(boss, {
      get: (of, name) => (name === "getDb" ? () => ({}) : Reflect.get(of, name)),
    });
    expect(await problemsOf(work(bare, "publish", call("1m")))).toEqual([
      expect.stringContaining("cannot begin a transaction"),
    ]);
  });

  it("a call that cannot stop within the lease of a ledger that several hosts share, before it would dead-letter each job", async () => {
    const { boss, url } = await publishQueue();
    const slow = defineCall({
      name: "publish-post",
      callee: task(async () => "done", { cancelGrace: "28s" }),
      timeout: "1m",
      effects: "once",
    });
    process.env["HARDCALL_LEDGER"] = url;
    onTestFinished(() => void delete process.env["HARDCALL_LEDGER"]);
    expect(await problemsOf(work(boss, "publish", slow))).toEqual([
      expect.stringMatching(/^cancelGrace is too long for a ledger that several hosts share/),
    ]);
  });

  it("to start without its ledger, and fetches no job", async () => {
    const { boss, jobs, send } = await publishQueue();
    const file = path.join(tempFolder(), "notes.txt");
    writeFileSync(file, "no ledger");
    await send({});
    await expect(work(boss, "publish", call("1m", file))).rejects.toMatchObject({
      code: "ledger_unavailable",
      effect: "not_started",
      message: expect.stringMatching(/^The worker of the call "publish-post" was not started: /),
    });
    expect(await jobs.all("publish")).toMatchObject([{ state: "created", retryCount: 0 }]);
  });
});
