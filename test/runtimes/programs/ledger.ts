/** Calls with a key: never twice, also after a crash, among processes and threads. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { DatabaseSync } from "node:sqlite";
import { dedupe, defineCall, defineResource, task } from "hardcall";
import { memoryLedger } from "hardcall/testing";
import { check, failureOf } from "./lib/check.ts";
import { hardcall, host, tempFolder } from "./lib/start.ts";

const newLedger = () => path.join(tempFolder(), "ledger.db");
const linesOf = (file: string) =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];

function publishing(ledger: string | ReturnType<typeof memoryLedger>) {
  const posts: string[] = [];
  const publish = defineCall({
    name: "publish",
    callee: task(async (slot: string) => `post ${posts.push(slot)}`),
    timeout: "20s",
    effects: "once",
    key: (slot: string) => slot.slice(0, 5),
    ledger,
  });
  return { posts, publish };
}

await check("a key is executed once and replayed, from a file and from memory", [], async () => {
  for (const ledger of [newLedger(), memoryLedger()]) {
    const { posts, publish } = publishing(ledger);
    assert.equal((await publish("18:00")).outcome, "executed");
    const { outcome, value } = await publish("18:00");
    assert.deepEqual([outcome, value, posts.length], ["replayed", "post 1", 1]);
    assert.equal((await failureOf(publish("18:00, another text"))).code, "key_conflict");
  }
});

await check("the ledger's file and folder are their owner's alone", [], async () => {
  const ledger = path.join(tempFolder(), "new", "ledger.db");
  await publishing(ledger).publish("18:00");
  assert.equal(statSync(ledger).mode & 0o777, 0o600);
  assert.equal(statSync(path.dirname(ledger)).mode & 0o777, 0o700);
});

await check("the same key with another command is a key_conflict", [31], async () => {
  const ledger = newLedger();
  const call = (word: string) =>
    hardcall(["run", "--timeout", "9s", "--key", "k", "--ledger", ledger, "--", "echo", word]);
  assert.equal((await call("a")).code, 0);
  assert.equal((await call("a")).stdout, "a\n");
  assert.equal((await call("b")).code, 73);
});

await check("of 8 processes with one key, one runs the call", [26], async () => {
  const [ledger, posts] = [newLedger(), path.join(tempFolder(), "posts")];
  const ends = await Promise.all(
    Array.from({ length: 8 }, () => host("publishes.ts", ["", ledger, posts]).ended),
  );
  const said = ends.map(({ stdout, stderr }) => stdout.trim() + stderr).toSorted();
  assert.deepEqual(said, ["executed", ...Array.from({ length: 7 }, () => "replayed")]);
  assert.deepEqual(linesOf(posts), ["a"]);
});

await check(
  "after kill -9 in the middle, once is in doubt and does not run again; keyed does",
  [27],
  async () => {
    for (const how of ["dies before", "dies after"]) {
      for (const [effects, next] of [
        ["once", "in_doubt"],
        ["keyed", "executed"],
      ] as const) {
        const [ledger, posts] = [newLedger(), path.join(tempFolder(), "posts")];
        const died = await host("publishes.ts", [how, ledger, posts, "a", effects]).ended;
        assert.equal(died.signal, "SIGKILL");
        const before = linesOf(posts).length;
        const again = await host("publishes.ts", ["", ledger, posts, "a", effects]).ended;
        assert.equal(again.stdout.trim(), next, again.stderr);
        assert.equal(linesOf(posts).length - before, next === "executed" ? 1 : 0);
      }
    }
  },
);

await check("an operator settles what is in doubt", [27], async () => {
  const [ledger, posts] = [newLedger(), path.join(tempFolder(), "posts")];
  await host("publishes.ts", ["dies before", ledger, posts]).ended;
  assert.equal((await host("publishes.ts", ["", ledger, posts]).ended).stdout.trim(), "in_doubt");
  const listed = await hardcall(["ledger", "list", "--json", "--ledger", ledger]);
  const [, callId = ""] = /"callId": ?"([^"]+)"/.exec(listed.stdout) ?? [];
  const why = ["--by", "ops", "--why", "nothing was posted"];
  const resolved = await hardcall([
    "ledger",
    "resolve",
    callId,
    "--as",
    "absent",
    ...why,
    "--ledger",
    ledger,
  ]);
  assert.equal(resolved.code, 0, resolved.stderr);
  assert.equal((await host("publishes.ts", ["", ledger, posts]).ended).stdout.trim(), "executed");
});

await check("a locked ledger does not make a call late", [7], async () => {
  const ledger = newLedger();
  const { publish } = publishing(ledger);
  await publish("17:00");
  const locker = new DatabaseSync(ledger);
  locker.exec("BEGIN IMMEDIATE");
  const late = defineCall({
    name: "late",
    callee: task(async () => 1),
    timeout: "1s",
    effects: "once",
    key: () => "k",
    ledger,
  });
  const from = performance.now();
  const { effect } = await failureOf(late());
  assert.equal(effect, "not_started");
  assert.ok(performance.now() - from < 2500, `${performance.now() - from} ms`);
  locker.exec("ROLLBACK");
  locker.close();
  assert.equal((await publish("19:00")).outcome, "executed");
});

await check(
  "a ledger that was deleted, and one that was damaged, is an error, and nothing starts",
  [34],
  async () => {
    const ledger = newLedger();
    const { publish } = publishing(ledger);
    for (let number = 10; number < 80; number++) await publish(`${number}:00`);
    // A process has counted 70 calls, each in its place: the next one believes it.
    const posts = path.join(tempFolder(), "posts");
    assert.equal((await host("publishes.ts", ["", ledger, posts, "80:00"]).ended).stdout, "executed\n");
    rmSync(ledger);
    assert.equal((await failureOf(publish("99:00"))).code, "ledger_unavailable");
    const { stdout } = await host("publishes.ts", ["", ledger, posts, "81:00"]).ended;
    assert.deepEqual([stdout, linesOf(posts)], ["ledger_unavailable\n", ["80:00"]]);
  },
);

await check("a worker thread that was ended counts as dead: its key is free or in doubt", [35], async () => {
  const ledger = newLedger();
  const source = `
    const { parentPort, workerData } = require("node:worker_threads");
    const thread = require("node:fs").readlinkSync("/proc/thread-self");
    import("hardcall").then(async ({ defineCall, task }) => {
      const call = defineCall({ name: "publish", timeout: "50s", effects: "once", key: () => "a", ledger: workerData,
        callee: task(async () => { parentPort.postMessage(thread); await new Promise((r) => setTimeout(r, 50000)); }) });
      await call();
    }).catch((error) => parentPort.postMessage(String(error)));`;
  const worker = new Worker(source, { eval: true, workerData: ledger });
  const said = String(await new Promise((resolve) => worker.once("message", resolve)));
  assert.match(said, /^\d+\/task\/\d+$/);
  await worker.terminate();
  // Deno says that it is done before the thread has ended, and until then the key is in progress.
  for (let left = 2000; left > 0 && existsSync(`/proc/${said}`); left--) await wait(5);
  const next = await failureOf(
    defineCall({
      name: "publish",
      callee: task(async () => 1),
      timeout: "20s",
      effects: "once",
      key: () => "a",
      ledger,
    })(),
  );
  assert.equal(next.code, "in_doubt");
});

await check("content is published once; blank content is neither new nor a duplicate", [36, 37], async () => {
  const drafts = dedupe({ scope: "drafts", ledger: newLedger() });
  let published = 0;
  const publish = async () => `post ${(published += 1)}`;
  assert.equal((await drafts.once("text", publish)).outcome, "executed");
  assert.equal((await drafts.once("text\n", publish)).outcome, "replayed");
  assert.equal(published, 1);
  await assert.rejects(drafts.check(" \n"));
});

await check(
  "no more calls at once than a resource allows; a killed host frees its place",
  [44, 45],
  async () => {
    const [ledger, posts] = [newLedger(), path.join(tempFolder(), "posts")];
    let [now, most] = [0, 0];
    const places = defineResource({ name: "places", concurrency: 2 });
    const work = defineCall({
      name: "work",
      callee: task(async () => {
        most = Math.max(most, (now += 1));
        await wait(100);
        now -= 1;
        return 1;
      }),
      timeout: "20s",
      effects: "none",
      resource: places,
      ledger,
    });
    await Promise.all(Array.from({ length: 8 }, () => work()));
    assert.equal(most, 2);
    const other = newLedger();
    const holder = host("publishes.ts", ["takes a place", other, posts, "a"]);
    await new Promise((resolve) => holder.child.stdout?.once("data", resolve));
    const from = performance.now();
    const waiting = host("publishes.ts", ["waits for a place", other, posts, "b"]);
    await wait(500);
    process.kill(holder.child.pid!, "SIGKILL");
    assert.equal((await waiting.ended).stdout.trim(), "executed");
    assert.ok(performance.now() - from < 15_000);
  },
);

await check(
  "the journal records calls without a key, and is whole when its process has ended",
  [],
  async () => {
    const ledger = newLedger();
    const call = [
      "run",
      "--timeout",
      "9s",
      "--ledger",
      ledger,
      "--journal",
      "--name",
      "noted",
      "--",
      "echo",
      "x",
    ];
    assert.equal((await hardcall(call)).code, 0);
    const listed = await hardcall(["ledger", "list", "--ledger", ledger]);
    assert.match(listed.stdout, /noted/, listed.stderr);
  },
);

await check("1,000 replays of a file leave the event loop its turns", [8], async () => {
  const { publish } = publishing(newLedger());
  await publish("18:00");
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  for (let number = 0; number < 1000; number++) await publish("18:00");
  clearInterval(timer);
  assert.ok(turns > 3, `${turns} turns`);
});
