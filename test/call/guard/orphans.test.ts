import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { linesIn } from "../../helpers/files.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { childrenOf, isAlive, killAll } from "../../helpers/processes.ts";
import { childEnv } from "../../helpers/run.ts";
import { callAlone } from "./alone.ts";

const HOST = fileURLToPath(new URL("fixtures/command-host.ts", import.meta.url));

/** Kills a host together with the guardian that would have ended what it started; gives the pid of what goes on. */
async function leaveOrphan(ledger: string, effects: Effects): Promise<number> {
  const folder = path.dirname(ledger);
  const host = spawn(process.execPath, [HOST, ledger, folder, "stay", effects], {
    env: childEnv(),
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 60_000,
  });
  const exited = once(host, "exit");
  const orphan = Number((await linesIn(path.join(folder, "pids"), 1))[0]);
  onTestFinished(() => killAll([orphan]));
  // The process's number is told to the ledger beside its work: on a busy machine the kill could come first.
  const noted = async () => (await historyOf(ledger, "the-one"))?.attempts[0]?.pid;
  await expect.poll(noted, { timeout: 20_000 }).toBeDefined();
  const guardians = childrenOf(host.pid ?? 0, "guardian");
  expect(guardians).toHaveLength(1);
  killAll(guardians);
  host.kill("SIGKILL");
  await exited;
  expect(isAlive(orphan)).toBe(true);
  return orphan;
}

describe("what a dead host left running is ended before anything is started", () => {
  it.each(["none", "keyed", "verifiable"] as const)(
    "by the first call of a process, with effects %s",
    async (effects) => {
      const ledger = ledgerPath();
      const orphan = await leaveOrphan(ledger, effects);
      const settled = await callAlone(ledger, path.dirname(ledger), "go", effects).settle();
      expect(settled).toMatchObject({ outcome: "executed", value: "alone" });
      expect(isAlive(orphan)).toBe(false);
    },
  );

  it("by a call of a process that had the ledger open all along", async () => {
    const ledger = ledgerPath();
    const store = await openSqliteStore({ path: ledger });
    const orphan = await leaveOrphan(ledger, "none");
    const settled = await callAlone(store, path.dirname(ledger), "go", "none").settle();
    await store.close();
    expect(settled).toMatchObject({ outcome: "executed", value: "alone" });
    expect(isAlive(orphan)).toBe(false);
  });

  it("by the call that finds it in doubt; one that a resolution lets through is alone", async () => {
    const ledger = ledgerPath();
    const store = await openSqliteStore({ path: ledger });
    const call = callAlone(store, path.dirname(ledger), "go", "once");
    const orphan = await leaveOrphan(ledger, "once");
    expect(await call.settle()).toMatchObject({ outcome: "in_doubt", code: "in_doubt" });
    expect(isAlive(orphan)).toBe(false);
    await store.resolve({ name: "alone", key: "the-one" }, { as: "absent", by: "test", why: "looked" });
    expect(await call.settle()).toMatchObject({ outcome: "executed", value: "alone" });
    await store.close();
  });

  it("and the ledger tells which process it was", async () => {
    const ledger = ledgerPath();
    await leaveOrphan(ledger, "once");
    const { attempts = [] } = (await historyOf(ledger, "the-one")) ?? {};
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({ cookie: expect.stringMatching(/^[-0-9a-f]{36}\/1;$/) as unknown });
    expect(attempts[0]?.pid).toBeGreaterThan(1);
    expect(Number(attempts[0]?.pidStart)).toBeGreaterThan(0);
  });
});
