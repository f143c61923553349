import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { dedupe, fileWritten, defineCall, openLedger, task } from "hardcall";
import { checkSentinels, defineSentinel } from "hardcall/sentinel";
import { callOnce, folder, Host, LEDGER_HOST, newLedger, running } from "./lib/ledger-calls.ts";
import type { LedgerOrder } from "./lib/ledger-host.ts";
import { WINE } from "./lib/platform.ts";

/** So many processes make one call at the same moment. Wine is slow to start them. */
const PROCESSES = WINE ? 12 : 50;

test("a call whose process has ended is free at once, and one whose process lives is not", async () => {
  const order = { ledger: newLedger(), key: "k" };
  const host = await running(order);
  assert.deepEqual(await callOnce(order), { outcome: "in_progress", code: "in_progress" });
  await host.kill();
  assert.deepEqual(await callOnce(order), { outcome: "executed" });
});

test("a call that may have happened is in doubt after the end of its process", async () => {
  const order = { ledger: newLedger(), key: "k", effects: "once" } as const;
  await callOnce({ ...order, does: "die" });
  assert.deepEqual(await callOnce(order), { outcome: "in_doubt", code: "in_doubt" });
});

test("two processes see one boot and one machine, and each its own start", async () => {
  const ledger = newLedger();
  await callOnce({ ledger, key: "one" });
  await callOnce({ ledger, key: "two" });
  const store = await openLedger(ledger);
  const [one, two] = (await store.list()).map(({ owner }) => owner);
  await store.close();
  assert.match(one?.bootId ?? "", /^win32:\d{18}$/);
  assert.match(one?.pidSpace ?? "", /^win32 \d+$/);
  assert.deepEqual([one?.bootId, one?.pidSpace], [two?.bootId, two?.pidSpace]);
  assert.match(one?.pidStart ?? "", /^\d{16}$/);
  assert.notEqual(one?.pidStart, two?.pidStart);
});

test("a living process that has the pid of an ended owner is not that owner", async () => {
  const order = { ledger: newLedger(), key: "k" };
  await (await running(order)).kill();
  const database = new DatabaseSync(order.ledger);
  // As if Windows had used the number again, for this process.
  database.prepare("UPDATE operations SET owner_pid = ?").run(process.pid);
  database.close();
  assert.deepEqual(await callOnce(order), { outcome: "executed" });
});

test("a call whose worker thread has ended is free at once, while its process lives", async () => {
  const order = { ledger: newLedger(), key: "k" };
  const worker = new Worker(LEDGER_HOST, { workerData: { ...order, does: "hang" } satisfies LedgerOrder });
  assert.deepEqual(await once(worker, "message"), ["ready"]);
  assert.deepEqual(await once(worker, "message"), ["began"]);
  assert.deepEqual(await callOnce(order), { outcome: "in_progress", code: "in_progress" });
  await worker.terminate();
  assert.deepEqual(await callOnce(order), { outcome: "executed" });
});

test(`${PROCESSES} processes make one call at the same moment: one starts it, the others get its result`, async () => {
  const order = {
    ledger: newLedger(),
    key: "k",
    effects: "once",
    onInProgress: "wait",
    waits: true,
  } as const;
  const hosts = Array.from({ length: PROCESSES }, () => new Host(order));
  for (const host of hosts) assert.equal(await host.next(), "ready");
  for (const host of hosts) host.begin();
  const ends = await Promise.all(hosts.map((host) => host.end()));
  assert.equal(ends.flat().filter((line) => line === "began").length, 1);
  const outcomes = Map.groupBy(ends, (lines) => JSON.stringify(lines.at(-1)));
  assert.deepEqual(outcomes.get('{"outcome":"executed"}')?.length, 1);
  assert.deepEqual(outcomes.get('{"outcome":"replayed"}')?.length, PROCESSES - 1);
});

test("the place of a process that has ended is free for the next call of the resource", async () => {
  const ledger = newLedger();
  const resource = "one-place";
  const host = await running({ ledger, key: "a", resource });
  assert.deepEqual(await callOnce({ ledger, key: "b", resource }), { outcome: "failed", code: "busy" });
  await host.kill();
  assert.deepEqual(await callOnce({ ledger, key: "b", resource }), { outcome: "executed" });
});

test("dedupe, evidence of a file, the journal and a sentinel work with a ledger on Windows", async (t) => {
  const place = newLedger();
  const ledger = await openLedger(place);
  t.after(() => ledger.close());
  const posts = dedupe({ scope: "blog", ledger });
  const draft = await posts.check("Fresh snow");
  assert.equal(draft.verdict, "new");
  if (draft.verdict === "new") await draft.commit();
  assert.equal((await posts.check("Fresh snow")).verdict, "duplicate");

  const today = new Date().toISOString().slice(0, 10);
  const file = path.join(folder, "posts", today, "a.md");
  mkdirSync(path.dirname(file), { recursive: true });
  const write = defineCall({
    name: "write",
    callee: task(async () => writeFileSync(file, "Fresh snow")),
    timeout: "20s",
    effects: "once",
    key: () => "today",
    evidence: [fileWritten(file)],
    journal: true,
    ledger,
  });
  assert.equal((await write.settle()).outcome, "executed");

  const sentinel = defineSentinel({
    name: "posts",
    window: "3d",
    count: { files: "posts/**/*.md", cwd: folder, dateInName: String.raw`/(\d{4}-\d\d-\d\d)/` },
  });
  const { sentinels } = await checkSentinels([sentinel], { ledger: place, print: () => undefined });
  assert.deepEqual(
    sentinels.map(({ verdict, found }) => [verdict, found]),
    [["ok", 1]],
  );
});
