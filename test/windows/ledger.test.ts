import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { dedupe, fileWritten, defineCall, openLedger, task } from "hardcall";
import { checkSentinels, defineSentinel } from "hardcall/sentinel";
import { otherReadersOf } from "../../src/database/windows/private-folder.ts";
import { LineProcess } from "../helpers/line-process.ts";
import type { LedgerLine, LedgerOrder } from "./lib/ledger-host.ts";
import { WINE } from "./lib/platform.ts";

const HOST = path.join(import.meta.dirname, "lib/ledger-host.ts");
/** So many processes make one call at the same moment. Wine is slow to start them. */
const PROCESSES = WINE ? 12 : 50;

const folder = mkdtempSync(path.join(tmpdir(), "Hardcall ledger "));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
let made = 0;
const newLedger = () => path.join(folder, `${++made}`, "ledger.db");

/** A process that makes a call, and is ended with the file. */
class Host {
  readonly #process: LineProcess;
  // From the start on: a line that comes before it is asked for would be lost.
  readonly #lines: AsyncIterator<string>;

  constructor(order: LedgerOrder) {
    const args = ["--disable-warning=ExperimentalWarning", HOST, JSON.stringify(order)];
    this.#process = new LineProcess(process.execPath, args, process.env);
    this.#lines = this.#process.lines[Symbol.asyncIterator]();
    after(() => this.kill());
  }

  /** `undefined`: it has ended. */
  async next(): Promise<LedgerLine | undefined> {
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : (JSON.parse(value) as LedgerLine);
  }

  begin(): void {
    this.#process.say("begin");
  }

  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.exited();
  }

  /** What it says up to its end. */
  async end(): Promise<readonly LedgerLine[]> {
    const lines: LedgerLine[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) lines.push(line);
    assert.ok(lines.length > 0, this.#process.stderr);
    await this.#process.exited();
    return lines;
  }
}

/** Makes a call in a process of its own, and gives how it ended. */
const callOnce = async (order: LedgerOrder) => (await new Host(order).end()).at(-1);

/** Starts a process whose call is running. */
async function running(order: LedgerOrder): Promise<Host> {
  const host = new Host({ ...order, does: "hang" });
  assert.deepEqual([await host.next(), await host.next()], ["ready", "began"]);
  return host;
}

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
  const worker = new Worker(HOST, { workerData: { ...order, does: "hang" } satisfies LedgerOrder });
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

test("two spellings of a path name one ledger", async () => {
  const ledger = newLedger();
  assert.deepEqual(await callOnce({ ledger, key: "k" }), { outcome: "executed" });
  const spellings = [
    ledger.toUpperCase(),
    ledger.replaceAll("\\", "/"),
    `\\\\?\\${ledger}`,
    path.join(path.dirname(ledger), ".", "LEDGER.db"),
  ];
  for (const other of spellings)
    assert.deepEqual(await callOnce({ ledger: other, key: "k" }), { outcome: "replayed" }, other);
});

test("a ledger in a folder with blanks and letters of any script, whose path is longer than 260 characters", async () => {
  const long = path.join(folder, "Größe 大小", "a".repeat(120), "b".repeat(120));
  const order = { ledger: path.join(long, "ledger.db"), key: "k" };
  assert.deepEqual(await callOnce(order), { outcome: "executed" });
  assert.deepEqual(await callOnce(order), { outcome: "replayed" });
});

const refusals = [
  [String.raw`\\server\share\ledger.db`, "ledger_unavailable", /network share/],
  [path.join(folder, "NUL.db"), "invalid_config", /"NUL.db", which is a device/],
  [path.join(folder, "ledger.db."), "invalid_config", /whose last character Windows drops/],
  [path.join(folder, "ledger.db:stream"), "invalid_config", /no file name may have on Windows/],
  [String.raw`%LOCALAPPDATA%\ledger.db`, "invalid_config", /shell did not replace its variable/],
] as const;

for (const [given, code, message] of refusals)
  test(`no ledger is made at ${path.basename(given)}`, async () => {
    await assert.rejects(openLedger(given), { code, message });
  });

test("HARDCALL_LEDGER needs a drive: without one it is another ledger on each", async (t) => {
  t.after(() => delete process.env["HARDCALL_LEDGER"]);
  for (const given of ["\\jobs\\ledger.db", "/var/lib/ledger.db", "C:ledger.db", "ledger.db"]) {
    process.env["HARDCALL_LEDGER"] = given;
    await assert.rejects(openLedger(), { code: "invalid_config", message: /relative path.*such as C:\\/ });
  }
});

test("the default ledger is in the user's profile", async () => {
  const store = await openLedger();
  await store.close();
  assert.ok(existsSync(path.join(process.env["USERPROFILE"] ?? "", ".local/state/hardcall/ledger.db")));
});

test("the folder that hardcall makes gives no rights to others, and one that was there hands on its own", async () => {
  const shared = path.join(folder, "shared");
  mkdirSync(shared);
  assert.deepEqual(otherReadersOf(shared), WINE ? ["Everyone"] : otherReadersOf(folder));
  const store = await openLedger(path.join(shared, "new", "ledger.db"));
  await store.close();
  assert.deepEqual(otherReadersOf(path.join(shared, "new")), []);
});

test("a ledger with a second name (hard link) is refused", async () => {
  const ledger = newLedger();
  await callOnce({ ledger, key: "k" });
  linkSync(ledger, `${ledger}.link`);
  await assert.rejects(openLedger(ledger), { code: "ledger_unavailable", message: /fsutil hardlink list/ });
});

test("a ledger whose newest records were taken away is refused", async () => {
  const ledger = newLedger();
  await callOnce({ ledger, key: "k" });
  renameSync(ledger, `${ledger}.away`);
  await assert.rejects(openLedger(ledger), { code: "ledger_unavailable", message: /deleted or emptied/ });
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
