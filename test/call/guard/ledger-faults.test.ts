import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import { CallError } from "../../../src/core/errors.ts";
import { task } from "../../../src/callees/task.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { Host } from "./host.ts";
import { PublishServer } from "./publish-server.ts";
import { look, post } from "./publish-client.ts";
import { publish, type Order } from "./publish.ts";

/** A publish whose ledger meets its fault when the post is out, and not before. */
function publishThen(fault: () => void, of: { ledger: string; server: PublishServer; effects: string }) {
  const { ledger, server, effects } = of;
  return defineCall({
    name: "publish",
    callee: task(async (key: string, { signal }) => {
      const published = await post(`${server.url}/ok`, key, "once", "text", signal);
      fault();
      return published;
    }),
    timeout: "60s",
    effects,
    key: (key: string) => key,
    ...(effects === "verifiable" && {
      probe: (key: string) => look(server.url, key),
      effectWithin: "none",
    }),
    ledger,
  } as Parameters<typeof defineCall<string, { id: string }, object>>[0]);
}

/** The error of a call that did its work, and could not say so. */
const UNRECORDED = {
  outcome: "failed",
  code: "ledger_unavailable",
  effect: "completed",
  retryable: false,
  value: { id: "post-a" },
  message:
    'The call "publish" did its work, but the ledger could not record it. ' +
    "The error's value holds the result. Repair the ledger before you run it again.",
};

const LOST = /was deleted or emptied: its .*ledger\S*-(created|wal).* is still there/;

const canMount = tryMount();

describe("a publish whose success cannot be written down", () => {
  it.runIf(canMount).each(["once", "verifiable"] as const)(
    "because the disk is full: the error has the result, and the next call, %s, replays it once there is room",
    async (effects) => {
      const disk = mountTmpfs("1m");
      const ledger = path.join(disk, "ledger.db");
      const server = await PublishServer.forThisTest();
      const filler = path.join(disk, "filler");
      const call = publishThen(() => fill(filler), { ledger, server, effects });
      const settled = await call.settle("a");
      expect(settled).toBeInstanceOf(CallError);
      expect(settled).toMatchObject(UNRECORDED);
      expect(Object.keys(settled)).not.toContain("value");
      expect(await call.settle("b")).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
      rmSync(filler);
      expect(await call.settle("a")).toMatchObject({
        outcome: "replayed",
        value: { id: "post-a" },
      });
      expect([server.requests("a"), server.requests("b")]).toEqual([1, 0]);
    },
  );

  it.each(["once", "verifiable"] as const)(
    "because its file was deleted: nothing more is started by this process, %s",
    async (effects) => {
      const ledger = ledgerPath();
      const server = await PublishServer.forThisTest();
      const call = publishThen(() => rmSync(ledger), { ledger, server, effects });
      expect(await call.settle("a")).toMatchObject(UNRECORDED);
      expect(await call.settle("a")).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
      // Another process finds the log of a ledger that is not there.
      await expect(Host.begin({ path: ledger })).rejects.toThrow(LOST);
      expect(server.requests("a")).toBe(1);
    },
  );

  it("because its file was cut short", async () => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const call = publishThen(() => truncateSync(ledger, 4096), { ledger, server, effects: "once" });
    // The log is moved into the file only now and then, and cannot be cut short before.
    const history = await openSqliteStore({ path: ledger });
    await history.close();
    const { size } = statSync(ledger);
    expect(size).toBeGreaterThan(4096);
    expect(await call.settle("a")).toMatchObject({ code: "ledger_unavailable", effect: "completed" });
    expect(await call.settle("a")).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
    await expect(Host.begin({ path: ledger })).rejects.toThrow(/damaged/);
    expect(server.requests("a")).toBe(1);
  });

  it("because it stays locked: the result is recorded once it is not, and the next call replays it", async () => {
    const ledger = ledgerPath();
    await (await openSqliteStore({ path: ledger })).close();
    const server = await PublishServer.forThisTest();
    const locker = new DatabaseSync(ledger);
    const call = publishThen(() => locker.exec("BEGIN IMMEDIATE"), { ledger, server, effects: "once" });
    const startedAt = performance.now();
    expect(await call.settle("a")).toMatchObject(UNRECORDED);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    locker.exec("ROLLBACK");
    locker.close();
    expect(await call.settle("a")).toMatchObject({
      outcome: "replayed",
      value: { id: "post-a" },
    });
    expect(server.requests("a")).toBe(1);
  });
});

describe("a ledger that cannot be used", () => {
  it.runIf(canMount)("because the disk is full, starts nothing", async () => {
    // An empty ledger takes 200 KiB, with its log.
    const disk = mountTmpfs("512k");
    fill(path.join(disk, "filler"));
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
    const ledger = path.join(disk, "ledger.db");
    expect(await publish(order, ledger)).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
    rmSync(path.join(disk, "filler"));
    expect(await publish(order, ledger)).toMatchObject({ outcome: "executed" });
    expect(server.requests("a")).toBe(1);
  });

  it("because it is locked for longer than the call may take, starts nothing; then it does", async () => {
    const ledger = ledgerPath();
    await (await openSqliteStore({ path: ledger })).close();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
    const locker = new DatabaseSync(ledger);
    locker.exec("BEGIN IMMEDIATE");
    expect(await publish({ ...order, timeoutMs: 500 }, ledger)).toMatchObject({
      code: "ledger_unavailable",
      effect: "not_started",
    });
    const patient = publish(order, ledger);
    setTimeout(() => locker.exec("ROLLBACK"), 1000);
    expect(await patient).toMatchObject({ outcome: "executed" });
    expect(server.requests("a")).toBe(1);
    locker.close();
  });

  describe.each([
    ["deleted", (ledger: string) => rmSync(ledger)],
    ["emptied", (ledger: string) => truncateSync(ledger, 0)],
  ])("because it was %s, starts nothing", (_how, damage) => {
    it.each([
      [
        "its last user had crashed",
        async (ledger: string, order: Order) => {
          const host = await Host.begin({ path: ledger }, "afterEffect");
          expect(await host.dieOf(order)).toBe("SIGKILL");
        },
      ],
      [
        "no process had it open",
        async (ledger: string, order: Order) => {
          const store = await openSqliteStore({ path: ledger });
          expect(await publish(order, store)).toMatchObject({ outcome: "executed" });
          await store.close();
        },
      ],
    ])("when %s", async (_when, begin) => {
      const ledger = ledgerPath();
      const server = await PublishServer.forThisTest();
      const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
      await begin(ledger, order);
      damage(ledger);
      const settled = await publish(order, ledger);
      expect(settled).toMatchObject({ code: "ledger_unavailable", effect: "not_started" });
      await expect(openSqliteStore({ path: ledger })).rejects.toThrow(LOST);
      expect(server.requests("a")).toBe(1);
    });
  });

  it("begins a new one when what is left of the old one was deleted too", async () => {
    const ledger = ledgerPath();
    await (await openSqliteStore({ path: ledger })).close();
    rmSync(ledger);
    await expect(openSqliteStore({ path: ledger })).rejects.toThrow(LOST);
    rmSync(`${ledger}-created`);
    await (await openSqliteStore({ path: ledger })).close();
  });

  it("is mended from its log when it was cut short and its last user had crashed", async () => {
    const ledger = ledgerPath();
    const server = await PublishServer.forThisTest();
    const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
    const host = await Host.begin({ path: ledger }, "afterEffect");
    expect(await host.dieOf(order)).toBe("SIGKILL");
    truncateSync(ledger, 4096);
    expect(await publish(order, ledger)).toMatchObject({ outcome: "in_doubt" });
    expect(server.requests("a")).toBe(1);
  });
});

it("a ledger named by the URL of a database that cannot hold one starts nothing", async () => {
  const server = await PublishServer.forThisTest();
  const order = { url: server.url, key: "a", effects: "once", manner: "ok" } as const;
  expect(await publish(order, "mysql://localhost/jobs")).toMatchObject({ code: "invalid_config" });
  expect(server.requests("a")).toBe(0);
});

it("what an attempt left is in the ledger: exit, cause, size and hash", async () => {
  const ledger = ledgerPath();
  const server = await PublishServer.forThisTest();
  await publish({ url: server.url, key: "a", effects: "once", manner: "fails" }, ledger);
  const { record, attempts } = (await historyOf(ledger, "a")) ?? {};
  expect(record).toMatchObject({ state: "in_doubt", code: "unavailable", effect: "unknown" });
  expect(attempts).toMatchObject([{ code: "unavailable", effect: "unknown", late: false }]);
});

function mountTmpfs(size: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
    stdio: "pipe",
    timeout: 30_000,
  });
  onTestFinished(() => {
    // A ledger that this process has open keeps the disk busy.
    execFileSync("umount", ["--lazy", folder], { timeout: 30_000 });
    rmdirSync(folder);
  });
  return folder;
}

/** Root, and not in every container. */
function tryMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], {
      stdio: "pipe",
      timeout: 30_000,
    });
    execFileSync("umount", [folder], { timeout: 30_000 });
    return true;
  } catch {
    return false; // The tests that need a disk of their own are skipped.
  } finally {
    rmdirSync(folder);
  }
}

/** Writes until there is no room left. */
function fill(file: string): void {
  const descriptor = openSync(file, "w");
  try {
    for (let size = 65_536; size >= 1;) {
      try {
        writeSync(descriptor, Buffer.alloc(size));
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
