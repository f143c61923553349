import path from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import type { OperationHistory } from "../../../src/ledger/store/store.ts";
import { fixture, PidFile, ROOT } from "../../helpers/files.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import {
  appears,
  childrenOf,
  commandLineOf,
  isAlive,
  killAll,
  processesWith,
  survivorsAfter,
} from "../../helpers/processes.ts";
import { childEnv, start } from "../../helpers/run.ts";

const HOST = path.join(ROOT, "test/call/guard/fixtures/leased-host.ts");
const LEASE_MS = 30_000;
/** With a killGrace of 25 s: how long after the last renewal the processes must begin to end. */
const STOP_AFTER_MS = 3750;
/** What the guardian leaves to its host, and the time it takes to look. */
const GUARDIAN_MS = 1500;

async function beginHost(file: string, killGraceMs: number, count: number) {
  const pids = new PidFile();
  const ledger = ledgerPath();
  const mark = `MARKED_BY_TEST=${process.pid}-${performance.now()}`;
  const [name = "", value] = mark.split("=");
  onTestFinished(() => killAll(processesWith(mark)));
  const env = childEnv({ PIDS: pids.path, [name]: value });
  const host = start(process.execPath, [HOST, ledger, String(killGraceMs), fixture(file)], { env });
  const tree = await pids.reported(count);
  const [guardian] = await guardianOf(host.pid);
  /** When the ledger lets another host take the call over. */
  const leaseUntil = async () => (await historyOf(ledger, "a"))?.record.leaseUntil ?? 0;
  return { ...host, pids, tree, ledger, guardian: guardian!, leaseUntil, all: () => processesWith(mark) };
}

/** The guardian under a lease is Node. A spawning helper has a shell beside it. */
const guardianOf = (host: number) =>
  appears(() => childrenOf(host, "guardian").filter((pid) => !commandLineOf(pid).startsWith("/bin/sh")));

const ending = async ({ finished }: Awaited<ReturnType<typeof beginHost>>) =>
  JSON.parse((await finished).stdout.toString()) as Record<string, unknown>;

/** A host that is suspended in the middle of a write keeps SQLite's lock until it wakes: no other could claim anything meanwhile. */
async function suspendBetweenWrites({ child, ledger }: Awaited<ReturnType<typeof beginHost>>): Promise<void> {
  for (;;) {
    child.kill("SIGSTOP");
    await wait(20); // A signal that is sent has not arrived.
    if (!isLocked(ledger)) return;
    child.kill("SIGCONT");
    await wait(20);
  }
}

function isLocked(ledger: string): boolean {
  const database = new DatabaseSync(ledger, { timeout: 0 });
  try {
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch {
    return true;
  } finally {
    database.close();
  }
}

/** Claims the call as another host does, which does not see whether its owner lives. */
async function takeOver(ledger: string): Promise<void> {
  const store = await openSqliteStore({ path: ledger, liveness: () => "unknown" });
  try {
    const [{ record }] = (await store.show({ callIdOrKey: "a" })) as [OperationHistory];
    const { name, key, fingerprint, effects, leaseMs } = record;
    expect(await store.claim({ name, key, fingerprint, effects, leaseMs, callId: "other" })).toMatchObject({
      kind: "proceed",
    });
  } finally {
    await store.close();
  }
}

const show = (goneAt: number, leaseUntil: number) =>
  console.log(
    `The child was gone at ${new Date(goneAt).toISOString()}; another host may start it ${leaseUntil - goneAt} ms later.`,
  );

/** Whether the guardian has begun to work. Before, it has no handler for SIGHUP, which is signal 1. */
const isReady = (pid: number) =>
  /^SigCgt:\s*\w*[13579bdf]$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

describe("a host that is suspended for longer than its call may go on", () => {
  it("its guardian, which is Node, ends the child before another host may start it; the host wakes, and starts nothing more", async () => {
    const host = await beginHost("three-sessions-deep.sh", 25_000, 4);
    expect(commandLineOf(host.guardian)).toContain(process.execPath);
    host.child.kill("SIGSTOP");
    expect(await survivorsAfter(STOP_AFTER_MS + GUARDIAN_MS, host.tree)).toEqual([]);
    const goneAt = Date.now();
    const leaseUntil = await host.leaseUntil();
    show(goneAt, leaseUntil);
    expect(goneAt).toBeLessThan(leaseUntil);
    host.child.kill("SIGCONT");
    expect(await ending(host)).toMatchObject({ code: "lease_lost", effect: "unknown", attempts: 1 });
    expect(host.pids.pids()).toEqual(host.tree);
    expect(await historyOf(host.ledger, "a")).toMatchObject({
      record: { state: "failed", code: "lease_lost" },
      attempts: [{ code: "lease_lost", effect: "unknown" }],
    });
  });

  it("a child that says that all is well when the guardian ends it has not succeeded", async () => {
    const host = await beginHost("ends-well-on-term.sh", 25_000, 2);
    host.child.kill("SIGSTOP");
    expect(await survivorsAfter(STOP_AFTER_MS + GUARDIAN_MS, host.tree)).toEqual([]);
    host.child.kill("SIGCONT");
    expect(await ending(host)).toMatchObject({ code: "lease_lost", effect: "unknown" });
  });

  it("a child that ended by itself in time has succeeded, however late its host wakes", async () => {
    const host = await beginHost("ends-when-told.sh", 25_000, 1);
    host.child.kill("SIGSTOP");
    writeFileSync(`${host.pids.path}.go`, "");
    expect(await survivorsAfter(2000, host.tree)).toEqual([]);
    await wait(STOP_AFTER_MS + GUARDIAN_MS);
    host.child.kill("SIGCONT");
    expect(await ending(host)).toEqual({ outcome: "executed", attempts: 1 });
    expect(await historyOf(host.ledger, "a")).toMatchObject({ record: { state: "succeeded" } });
  });

  it("that wakes in time has lost nothing", async () => {
    const host = await beginHost("ends-when-told.sh", 25_000, 1);
    for (let time = 0; time < 2; time++) {
      host.child.kill("SIGSTOP");
      await wait(1500);
      host.child.kill("SIGCONT");
      await wait(1500);
    }
    expect(host.tree.every((pid) => isAlive(pid))).toBe(true);
    writeFileSync(`${host.pids.path}.go`, "");
    expect(await ending(host)).toEqual({ outcome: "executed", attempts: 1 });
  });
});

describe("the guardian of a call under a lease", () => {
  it("that was killed is there again, and knows the time", async () => {
    const host = await beginHost("three-sessions-deep.sh", 25_000, 4);
    process.kill(host.guardian, "SIGKILL");
    expect(await survivorsAfter(1000, [host.guardian])).toEqual([]);
    await guardianOf(host.pid);
    host.child.kill("SIGSTOP");
    expect(await survivorsAfter(STOP_AFTER_MS + GUARDIAN_MS, host.tree)).toEqual([]);
  });

  it("outlives a SIGTERM to every process of a service, and ends what is left of a host that is killed", async () => {
    const host = await beginHost("ignores-term.sh", 25_000, 2);
    await appears(() => [host.guardian].filter(isReady));
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.kill(host.guardian, signal);
    host.child.kill("SIGKILL");
    expect(await survivorsAfter(2000, host.tree)).toEqual([]);
    expect(await survivorsAfter(1000, host.all())).toEqual([]);
  });
});

describe("a child that ignores SIGTERM", () => {
  it("is gone before the lease is over, with a killGrace of 5 s; and at once, where guardian and child were suspended until then", async () => {
    const [one, other] = await Promise.all([
      beginHost("ignores-term.sh", 5000, 2),
      beginHost("ignores-term.sh", 5000, 2),
    ]);
    await suspendBetweenWrites(other);
    const others = [other.pid, other.guardian, ...other.tree];
    for (const pid of others) process.kill(pid, "SIGSTOP");
    one.child.kill("SIGSTOP");

    const leaseUntil = await one.leaseUntil();
    const leftMs = leaseUntil - Date.now();
    expect(leftMs).toBeGreaterThan(LEASE_MS - 8000 - GUARDIAN_MS);
    expect(await survivorsAfter(leftMs, one.tree)).toEqual([]);
    const goneAt = Date.now();
    show(goneAt, leaseUntil);
    expect(goneAt).toBeLessThan(leaseUntil);
    one.child.kill("SIGCONT");
    expect(await ending(one)).toMatchObject({ code: "lease_lost", effect: "unknown", attempts: 1 });

    await wait(Math.max(0, (await other.leaseUntil()) - Date.now()));
    expect(other.tree.every((pid) => isAlive(pid))).toBe(true);
    await takeOver(other.ledger);
    for (const pid of others) process.kill(pid, "SIGCONT");
    // At once: without the grace of 5 s.
    expect(await survivorsAfter(4000, other.tree)).toEqual([]);
    expect(await ending(other)).toMatchObject({ code: "lease_lost", effect: "unknown", attempts: 1 });
  });
});
