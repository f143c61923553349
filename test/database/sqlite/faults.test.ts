import { execFileSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { errnoOf } from "../../../src/database/errors.ts";
import {
  mountTypeOf,
  networkFileSystem,
  networkFileSystemOf,
} from "../../../src/database/sqlite/file-system.ts";
import { loadSqlite } from "../../../src/database/sqlite/load.ts";
import { temporaryFolder } from "../../helpers/folders.ts";
import { failed, proceed, request, start, succeeded } from "../../ledger/harness.ts";
import { canMount, mountTmpfs, remountReadOnly, unmount } from "../../helpers/mounts.ts";

let folder: string;
let path: string;
const stores: LedgerStore[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "ledger.db");
});

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(file = path, withinMs?: number): Promise<LedgerStore> {
  const store = await openSqliteStore({ path: file, withinMs });
  stores.push(store);
  return store;
}

/** A ledger that knows one success, closed, so that everything is in the one file. */
async function ledgerWithHistory(): Promise<void> {
  const store = await openSqliteStore({ path });
  for (let index = 0; index < 50; index++) {
    await store.settle(await start(store, "once", { key: `old/${index}` }), succeeded("x".repeat(500)));
  }
  await store.close();
}

function refusal(reason: string, message: RegExp) {
  return { code: "ledger_unavailable", reason, message: expect.stringMatching(message) as unknown };
}

describe("opening refuses, and says what to do,", () => {
  it("a file that is not a database", async () => {
    writeFileSync(path, "this is not a database, however long it may be. ".repeat(100));
    await expect(open()).rejects.toMatchObject(
      refusal("corrupt", /damaged or not a database\. Keep the file/),
    );
  });

  it("a database of something else, and leaves it alone", async () => {
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE photos (id INTEGER)");
    other.close();
    const before = readFileSync(path);
    await expect(open()).rejects.toMatchObject(refusal("not_a_ledger", /not a hardcall ledger/));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("a newer schema", async () => {
    await ledgerWithHistory();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    await expect(open()).rejects.toMatchObject(
      refusal("newer_schema", /schema version 99.* knows versions up to \d+\. Upgrade/),
    );
  });

  it("a file with damaged pages", async () => {
    await ledgerWithHistory();
    const file = openSync(path, "r+");
    for (let page = 3; page < 12; page++) writeSync(file, Buffer.alloc(4096, 0xab), 0, 4096, page * 4096);
    closeSync(file);
    await expect(open()).rejects.toMatchObject(refusal("corrupt", /damaged/));
  });

  it("a file that was cut short", async () => {
    await ledgerWithHistory();
    truncateSync(path, Math.floor(statSync(path).size / 2));
    await expect(open()).rejects.toMatchObject(refusal("corrupt", /damaged/));
  });

  it("a folder in place of the file", async () => {
    mkdirSync(path);
    const why =
      /cannot be opened, because it is a folder\. Name a file in it, such as .*\/ledger\.db\/ledger\.db\./;
    await expect(open()).rejects.toMatchObject(refusal("io", why));
  });

  it.runIf(canMount)("a folder that is a mount in place of the file", async () => {
    const disk = mountTmpfs("64k");
    onTestFinished(() => unmount(disk));
    await expect(open(disk)).rejects.toMatchObject(refusal("io", /because it is a folder/));
  });

  it("a device or a pipe in place of the file", async () => {
    execFileSync("mkfifo", [path], { timeout: 30_000 });
    for (const place of [path, "/dev/null"])
      await expect(open(place)).rejects.toMatchObject(
        refusal("io", /because it is a device or a pipe\. Name a file/),
      );
    expect(readdirSync(folder)).toEqual(["ledger.db"]);
  });

  it("a folder that cannot be made", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(open(join(folder, "file", "ledger.db"))).rejects.toMatchObject(
      refusal("io", /cannot be opened/),
    );
  });

  it("a file that stays locked", async () => {
    await ledgerWithHistory();
    const locker = new DatabaseSync(path);
    locker.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    await expect(open(path, 200)).rejects.toMatchObject(
      refusal("locked", /was locked by another process for 0\.\d s.*fuser.*"ps -o pid,stat,args" shows T/),
    );
    locker.close();
  });

  it.runIf(canMount)("a read-only disk", async () => {
    const disk = mountTmpfs("4m");
    try {
      const file = join(disk, "ledger.db");
      await (await openSqliteStore({ path: file })).close();
      remountReadOnly(disk);
      await expect(open(file)).rejects.toMatchObject(refusal("read_only", /cannot be written/));
      await expect(open(join(disk, "new.db"))).rejects.toMatchObject(
        refusal("read_only", /cannot be written/),
      );
    } finally {
      unmount(disk);
    }
  });
});

describe("a ledger on a full disk", () => {
  it.runIf(canMount)("says so, keeps what it had, and the result is written once there is room", async () => {
    const disk = mountTmpfs("1m");
    try {
      const store = await openSqliteStore({ path: join(disk, "ledger.db") });
      await store.settle(await start(store, "once", { key: "before" }), succeeded("kept"));
      const claim = await start(store, "once");
      fill(join(disk, "filler"));
      const big = succeeded("x".repeat(300_000));
      await expect(store.settle(claim, big)).rejects.toMatchObject(
        refusal("disk_full", /is full\. Free some space/),
      );
      expect((await store.claim(request("once", { key: "before" }))).kind).toBe("replayed");
      rmSync(join(disk, "filler"));
      expect(await store.claim(request("once"))).toMatchObject({
        kind: "replayed",
        record: { value: { bytes: 300_002 } },
      });
      await store.close();
    } finally {
      unmount(disk);
    }
  });

  it.runIf(canMount)("says so at an opening too, where SQLite only knows of a failed write", async () => {
    const disk = mountTmpfs("1m");
    try {
      const file = join(disk, "ledger.db");
      await (await openSqliteStore({ path: file })).close();
      fill(join(disk, "filler"));
      await expect(openSqliteStore({ path: file })).rejects.toMatchObject(
        refusal("disk_full", /is full\. Free some space/),
      );
    } finally {
      unmount(disk);
    }
  });

  it.runIf(canMount)("is settled by the same result once there is room", async () => {
    const disk = mountTmpfs("1m");
    try {
      const store = await openSqliteStore({ path: join(disk, "ledger.db") });
      const claim = await start(store, "once");
      fill(join(disk, "filler"));
      const big = succeeded("x".repeat(300_000));
      await expect(store.settle(claim, big)).rejects.toMatchObject({ reason: "disk_full" });
      rmSync(join(disk, "filler"));
      expect((await store.settle(claim, big)).kind).toBe("settled");
      await store.close();
    } finally {
      unmount(disk);
    }
  });
});

describe("a ledger file that changes while it is open", () => {
  const message = /while it was open, so its records may be lost/;

  it.each([
    ["is deleted", () => rmSync(path)],
    ["loses its log", () => rmSync(`${path}-wal`)],
    ["loses the index of its log", () => rmSync(`${path}-shm`)],
    [
      "is replaced",
      () => {
        copyFileSync(path, `${path}.copy`);
        renameSync(`${path}.copy`, path);
      },
    ],
  ])("%s: no attempt starts, no claim is given", async (_case, damage) => {
    await ledgerWithHistory();
    const store = await open();
    const claim = await proceed(store, "once");
    damage();
    await expect(store.started(claim)).rejects.toMatchObject(refusal("file_replaced", message));
    await expect(proceed(store, "once", { key: "other" })).rejects.toMatchObject({ reason: "file_replaced" });
  });

  it.each([
    ["loses its log", () => rmSync(`${path}-wal`)],
    ["loses the index of its log", () => rmSync(`${path}-shm`)],
    [
      "has another log",
      () => {
        copyFileSync(`${path}-wal`, `${path}.copy`);
        renameSync(`${path}.copy`, `${path}-wal`);
      },
    ],
  ])("%s after its folder was quiet: no attempt starts", async (_case, damage) => {
    await ledgerWithHistory();
    const store = await open();
    // So long after the last change of the folder, the name of the log is not asked for anew.
    await new Promise((resolve) => {
      setTimeout(resolve, 150);
    });
    const claim = await proceed(store, "once");
    damage();
    await expect(store.started(claim)).rejects.toMatchObject(refusal("file_replaced", message));
  });

  it("is cut short: no attempt starts", async () => {
    await ledgerWithHistory();
    const store = await open();
    const claim = await proceed(store, "once");
    truncateSync(path, 4096);
    await expect(store.started(claim)).rejects.toMatchObject({ code: "ledger_unavailable" });
  });
});

describe("a ledger that is locked", () => {
  it("is waited for without holding the event loop, then claimed", async () => {
    const store = await open();
    const locker = new DatabaseSync(path);
    locker.exec("BEGIN IMMEDIATE");
    const claiming = proceed(store, "once");
    // This timer can only fire while the claim is waiting.
    await sleep(100);
    locker.exec("COMMIT");
    expect((await claiming).fence).toBe(1);
    locker.close();
  });

  it("is given up after the time the caller allows", async () => {
    const store = await open();
    const locker = new DatabaseSync(path);
    locker.exec("BEGIN IMMEDIATE");
    const claiming = store.claim(request("once"), { withinMs: 100 });
    await expect(claiming).rejects.toMatchObject(
      refusal("locked", /was locked by another process for 0\.\d s/),
    );
    locker.close();
  });

  it("while a result comes in: it is written before the next claim here", async () => {
    const store = await open();
    const claim = await start(store, "once");
    const locker = new DatabaseSync(path);
    locker.exec("BEGIN IMMEDIATE");
    await expect(store.settle(claim, succeeded(1), { withinMs: 50 })).rejects.toMatchObject({
      reason: "locked",
    });
    await expect(store.claim(request("once"), { withinMs: 20 })).rejects.toMatchObject({ reason: "locked" });
    locker.exec("COMMIT");
    locker.close();
    expect(await store.claim(request("once"))).toMatchObject({
      kind: "replayed",
      record: { settledBy: "attempt", value: { json: "1" } },
    });
  });

  it("while a start is recorded: the key is free again before the next claim here", async () => {
    const store = await open();
    const claim = await proceed(store, "once");
    const locker = new DatabaseSync(path);
    locker.exec("BEGIN IMMEDIATE");
    await expect(store.started(claim, {}, { withinMs: 20 })).rejects.toMatchObject({ reason: "locked" });
    locker.exec("COMMIT");
    locker.close();
    expect((await store.claim(request("once"))).kind).toBe("proceed");
  });

  it("can still be read", async () => {
    const store = await open();
    await start(store, "once");
    const locker = new DatabaseSync(path);
    locker.exec("BEGIN IMMEDIATE");
    expect(await store.list()).toHaveLength(1);
    locker.close();
  });
});

it("loading SQLite, which filters one warning meanwhile, leaves process.emitWarning as it was", () => {
  const before: unknown = Reflect.get(process, "emitWarning");
  loadSqlite();
  expect(Reflect.get(process, "emitWarning")).toBe(before);
});

it("a closed ledger says that it is closed", async () => {
  const store = await openSqliteStore({ path });
  await store.close();
  await store.close();
  await expect(store.claim(request("once"))).rejects.toMatchObject(refusal("closed", /is closed/));
});

it("what it kept is there when it is opened again", async () => {
  await ledgerWithHistory();
  const store = await open();
  expect((await store.claim(request("once", { key: "old/7" }))).kind).toBe("replayed");
});

it.runIf(hasSqlite3())("can be read with plain sqlite3, and documents itself", async () => {
  const store = await openSqliteStore({ path });
  await store.settle(await start(store, "once"), failed("unknown"));
  await store.close();
  const sqlite3 = (query: string) =>
    execFileSync("sqlite3", [path, query], { encoding: "utf8", timeout: 30_000 });
  expect(sqlite3("SELECT name, key, state, effect, code FROM overview")).toBe(
    "publish|lodge/2026-11-20|in_doubt|unknown|timeout\n",
  );
  expect(sqlite3("SELECT code, exit_code, stderr_tail FROM attempts")).toBe("timeout|1|no\u2400pe\n");
  expect(sqlite3(".schema operations")).toContain("-- grows at each takeover");
});

describe("network file systems", () => {
  it.each([
    [0x6969, undefined, "NFS"],
    [0xff534d42, undefined, "CIFS"],
    [0xff534d42 | 0, undefined, "CIFS"],
    [0xfe534d42, undefined, "SMB2"],
    [0x65735546, "fuse.sshfs", "fuse.sshfs"],
    [0x65735546, "fuse.gocryptfs", undefined],
    [0x65735546, "virtiofs", undefined],
    [0xef53, undefined, undefined],
    [0x01021994, undefined, undefined],
  ])("type %i mounted as %s is %s", (type, mounted, expected) => {
    expect(networkFileSystem(type, () => mounted)).toBe(expected);
  });

  it("the mount of a folder is found by its device", () => {
    const mountinfo = [
      "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
      "41 22 0:52 / /mnt/far rw,nosuid shared:9 master:1 - fuse.sshfs host:/ rw,user_id=0",
    ].join("\n");
    expect(mountTypeOf(52, mountinfo)).toBe("fuse.sshfs");
    expect(mountTypeOf((254 << 8) | 0, mountinfo)).toBe("ext4");
    expect(mountTypeOf(99, mountinfo)).toBeUndefined();
  });

  it("a temporary folder is not on one", () => {
    expect(networkFileSystemOf(dirname(path))).toBeUndefined();
  });
});

/** Writes until there is no room left. */
function fill(file: string): void {
  const descriptor = openSync(file, "w");
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    if (errnoOf(error) !== "ENOSPC") throw error;
  } finally {
    closeSync(descriptor);
  }
}

function hasSqlite3(): boolean {
  try {
    execFileSync("sqlite3", ["--version"], { timeout: 30_000 });
    return true;
  } catch {
    return false; // Not installed: its test is skipped.
  }
}
