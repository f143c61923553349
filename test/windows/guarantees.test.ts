/** Guarantees 1 to 9 of docs/guarantees.md. The numbers are those of its table. */
import assert from "node:assert/strict";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { before, test } from "node:test";
import { CallError, defineCall, job, type JobDriver, runCommand, type StandardSchema, task } from "hardcall";
import { countWaits } from "../helpers/machine.ts";
import { scratch } from "./lib/scratch.ts";
import { Witness } from "./lib/witness.ts";

const NODE = process.execPath;
const LIMITS = { timeout: "8s", killGrace: "500ms" } as const;
/** timeout + killGrace + what it may take to see that nothing is left. */
const BOUND_MS = 8000 + 500 + 250 + 100;

// The first start of a process is slow, and timeouts are short here.
before(() => runCommand(NODE, ["--version"], { timeout: "60s" }));

const never = () => new Promise<never>(() => undefined);

async function timed<T>(work: () => Promise<T>): Promise<{ settled: T; ms: number }> {
  const waited = countWaits();
  const startedAt = performance.now();
  const settled = await work();
  return { settled, ms: performance.now() - startedAt - waited() };
}

async function settle(
  args: readonly string[],
  options: Parameters<typeof runCommand>[2],
): Promise<CallError> {
  return await runCommand(NODE, args, options).then(
    () => assert.fail("The call succeeded."),
    (error: unknown) => error as CallError,
  );
}

test("1: a call settles although a grandchild holds its pipes (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = timed(() => settle(witness.member("child"), LIMITS));
  await witness.tell("child", { do: "start", name: "holder", stdio: "pipes", detached: true });
  await witness.arrived("holder");
  const { settled, ms } = await call;
  assert.equal(settled.code, "timeout");
  assert.ok(ms < BOUND_MS, `settled after ${ms} ms`);
  await witness.gone("child", 500);
  await witness.gone("holder", 500);
});

test("1: a call whose child has ended does not wait for a grandchild that holds its pipes (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = timed(() => runCommand(NODE, witness.member("child"), { timeout: "60s" }));
  await witness.tell("child", { do: "start", name: "holder", stdio: "pipes", detached: true });
  await witness.arrived("holder");
  await witness.tell("child", { do: "print", text: "done" });
  await witness.tell("child", { do: "exit", code: 0 });
  const { settled, ms } = await call;
  assert.equal(settled.value, "done");
  assert.ok(ms < 20_000, `settled after ${ms} ms`);
  await witness.gone("holder", 500);
});

test("2: a process that exits with 0 because of its timeout has timed out", async () => {
  const program = `for (const signal of ["SIGTERM", "SIGBREAK", "SIGINT", "SIGHUP"])
    process.on(signal, () => process.exit(0));
  console.log("ready"); setInterval(() => {}, 1000);`;
  const { code, message } = await settle(["-e", program], LIMITS);
  assert.equal(code, "timeout");
  assert.match(message, /timed out after 8 s/);
});

test("3: a host that was blocked does not report idle_timeout for that time", async () => {
  const program = `setInterval(() => console.log("alive"), 100); setTimeout(() => process.exit(0), 7000);`;
  let blocked = false;
  const { outcome } = await runCommand(NODE, ["-e", program], {
    timeout: { total: "60s", idle: "5s" },
    onOutput: () => {
      if (blocked) return;
      blocked = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6000);
    },
  });
  assert.equal(outcome, "executed");
});

test("4: a child gets the end of stdin at once, or the given bytes and then the end", async (t) => {
  const echo = `process.stdin.on("data", (chunk) => process.stdout.write(chunk.toString("hex")))
    .on("end", () => process.stdout.write(" end"));`;
  const without = await runCommand(NODE, ["-e", echo], { timeout: "60s" });
  assert.equal(without.value, " end");
  const given = await runCommand(NODE, ["-e", echo], { timeout: "60s", stdin: "a\r\n\u001Aé" });
  assert.equal(given.value, `${Buffer.from("a\r\n\u001Aé").toString("hex")} end`);
  // One that does not read gets more than a pipe holds, and ends all the same.
  const witness = await Witness.open(t);
  const deaf = runCommand(NODE, witness.member("deaf"), { timeout: "60s", stdin: "x".repeat(10_000_000) });
  await witness.tell("deaf", { do: "print", text: "did not read" });
  await witness.tell("deaf", { do: "exit", code: 0 });
  assert.equal((await deaf).value, "did not read");
});

test("5: a remote job that hangs is cancelled and tried again", async () => {
  const jobs: { id: string; cancelled: boolean }[] = [];
  const driver: JobDriver<void, string> = {
    submit: async (id) => void jobs.push({ id, cancelled: false }),
    status: async (id) => {
      const found = jobs.find((one) => one.id === id);
      if (found === undefined) return { state: "missing" };
      if (found.cancelled)
        return {
          state: "failed",
          failure: { code: "job_failed", message: "was cancelled", effect: "rejected" },
        };
      return { state: jobs.indexOf(found) === 0 ? "running" : "succeeded" };
    },
    cancel: async (id) => {
      for (const one of jobs) if (one.id === id) one.cancelled = true;
    },
    result: async () => ({ value: "rows" }),
  };
  const report = defineCall({
    name: "report",
    callee: job(driver, { cancelGrace: "3s" }),
    timeout: { total: "60s", attempt: "1s" },
    effects: "none",
    retry: { attempts: 2, baseDelay: 1 },
  });
  const { value, attempts } = await report();
  assert.equal(value, "rows");
  assert.deepEqual(
    attempts.map(({ code }) => code),
    ["timeout", undefined],
  );
  assert.deepEqual(
    jobs.map(({ cancelled }) => cancelled),
    [true, false],
  );
});

test("6: a schema, an evidence function and a logger that never settle do not hold the call", async () => {
  const common = { timeout: "1s", effects: "none", callee: task(async () => "done") } as const;
  const output: StandardSchema = { "~standard": { version: 1, vendor: "test", validate: never } };
  const logger = { info: never, warn: never, error: never };
  const { settled, ms } = await timed(() =>
    Promise.all([
      defineCall({ ...common, name: "schema", output }).settle(),
      defineCall({ ...common, name: "evidence", evidence: [never] }).settle(),
      defineCall({ ...common, name: "logger", logger }).settle(),
    ]),
  );
  const codes = settled.map((one) => (one instanceof CallError ? one.code : one.outcome));
  assert.deepEqual(codes, ["invalid_output", "evidence_missing", "executed"]);
  assert.ok(ms < 3000, `settled after ${ms} ms`);
});

test("7: a locked ledger does not make a call late", async (t) => {
  const ledger = path.join(scratch(), "ledger.db");
  const lockers: DatabaseSync[] = [];
  t.after(() => lockers.forEach((locker) => locker.close()));
  const inTime = (timeout: string) =>
    defineCall({
      name: "in-time",
      callee: task(async (input: "lock" | "") => {
        if (input === "") return "done";
        const locker = new DatabaseSync(ledger);
        lockers.push(locker);
        locker.exec("BEGIN IMMEDIATE");
        return "done";
      }),
      timeout,
      effects: "once",
      key: (input) => `key ${input}`,
      ledger,
    });
  // Makes and opens the ledger, which is slow under Wine.
  await inTime("60s")("");
  const { settled, ms } = await timed(() => inTime("5s").settle("lock"));
  assert.ok(settled instanceof CallError);
  assert.deepEqual(
    [settled.code, settled.effect, settled.value],
    ["ledger_unavailable", "completed", "done"],
  );
  assert.ok(ms < 5000 + 700, `settled after ${ms} ms`);
});

test("8: replays that never wait let a timer fire", async () => {
  const call = defineCall({
    name: "at-once",
    callee: task(async () => "here"),
    timeout: "50s",
    effects: "once",
    key: () => "the-one",
    ledger: path.join(scratch(), "ledger.db"),
  });
  await call();
  const fired = new AbortController();
  setTimeout(() => fired.abort(), 20);
  let calls = 0;
  for (; !fired.signal.aborted && calls < 50_000; calls++) await call();
  assert.ok(fired.signal.aborted, `no timer fired during ${calls} replays`);
});

test("8: many timeouts at once are all on time, and nothing is left", async (t) => {
  const witness = await Witness.open(t);
  const names = Array.from({ length: 10 }, (_, index) => `child ${index}`);
  const calls = names.map((name) => timed(() => settle(witness.member(name), { ...LIMITS, timeout: "15s" })));
  await Promise.all(names.map((name) => witness.arrived(name)));
  for (const { settled, ms } of await Promise.all(calls)) {
    assert.equal(settled.code, "timeout");
    assert.ok(ms < 7000 + BOUND_MS, `settled after ${ms} ms`);
  }
  for (const name of names) await witness.gone(name, 500);
});

test("9: settle does not reject for an input that throws when it is read, and the next call works", async () => {
  const call = defineCall({
    name: "odd",
    callee: task(async ({ name }: { readonly name: string }) => name),
    timeout: "10s",
    effects: "none",
  });
  const odd = {
    get name(): string {
      throw new RangeError("no");
    },
  };
  const settled = await call.settle(odd);
  assert.ok(settled instanceof CallError);
  assert.equal(settled.code, "job_failed");
  assert.equal((await call({ name: "good" })).value, "good");
});
