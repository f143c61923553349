import {
  copyFileSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { tempFolder } from "../../helpers/files.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { LedgerProcess } from "../../ledger/child.ts";
import { proceed, request, start, succeeded } from "../../ledger/harness.ts";
import { bindFile, canMount, fillUp, mountTmpfs, unbindFile, unmount } from "../../helpers/mounts.ts";

async function open(file: string): Promise<LedgerStore> {
  const store = await openSqliteStore({ path: file });
  onTestFinished(() => store.close());
  return store;
}

const refusal = (message: RegExp) => ({
  code: "ledger_unavailable",
  reason: "file_replaced",
  message: expect.stringMatching(message) as unknown,
});

/** A ledger that is closed, with what it knew in the one file. */
async function ledgerOf(...keys: string[]): Promise<string> {
  const file = ledgerPath();
  await run(file, ...keys);
  return file;
}

/** Calls of a short process: it opens the ledger and closes it. */
async function run(file: string, ...keys: string[]): Promise<void> {
  const store = await openSqliteStore({ path: file });
  for (const key of keys) await store.settle(await start(store, "once", { key }), succeeded("done"));
  await store.close();
}

/** Calls of a process that is killed, so that what they left is in the log. */
async function runAndDie(file: string, ...keys: string[]): Promise<void> {
  const host = await LedgerProcess.begin();
  await host.tell({ do: "open", path: file });
  for (const key of keys) {
    expect(await host.tell({ do: "start", request: request("once", { key }) })).toBe("started");
    expect(await host.tell({ do: "succeed" })).toBe("settled");
  }
  await host.end();
}

describe("a ledger file under a second name", () => {
  it.runIf(canMount)("that is mounted by itself is refused", async () => {
    const file = await ledgerOf("a");
    const name = path.join(tempFolder(), "mounted here.db");
    writeFileSync(name, "");
    bindFile(file, name);
    try {
      await expect(open(name)).rejects.toMatchObject(refusal(/mounted as a single file.* Mount its folder/));
    } finally {
      unbindFile(name);
    }
  });

  it.runIf(canMount)("is fine when its folder is mounted", async () => {
    const file = await ledgerOf("a");
    const folder = tempFolder();
    bindFile(path.dirname(file), folder);
    try {
      const store = await openSqliteStore({ path: path.join(folder, "ledger.db") });
      expect((await store.claim(request("once", { key: "a" }))).kind).toBe("replayed");
      await store.close();
    } finally {
      unbindFile(folder);
    }
  });

  it("a hard link, is refused under either", async () => {
    const file = await ledgerOf("a");
    const other = path.join(tempFolder(), "other.db");
    linkSync(file, other);
    await expect(open(file)).rejects.toMatchObject(refusal(/has 2 names \(hard links\)/));
    await expect(open(other)).rejects.toMatchObject(refusal(/has 2 names \(hard links\)/));
    rmSync(other);
    expect((await (await open(file)).claim(request("once", { key: "a" }))).kind).toBe("replayed");
  });

  it("that it gets while it is open: no attempt starts", async () => {
    const file = await ledgerOf("a");
    const store = await open(file);
    const claim = await proceed(store, "once", { key: "b" });
    linkSync(file, path.join(path.dirname(file), "other.db"));
    await expect(store.started(claim)).rejects.toMatchObject(refusal(/has 2 names/));
  });

  it("a symbolic link, is the same ledger: one log, one mark", async () => {
    const file = await ledgerOf("a");
    const folder = tempFolder();
    const link = path.join(folder, "link.db");
    symlinkSync(file, link);
    const [one, other] = [await open(file), await open(link)];
    expect((await one.claim(request("once", { key: "b" }))).kind).toBe("proceed");
    expect((await other.claim(request("once", { key: "b" }))).kind).toBe("in_progress");
    expect(statSync(`${link}-created`, { throwIfNoEntry: false })).toBeUndefined();
    rmSync(`${file}-wal`);
    await expect(proceed(other, "once", { key: "c" })).rejects.toMatchObject(refusal(/was deleted/));
  });
});

describe("a ledger whose log was lost after a kill", () => {
  it("is refused when it never had any tables in its file", async () => {
    const file = ledgerPath();
    await runAndDie(file, "a");
    rmSync(`${file}-wal`);
    rmSync(`${file}-shm`);
    expect(statSync(file).size).toBe(4096);
    await expect(open(file)).rejects.toMatchObject(
      refusal(/lost its newest records: it ends at write 0, but .*-created has counted 2\./),
    );
  });

  it("is refused when its file knows the older ones", async () => {
    const file = await ledgerOf("a", "b");
    await runAndDie(file, "c");
    rmSync(`${file}-wal`);
    rmSync(`${file}-shm`);
    await expect(open(file)).rejects.toMatchObject(refusal(/ends at write 4, but .* has counted 6/));
    // An operator says that this is the ledger from now on.
    rmSync(`${file}-created`);
    expect((await (await open(file)).claim(request("once", { key: "a" }))).kind).toBe("replayed");
  });

  it("goes on when the log is there", async () => {
    const file = await ledgerOf("a");
    await runAndDie(file, "b");
    const store = await open(file);
    expect((await store.claim(request("once", { key: "b" }))).kind).toBe("replayed");
  });
});

describe("an older copy of the same size", () => {
  /** A ledger, and a copy from before its newest call. */
  async function ledgerAndCopy(): Promise<{ file: string; copy: string }> {
    const file = await ledgerOf("a");
    const copy = path.join(tempFolder(), "backup.db");
    copyFileSync(file, copy);
    await run(file, "b");
    expect(statSync(copy).size).toBe(statSync(file).size);
    return { file, copy };
  }

  it.each([
    ["written over it", (from: string, to: string) => copyFileSync(from, to)],
    [
      "written over it with its old times",
      (from: string, to: string) => {
        const { atime, mtime } = statSync(to);
        copyFileSync(from, to);
        utimesSync(to, atime, mtime);
      },
    ],
  ])("%s while it is open: nothing starts, in any process", async (_case, overwrite) => {
    const { file, copy } = await ledgerAndCopy();
    const store = await open(file);
    const other = await LedgerProcess.begin();
    onTestFinished(() => other.end());
    await other.tell({ do: "open", path: file });
    const claim = await proceed(store, "once", { key: "c" });
    overwrite(copy, file);
    await expect(store.started(claim)).rejects.toMatchObject(refusal(/was overwritten while it was open/));
    await expect(store.claim(request("once", { key: "b" }))).rejects.toMatchObject(refusal(/overwritten/));
    await expect(other.tell({ do: "start", request: request("once", { key: "b" }) })).rejects.toThrow(
      "was overwritten while it was open",
    );
    // Closing it moves the log into the wrong file, after which nothing in it shows the fault.
    await store.close();
    await other.end();
    await expect(open(file)).rejects.toMatchObject(
      refusal(/overwritten while it was open \(.*-created says so\)/),
    );
    for (const left of ["-wal", "-shm", "-created"]) rmSync(`${file}${left}`, { force: true });
    copyFileSync(copy, file);
    expect((await (await open(file)).claim(request("once", { key: "a" }))).kind).toBe("replayed");
  });

  it("put in its place when no process has it open is refused, until an operator says so", async () => {
    const { file, copy } = await ledgerAndCopy();
    copyFileSync(copy, file);
    await expect(open(file)).rejects.toMatchObject(refusal(/ends at write 2, but .* has counted 4/));
  });

  it("another ledger's file is no copy of this one", async () => {
    const file = await ledgerOf("a");
    const other = await ledgerOf("a", "b");
    const store = await open(file);
    copyFileSync(other, file);
    await expect(proceed(store, "once", { key: "c" })).rejects.toMatchObject(refusal(/overwritten/));
  });
});

describe("what may happen to the file of an open ledger", () => {
  it("VACUUM by another program: its hosts go on", async () => {
    const file = await ledgerOf(...Array.from({ length: 300 }, (_, index) => `key/${index}`));
    const store = await open(file);
    const before = statSync(file).size;
    await store.prune({ retentionMs: 1, tombstoneMs: 1 });
    await store.prune({ retentionMs: 1, tombstoneMs: 1 });
    const vacuum = `new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("VACUUM; PRAGMA wal_checkpoint")`;
    execFileSync(process.execPath, ["-e", vacuum, file], { timeout: 30_000 });
    expect(statSync(file).size).toBeLessThan(before);
    await store.settle(await start(store, "once", { key: "after" }), succeeded(1));
    expect((await store.claim(request("once", { key: "after" }))).kind).toBe("replayed");
  });

  it.runIf(canMount)(
    "a full disk stops SQLite while it moves the log: its hosts go on when there is room",
    async () => {
      const disk = mountTmpfs("8m");
      const file = path.join(disk, "ledger.db");
      const store = await openSqliteStore({ path: file });
      const other = new DatabaseSync(file);
      try {
        other.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0");
        const before = statSync(file).size;
        // Fewer pages than make the ledger move its log by itself.
        for (let call = 0; call < 20; call++) {
          const claim = await start(store, "once", { key: `before/${call}` });
          await store.settle(claim, succeeded("x".repeat(10_000)));
        }
        const ballast = path.join(disk, "ballast");
        fillUp(ballast);
        expect(() => other.prepare("PRAGMA wal_checkpoint").get()).toThrow("full");
        rmSync(ballast);
        // The file is not what its first page says, and the log has it all.
        expect(statSync(file).size).toBe(before);
        await store.settle(await start(store, "once", { key: "after" }), succeeded(1));
        expect((await store.claim(request("once", { key: "before/19" }))).kind).toBe("replayed");
        expect((await store.claim(request("once", { key: "after" }))).kind).toBe("replayed");
      } finally {
        other.close();
        await store.close();
        unmount(disk);
      }
    },
  );

  it("its log is moved into it by another process, again and again", async () => {
    const file = await ledgerOf("a");
    const store = await open(file);
    const other = await LedgerProcess.begin();
    onTestFinished(() => other.end());
    await other.tell({ do: "open", path: file });
    const begin = statSync(file).mtimeMs;
    const busy = other.tell({ do: "spin", calls: 1500 });
    for (let call = 0; call < 100; call++) {
      await store.settle(await start(store, "once", { key: `mine/${call}` }), succeeded("x".repeat(5000)));
    }
    await busy;
    expect(statSync(file).mtimeMs).toBeGreaterThan(begin);
    expect((await store.claim(request("once", { key: "mine/99" }))).kind).toBe("replayed");
  });
});

it("the mark holds no more than a page, however many calls there were", async () => {
  const file = await ledgerOf(...Array.from({ length: 200 }, (_, index) => `key/${index}`));
  expect(readFileSync(`${file}-created`)).toHaveLength(1024);
  const database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare("SELECT commits FROM ledger").get()).toEqual({ commits: 400 });
  database.close();
});
