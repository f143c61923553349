import { execFile } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import { Lease } from "../../../src/call/lease.ts";
import type { Callee } from "../../../src/core/callee.ts";
import { later, machineTime } from "../../../src/core/machine-time.ts";
import { task } from "../../../src/callees/task.ts";
import { openSqliteStore } from "../../../src/ledger/store/sqlite.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";
import { childEnv } from "../../helpers/run.ts";
import { start } from "../../ledger/harness.ts";

it("a process whose probe could not be recorded starts nothing, and can end", async () => {
  const script = fileURLToPath(new URL("fixtures/unrecorded-probe.ts", import.meta.url));
  const running = promisify(execFile)(process.execPath, [script, ledgerPath()], {
    env: childEnv(),
    timeout: 20_000,
  });
  expect((await running).stdout).toBe("failed job_failed unknown\nfailed ledger_unavailable not_started\n");
});

it("a note that had to wait until its attempt was over does not cancel the next attempt", async () => {
  const ledger = ledgerPath();
  await (await openSqliteStore({ path: ledger })).close();
  const locker = new DatabaseSync(ledger);
  let starts = 0;
  /** Notes what it started while another process holds the ledger, and is told to come again. */
  const busy: Callee<number, string> = {
    kind: "task",
    problems: [],
    stopMs: 0,
    fingerprint: (input) => input,
    async run(_input, context) {
      starts += 1;
      if (context.attempt > 1) return { value: "done" };
      locker.exec("BEGIN IMMEDIATE");
      context.note({ pid: process.pid });
      setTimeout(() => locker.exec("COMMIT"), 60);
      return { failure: { code: "overloaded", message: "was busy", effect: "rejected" } };
    },
  };
  const call = defineCall({
    name: "busy",
    callee: busy,
    timeout: "30s",
    effects: "keyed",
    key: (input: number) => ["busy", input],
    retry: { attempts: 2, baseDelay: 100 },
    ledger,
  });
  for (let time = 1; time <= 8; time++) {
    expect(await call.settle(time)).toMatchObject({ outcome: "executed", value: "done" });
  }
  expect(starts).toBe(16);
  locker.close();
});

it.each([
  ["on one host", {}],
  // As a host that was suspended may find it: the heartbeat fails before the look at the clock comes.
  ["across hosts", { stopAfterMs: 60_000 }],
])(
  "%s, a heartbeat that fails when the lease has run out ends the call as lease_lost",
  async (_where, limit) => {
    const ledger = await openSqliteStore({ path: ledgerPath() });
    const claim = await start(ledger, "none");
    await ledger.close();
    const lost: unknown[] = [];
    const rhythm = { everyMs: 60_000, withinMs: 1000, ...limit };
    const lease = new Lease(ledger, rhythm, (reason) => lost.push(reason));
    onTestFinished(() => lease.stop());
    lease.renew(claim, later(machineTime(), -31_000));
    await lease.beat();
    expect(lost).toMatchObject([
      {
        code: "lease_lost",
        because: expect.stringContaining("the ledger confirmed no renewal of its lease for 30 s"),
        cause: { code: "ledger_unavailable" },
      },
    ]);
  },
);

it("a probe does not outlast a call that is cancelled", async () => {
  const ledger = ledgerPath();
  const caller = new AbortController();
  const seen = Promise.withResolvers<AbortSignal>();
  const call = defineCall({
    name: "publish",
    callee: task(() => {
      throw new Error("nobody knows");
    }),
    timeout: "60s",
    effects: "verifiable",
    key: () => "a",
    probe: (_input, { signal }) => {
      seen.resolve(signal);
      return new Promise(() => undefined);
    },
    effectWithin: "none",
    ledger,
  });
  expect(await call.settle(undefined)).toMatchObject({ code: "job_failed", effect: "unknown" });
  const settling = call.settle(undefined, { signal: caller.signal });
  const probeSignal = await seen.promise;
  caller.abort();
  expect(await settling).toMatchObject({ outcome: "in_doubt", code: "in_doubt" });
  expect(probeSignal.aborted).toBe(true);
  expect((await historyOf(ledger, "a"))?.record).toMatchObject({ state: "in_doubt", probing: false });
}, 15_000);
