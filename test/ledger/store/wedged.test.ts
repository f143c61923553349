import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { LedgerStore, StoreOptions } from "../../../src/ledger/store/store.ts";
import { tempFolder } from "../../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import * as cli from "../../helpers/run.ts";
import { proceed, request, start, succeeded } from "../harness.ts";
import { fakeOwner } from "../owners.ts";

const SQLITE = fileURLToPath(new URL("../../../src/ledger/store/sqlite.ts", import.meta.url));
const OPENER = fileURLToPath(new URL("../../helpers/open-ledger.ts", import.meta.url));
const KEY = { name: "publish", key: "lodge/2026-11-20" } as const;

const stores: LedgerStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

async function open(file: string, options: StoreOptions = {}): Promise<LedgerStore> {
  const store = await openLedgerAt(file, options);
  stores.push(store);
  return store;
}

const ledgerFile = () => path.join(tempFolder(), "ledger.db");

describe("a result that could not be written", () => {
  it("is written by itself once the lock is gone, for other processes to see", async () => {
    const file = ledgerFile();
    const store = await open(file);
    const claim = await start(store, "once");
    const locker = new DatabaseSync(file);
    locker.exec("BEGIN IMMEDIATE");
    await expect(store.settle(claim, succeeded({ id: 7 }), { withinMs: 20 })).rejects.toThrow("was locked");
    locker.exec("COMMIT");
    locker.close();
    const other = await open(file, { owner: fakeOwner("other"), liveness: () => "alive" });
    const deadline = performance.now() + 20_000;
    let answer = await other.claim(request("once"));
    while (answer.kind === "in_progress" && performance.now() < deadline) {
      await new Promise(setImmediate);
      answer = await other.claim(request("once"));
    }
    expect(answer).toMatchObject({ kind: "replayed", record: { value: { json: '{"id":7}' } } });
  });

  it("is written after the ledger was closed too", async () => {
    const file = ledgerFile();
    const store = await open(file);
    const claim = await start(store, "once");
    const locker = new DatabaseSync(file);
    locker.exec("BEGIN IMMEDIATE");
    await expect(store.settle(claim, succeeded({ id: 7 }), { withinMs: 20 })).rejects.toThrow("was locked");
    await store.close();
    locker.exec("COMMIT");
    locker.close();
    const other = await open(file, { owner: fakeOwner("other"), liveness: () => "alive" });
    await expect
      .poll(async () => (await other.claim(request("once"))).kind, { timeout: 20_000 })
      .toBe("replayed");
  });

  it("is kept as a late one when the operation has a new owner by then, and changes nothing of its", async () => {
    const file = ledgerFile();
    const store = await open(file);
    const claim = await start(store, "keyed");
    const locker = new DatabaseSync(file);
    locker.exec("BEGIN IMMEDIATE");
    await expect(store.settle(claim, succeeded(1), { withinMs: 20 })).rejects.toThrow("was locked");
    locker.exec("COMMIT");
    locker.close();
    const other = await open(file, { owner: fakeOwner("other"), liveness: () => "dead" });
    await start(other, "keyed");
    await store.claim(request("keyed"));
    const [history] = await other.show({ callIdOrKey: KEY.key });
    expect(history?.record).toMatchObject({ state: "started", fence: claim.fence + 1 });
    expect(history?.attempts.filter(({ late }) => late)).toMatchObject([
      { fence: claim.fence, effect: "completed" },
    ]);
  });

  it("holds a process that has nothing else to do for 2 s, and no longer", async () => {
    const file = ledgerFile();
    await open(file);
    const script = path.join(path.dirname(file), "host.ts");
    writeFileSync(
      script,
      `import { openSqliteStore } from ${JSON.stringify(SQLITE)};
      const store = await openSqliteStore({ path: process.argv[2] });
      const { claim } = await store.claim({ name: "publish", key: "a", callId: "c", fingerprint: "f", effects: "once", leaseMs: 30_000 });
      await store.started(claim);
      console.log("started");
      process.stdin.once("data", async () => {
        process.stdin.pause();
        await store.settle(claim, { state: "succeeded", end: {}, value: 1 }, { withinMs: 1 }).catch(() => undefined);
        console.log(performance.timeOrigin + performance.now());
      });`,
    );
    const { child, finished } = cli.start(process.execPath, [script, file], { stdin: cli.OPEN });
    await once(child.stdout!, "data");
    const locker = new DatabaseSync(file);
    locker.exec("BEGIN IMMEDIATE");
    child.stdin?.end("go\n");
    const { exitCode, stdout, exitedAt } = await finished;
    locker.exec("COMMIT");
    locker.close();
    expect(exitCode).toBe(0);
    expect(exitedAt - Number(stdout.toString().split("\n")[1])).toBeLessThan(4000);
  });
});

describe.runIf(process.platform === "linux").each(LEDGER_KINDS)(
  "a worker thread that was terminated in the middle of a call, with the ledger in %s",
  (kind) => {
    const CODE = `
    const { workerData, parentPort } = require("node:worker_threads");
    import(workerData.opener).then(async ({ openLedgerAt }) => {
      const store = await openLedgerAt(workerData.file);
      const { claim } = await store.claim(workerData.request);
      await store.started(claim);
      parentPort.postMessage("started");
      setInterval(() => undefined, 1000);
    });`;

    const working = async (file: string) => {
      const worker = new Worker(CODE, {
        eval: true,
        workerData: { opener: OPENER, file, request: request("once") },
      });
      await once(worker, "message");
      return worker;
    };

    it("is dead to its own process, and to others", async () => {
      const file = await newLedger(kind);
      const store = await open(file);
      const worker = await working(file);
      const resolve = [
        "ledger",
        "resolve",
        KEY.key,
        "--as",
        "absent",
        "--by",
        "ann",
        "--why",
        "seen",
        "--ledger",
        file,
      ];
      expect(await store.claim(request("once"))).toMatchObject({ kind: "in_progress" });
      expect((await cli.hardcall(resolve)).exitCode).toBe(73);
      await worker.terminate();
      expect((await cli.hardcall(resolve)).exitCode).toBe(0);
      expect((await store.claim(request("once"))).kind).toBe("proceed");
      const again = await open(file);
      await again.close();
    });

    it("leaves its key in doubt for the next call of its own process", async () => {
      const file = await newLedger(kind);
      const store = await open(file);
      await (await working(file)).terminate();
      expect((await store.claim(request("once"))).kind).toBe("in_doubt");
    });
  },
);

describe.each(LEDGER_KINDS)("ledger resolve --force, with the ledger in %s", (kind) => {
  const tell = async (file: string, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await cli.hardcall(["ledger", ...args, "--ledger", file]);
    return { exitCode, stdout: stdout.toString(), stderr };
  };
  const say = (as: string, why: string) => ["resolve", KEY.key, "--as", as, "--by", "ann", "--why", why];

  it("overrides an owner whose lease never ends, tells which, and keeps the late result of that owner", async () => {
    const file = await newLedger(kind);
    // In another pid namespace, with a clock an hour ahead: nothing can be known of it.
    const gone = await open(file, { owner: fakeOwner("gone"), clock: () => Date.now() + 3_600_000 });
    const claim = await start(gone, "once");
    const refused = await tell(file, ...say("absent", "not on the page"));
    expect(refused).toMatchObject({ exitCode: 73, stdout: "" });
    expect(refused.stderr).toContain(
      "is in progress (process 100 on here); wait until it ends, or add --force",
    );
    const forced = await tell(file, ...say("absent", "not on the page"), "--force");
    expect(forced).toMatchObject({ exitCode: 0, stderr: "" });
    expect(forced.stdout).toMatch(
      /resolved as absent; it is now failed; it was started, held by process 100 on here \(call /,
    );
    expect((await tell(file, "show", KEY.key)).stdout).toMatch(
      /by ann: absent \(not on the page\), by force over started, held by process 100 on here/,
    );
    expect((await gone.settle(claim, succeeded({ id: 7 }))).kind).toBe("settled_late");
    const [history] = await gone.show({ callIdOrKey: KEY.key });
    expect(history).toMatchObject({
      record: { state: "succeeded", settledBy: "late", value: { json: '{"id":7}' } },
      attempts: [
        { late: false, code: "owner_lost" },
        { late: true, effect: "completed" },
      ],
      resolutions: [{ by: "ann", overrode: expect.stringContaining("started") as string }],
    });
  });

  it("takes back a wrong --as done, and any other end of an operation", async () => {
    const file = await newLedger(kind);
    const store = await open(file);
    await store.settle(await start(store, "once"), {
      state: "failed",
      end: { code: "timeout", effect: "unknown" },
    });
    expect((await tell(file, ...say("done", "I think so"))).exitCode).toBe(0);
    const refused = await tell(file, ...say("absent", "it is not there"));
    expect(refused).toMatchObject({ exitCode: 73 });
    expect(refused.stderr).toContain("is succeeded, not in doubt; add --force to overrule that");
    expect((await tell(file, ...say("absent", "it is not there"), "--force")).stdout).toContain(
      "resolved as absent; it is now failed; it was succeeded, settled by operator",
    );
    expect((await tell(file, ...say("done", "it is there"), "--force")).stdout).toContain(
      "it is now succeeded",
    );
    expect((await tell(file, ...say("absent", "it is not"), "--force")).exitCode).toBe(0);
    const [history] = await store.show({ callIdOrKey: KEY.key });
    expect(history?.resolutions.map(({ answer, overrode }) => [answer, overrode?.split(" (")[0]])).toEqual([
      ["present", undefined],
      ["absent", "succeeded, settled by operator"],
      ["present", "failed, settled by operator"],
      ["absent", "succeeded, settled by operator"],
    ]);
    await store.settle(await start(store, "once"), succeeded("post"));
    expect((await tell(file, ...say("absent", "it was taken down"), "--force")).exitCode).toBe(0);
    expect((await store.claim(request("once"))).kind).toBe("proceed");
  });

  it("stops a holder that is still before the effect", async () => {
    const file = await newLedger(kind);
    const store = await open(file);
    const claim = await proceed(store, "once");
    expect((await tell(file, ...say("done", "it is there"), "--force")).exitCode).toBe(0);
    await expect(store.started(claim)).rejects.toMatchObject({ code: "lease_lost" });
  });
});
