import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { defineCall } from "../../../src/call/define-call.ts";
import { command } from "../../../src/callees/command.ts";
import { job } from "../../../src/callees/job/job.ts";
import { task } from "../../../src/callees/task.ts";
import type { Callee } from "../../../src/core/callee.ts";
import { awakeMsUntil, machineTime } from "../../../src/core/machine-time.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { fixture, PidFile, tempFolder } from "../../helpers/files.ts";
import { countWaits } from "../../helpers/machine.ts";
import { isAlive } from "../../helpers/processes.ts";
import { hardcall } from "../../helpers/run.ts";
import { FarLedger, SLOW_MS } from "./far-ledger.ts";

const LEASE_MS = 30_000;
/** With it the work must begin to stop 3.75 s after the last renewal that was confirmed. */
const LONG_GRACE = "25s";
const STOP_AFTER_MS = 3750;
/** The longest time between two looks at the clock, and a turn of the event loop. */
const LATE_MS = 600;

/** A call of a command that runs until it is ended. */
const sleeper = (ledger: LedgerStore, killGrace: string, file = "three-sessions-deep.sh") => {
  const pids = new PidFile();
  const call = defineCall({
    name: "sleeper",
    callee: command(fixture(file), [], { env: { PIDS: pids.path }, killGrace }),
    timeout: "2m",
    effects: "once",
    key: () => "a",
    ledger,
  });
  return { pids, call };
};

describe("a ledger that several hosts share, out of reach of one of them", () => {
  it.each(["hangs", "fails", "swallows"] as const)(
    "%s: the call ends before its lease, counted from the sending of the last confirmed renewal, and its child is gone",
    async (way) => {
      const far = new FarLedger("ann");
      const { call, pids } = sleeper(far.store, LONG_GRACE);
      const ending = call.settle();
      await pids.reported(4);
      far.way = way;
      const waited = countWaits();
      const ended = await ending;
      const afterMs = performance.now() - far.renewedAt;
      expect(ended).toMatchObject({
        code: "lease_lost",
        effect: "unknown",
        outcome: "failed",
        retryable: false,
      });
      expect(ended).toHaveProperty(
        "message",
        expect.stringContaining(
          "was stopped because the ledger confirmed no renewal of its lease for 3.8 s: when the lease (30 s) is over, another worker may take it over.",
        ),
      );
      expect(pids.pids().filter((pid) => isAlive(pid))).toEqual([]);
      expect(afterMs).toBeGreaterThan(STOP_AFTER_MS);
      // Its processes end at SIGTERM, and the ledger is asked once more for a second.
      expect(afterMs - waited()).toBeLessThan(STOP_AFTER_MS + LATE_MS + 1500);
    },
  );

  it("a connection that comes and goes: each renewal counts from its own sending, and the call goes on", async () => {
    const far = new FarLedger("ann");
    const { call, pids } = sleeper(far.store, LONG_GRACE);
    const ending = call.settle();
    await pids.reported(4);
    const renewals: number[] = [];
    for (let time = 0; time < 3; time++) {
      const before = far.renewedAt;
      far.way = "hangs";
      // A heartbeat that is sent now has time for its answer, and the stop is near.
      await wait(Math.max(0, before + STOP_AFTER_MS - 1300 - performance.now()));
      far.way = "open";
      await far.confirmed();
      renewals.push(far.renewedAt - before);
    }
    far.way = "hangs";
    const last = far.renewedAt;
    const ended = await ending;
    expect(ended).toMatchObject({ code: "lease_lost" });
    expect(Math.min(...renewals)).toBeGreaterThan(STOP_AFTER_MS - 1400);
    expect(performance.now() - last).toBeGreaterThan(STOP_AFTER_MS);
    expect(pids.pids().filter((pid) => isAlive(pid))).toEqual([]);
  });

  it("a renewal counts from when it was sent, and not from its answer", async () => {
    const far = new FarLedger("ann");
    const stopAfterMs: number[] = [];
    /** Looks, after some renewals, when it would have to stop. */
    const looking: Callee<void, string> = {
      kind: "task",
      problems: [],
      stopMs: 25_250,
      fingerprint: () => "",
      async run(_input, { lease }) {
        for (let renewals = 0; renewals < 3; renewals++) {
          await far.confirmed();
          // The answer reaches the call in this turn of the event loop.
          await wait(0);
          const sentMsAgo = performance.now() - far.renewedAt;
          stopAfterMs.push(awakeMsUntil(lease?.stopAt ?? machineTime()) + sentMsAgo);
        }
        return { value: "done" };
      },
    };
    const call = defineCall({
      name: "looking",
      callee: looking,
      timeout: "2m",
      effects: "once",
      key: () => "a",
      ledger: far.store,
    });
    far.way = "slow";
    expect(await call.settle()).toMatchObject({ outcome: "executed" });
    expect(stopAfterMs).toHaveLength(3);
    for (const ms of stopAfterMs) expect(Math.abs(ms - STOP_AFTER_MS)).toBeLessThan(SLOW_MS / 2);
  });

  it("a task has its own grace, and its late result is kept", async () => {
    const far = new FarLedger("ann");
    const started = Promise.withResolvers<void>();
    const released = Promise.withResolvers<string>();
    const call = defineCall({
      name: "stubborn",
      callee: task(
        async () => {
          started.resolve();
          return await released.promise;
        },
        { cancelGrace: 25_500 },
      ),
      timeout: "2m",
      effects: "once",
      key: () => "a",
      ledger: far.store,
    });
    const ending = call.settle();
    await started.promise;
    far.way = "fails";
    await wait(3500 + LATE_MS);
    released.resolve("done");
    expect(await ending).toMatchObject({ code: "ledger_unavailable", effect: "completed", value: "done" });
    far.way = "open";
    expect(await call.settle()).toMatchObject({ outcome: "replayed", value: "done" });
  });
});

describe("a task that goes on after its host has lost the lease", () => {
  /** Ann's host runs a task that ignores its signal; Bob's may take it over. The task must begin to stop after 3.5 s. */
  async function begin() {
    const ann = new FarLedger("ann");
    const bob = new FarLedger("bob", ann);
    const started = Promise.withResolvers<void>();
    const released = Promise.withResolvers<string>();
    const runs: string[] = [];
    const callOn = (host: string, ledger: LedgerStore, end: Promise<string>) =>
      defineCall({
        name: "publish",
        callee: {
          ...task(
            async () => {
              runs.push(host);
              started.resolve();
              return await end;
            },
            { cancelGrace: 1 },
          ),
          leaseStopMs: 25_500,
        },
        timeout: "2m",
        effects: "verifiable",
        key: () => "a",
        probe: () => "absent",
        effectWithin: "none",
        ledger,
      });
    const hers = callOn("ann", ann.store, released.promise).settle();
    await started.promise;
    ann.way = "fails";
    const his = () => callOn("bob", bob.store, Promise.resolve("by bob")).settle();
    return { ann, bob, hers, his, runs, released };
  }

  it("is waited for, as its host says that it goes on; its result is that of both calls", async () => {
    const { ann, hers, his, runs, released } = await begin();
    expect(await hers).toMatchObject({ code: "lease_lost", effect: "unknown" });
    ann.way = "open";
    // The end of the attempt, and that its work goes on, is written by itself.
    await ann.confirmed();
    ann.world.aheadMs += LEASE_MS - 10_000;
    const waiting = his();
    await wait(1500);
    expect(runs).toEqual(["ann"]);
    released.resolve("by ann");
    expect(await waiting).toMatchObject({ outcome: "replayed", value: "by ann" });
  });

  it("ends when another has done it: its late result is kept, and reported as a possible double", async () => {
    const { ann, hers, his, runs, released } = await begin();
    ann.world.aheadMs += LEASE_MS + 1;
    expect(await his()).toMatchObject({ outcome: "executed", value: "by bob" });
    expect(runs).toEqual(["ann", "bob"]);
    ann.way = "open";
    released.resolve("by ann");
    expect(await hers).toMatchObject({ code: "lease_lost", effect: "completed", value: "by ann" });
    const [history] = await ann.store.show({ callIdOrKey: "a" });
    expect(history?.record).toMatchObject({ state: "succeeded" });
    expect(history?.attempts.filter(({ late }) => late)).toMatchObject([
      { effect: "completed", owner: { host: "ann" } },
    ]);
  });

  it("hears of it with the next heartbeat, and is stopped", async () => {
    const { ann, hers, his } = await begin();
    ann.world.aheadMs += LEASE_MS + 1;
    expect(await his()).toMatchObject({ outcome: "executed" });
    ann.way = "open";
    const settled = await hers;
    expect(settled).toMatchObject({ code: "lease_lost", effect: "unknown" });
    expect(settled).toHaveProperty(
      "message",
      expect.stringContaining("another owner may have taken it over"),
    );
  });
});

describe("a remote job whose host has lost the lease", () => {
  /** A job that runs for ever; it must be left 3.5 s after the last renewal. */
  async function begin(attempt: string) {
    const far = new FarLedger("ann");
    const asked: { what: "submit" | "status" | "cancel"; at: number }[] = [];
    const running = Promise.withResolvers<void>();
    const cancelling = Promise.withResolvers<void>();
    const note = (what: (typeof asked)[number]["what"]) => void asked.push({ what, at: performance.now() });
    const driver = {
      async submit() {
        note("submit");
      },
      async status() {
        note("status");
        running.resolve();
        return { state: "running" as const };
      },
      async cancel() {
        note("cancel");
        cancelling.resolve();
      },
      result: () => Promise.reject(new Error("It never ends.")),
    };
    const call = defineCall({
      name: "report",
      callee: { ...job<void, string>(driver, { cancelGrace: "1m" }), leaseStopMs: 25_500 },
      timeout: { total: "2m", attempt },
      effects: "once",
      key: () => "a",
      ledger: far.store,
    });
    const ending = call.settle();
    await running.promise;
    return { far, asked, ending, cancelling };
  }

  it("is not cancelled, as the next owner joins it", async () => {
    const { far, asked, ending } = await begin("1m");
    far.way = "fails";
    expect(await ending).toMatchObject({ code: "lease_lost", effect: "unknown" });
    expect(asked.filter(({ what }) => what === "cancel")).toEqual([]);
  });

  it("and was being cancelled: the cancel is not sent again", async () => {
    const { far, asked, ending, cancelling } = await begin("1s");
    await cancelling.promise;
    far.way = "fails";
    const ended = await ending;
    const stoppedMs = performance.now() - far.renewedAt;
    expect(ended).toMatchObject({ effect: "unknown" });
    expect(ended).toHaveProperty(
      "message",
      expect.stringContaining("now belongs to the call that takes over"),
    );
    expect(stoppedMs).toBeLessThan(3500 + LATE_MS + 1500);
    expect(Math.max(...asked.map(({ at }) => at)) - far.renewedAt).toBeLessThan(3500 + LATE_MS);
  });
});

describe("the room for heartbeats in a lease", () => {
  const ledger = new FarLedger("ann").store;
  const contract = { name: "slow-to-stop", timeout: "1m", effects: "once", key: () => "a" } as const;
  const TOO_LONG =
    "is too long for a ledger that several hosts share: the work may take 28.3 s to stop, and 26 s fit into its lease (30 s), after which another host may start it; shorten";

  it.each([
    ["a store", ledger],
    ["a URL", "postgres://user:secret@db.example/jobs"],
  ])("a killGrace that does not fit is refused by the definition (%s)", (_as, named) => {
    const callee = command("sleep", ["1"], { killGrace: "28s" });
    expect(() => defineCall({ ...contract, callee, ledger: named })).toThrow(
      expect.objectContaining({
        code: "invalid_config",
        problems: [`killGrace ${TOO_LONG} killGrace by 2.3 s`],
      }),
    );
    // Without a key no ledger is used.
    expect(() => defineCall({ ...contract, key: undefined, callee, ledger: named })).not.toThrow();
  });

  it("also a task's cancelGrace; the longest that fits does", () => {
    const callee = (cancelGrace: number) => task(() => undefined, { cancelGrace });
    expect(() => defineCall({ ...contract, callee: callee(26_001), ledger })).toThrow(
      /cancelGrace is too long/,
    );
    expect(() => defineCall({ ...contract, callee: callee(26_000), ledger })).not.toThrow();
  });

  it("a remote job is left to the next owner, so its cancelGrace may be longer than the lease", () => {
    const drive = () => Promise.reject(new Error("unused"));
    const callee = job(
      { submit: drive, status: drive, cancel: drive, result: drive },
      { cancelGrace: "10m" },
    );
    expect(() => defineCall({ ...contract, callee, ledger })).not.toThrow();
  });

  it("a ledger that the environment names is known at the call", async () => {
    let runs = 0;
    const callee = task(() => ++runs, { cancelGrace: "1m" });
    const call = defineCall({ ...contract, callee });
    const before = process.env["HARDCALL_LEDGER"];
    process.env["HARDCALL_LEDGER"] = "postgres://user:secret@127.0.0.1:1/jobs";
    try {
      const settled = await call.settle();
      expect(settled).toMatchObject({ code: "invalid_config", effect: "not_started" });
      expect(settled).toHaveProperty(
        "message",
        expect.stringContaining("cancelGrace is too long for a ledger"),
      );
      expect(settled).toHaveProperty("message", expect.not.stringContaining("secret"));
      expect(runs).toBe(0);
    } finally {
      if (before === undefined) delete process.env["HARDCALL_LEDGER"];
      else process.env["HARDCALL_LEDGER"] = before;
    }
  });
});

it("hardcall run refuses a --kill-grace that does not fit, and starts nothing", async () => {
  const mark = path.join(tempFolder(), "mark");
  const words = ["--", fixture("leaves-a-mark.sh"), mark];
  for (const [flags, env] of [
    [["--ledger", "postgres://user:secret@127.0.0.1:1/jobs"], {}],
    [[], { HARDCALL_LEDGER: "postgres://user:secret@127.0.0.1:1/jobs" }],
  ] as const) {
    const argv = ["run", "--timeout", "1m", "--key", "a", "--kill-grace", "28s", ...flags, ...words];
    const ended = await hardcall(argv, { env });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain("--kill-grace is too long for a ledger that several hosts share");
    expect(ended.stderr).toContain("shorten --kill-grace by 2.3 s");
    expect(ended.stderr).not.toContain("secret");
  }
  expect(existsSync(mark)).toBe(false);
});

describe('onInProgress: "wait"', () => {
  it("wakes when the ledger tells that the operation has ended, and asks anew only then", async () => {
    const ann = new FarLedger("ann");
    const bob = new FarLedger("bob", ann);
    const began = Promise.withResolvers<void>();
    const released = Promise.withResolvers<string>();
    const callOf = (ledger: LedgerStore) =>
      defineCall({
        name: "shared",
        callee: task(async () => {
          began.resolve();
          return await released.promise;
        }),
        timeout: "1m",
        effects: "once",
        key: () => "a",
        onInProgress: "wait",
        ledger,
      });
    const owner = callOf(ann.store).settle();
    await began.promise;
    const told = Promise.withResolvers<void>();
    const waits: { withinMs: number; signal?: AbortSignal | undefined }[] = [];
    const telling: LedgerStore = new Proxy(bob.store, {
      get(target, name, receiver) {
        if (name !== "ended") return Reflect.get(target, name, receiver) as unknown;
        return (_operation: unknown, options: (typeof waits)[number]) => {
          waits.push(options);
          return told.promise;
        };
      },
    });
    const waiting = callOf(telling).settle();
    while (waits.length < 4) await bob.confirmed();
    released.resolve("done");
    expect(await owner).toMatchObject({ outcome: "executed" });
    const at = performance.now();
    told.resolve();
    expect(await waiting).toMatchObject({ outcome: "replayed", value: "done" });
    expect(performance.now() - at).toBeLessThan(LEASE_MS);
    expect(waits.every(({ withinMs }) => withinMs <= 1000)).toBe(true);
    // Nothing goes on listening.
    expect(waits.map(({ signal }) => signal?.aborted)).toEqual(waits.map(() => true));
  });
});
