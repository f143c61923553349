import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { CallError, runCommand } from "hardcall";
import type { HostOrder } from "./lib/calling-host.ts";
import { callOnce } from "./lib/calls-once.ts";
import { Witness } from "./lib/witness.ts";

/** What a process may take to be gone once hardcall has ended it. */
const SOON_MS = 2000;
const WITHOUT_KOFFI = path.resolve("../hardcall without koffi");
const TRICKS = path.join(import.meta.dirname, "lib/job-tricks.ts");

/** The arguments with which Node is the host program of this folder. */
const hostIn = (folder: string, order: HostOrder): string[] => [
  "--disable-warning=ExperimentalWarning",
  path.join(folder, "test/windows/lib/calling-host.ts"),
  JSON.stringify(order),
];

/** Starts a host that makes one call, and is ended with the test. */
function startHost(t: TestContext, order: HostOrder, folder = process.cwd()): ChildProcess {
  const host = spawn(process.execPath, hostIn(folder, order), {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 120_000,
  });
  t.after(() => host.kill("SIGKILL"));
  return host;
}

interface Told {
  readonly code?: string;
  readonly effect?: string;
  readonly exitCode?: number;
  readonly notes: readonly string[];
}

/** What a host that ended by itself has told of its call. */
async function toldBy(host: ChildProcess): Promise<Told> {
  return JSON.parse(await text(host.stdout!)) as Told;
}

async function killHost(host: ChildProcess): Promise<void> {
  const exited = once(host, "exit");
  host.kill("SIGKILL");
  await exited;
}

const failureOf = async (call: Promise<unknown>): Promise<CallError> =>
  await call.then(
    () => assert.fail("the call succeeded"),
    (error: unknown) => {
      assert.ok(error instanceof CallError, String(error));
      return error;
    },
  );

/** Waits until no process has the pid. It may end before it can connect to a witness. */
async function gone(pid: number): Promise<void> {
  for (const until = performance.now() + SOON_MS; ; await wait(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(performance.now() < until, `process ${pid} lives on`);
  }
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "job-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a timeout ends what the child left behind by a parent that has ended (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const stop = new AbortController();
  const call = failureOf(
    runCommand(process.execPath, witness.member("child"), { timeout: "100s", signal: stop.signal }),
  );
  await witness.tell("child", { do: "start", name: "parent", detached: true });
  await witness.tell("parent", { do: "start", name: "orphan", detached: true });
  await witness.arrived("orphan");
  await witness.tell("parent", { do: "exit", code: 0 });
  await witness.gone("parent", SOON_MS);
  stop.abort();
  const { code, attempts, signal } = await call;
  assert.equal(code, "cancelled");
  assert.equal(signal, "SIGKILL");
  assert.equal(attempts.at(-1)?.survivors ?? 0, 0);
  await witness.gone("child", SOON_MS);
  await witness.gone("orphan", SOON_MS);
});

test("a success ends what it left behind, and a note counts it; the console's own process is not counted (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = runCommand(process.execPath, witness.member("child"), { timeout: "100s" });
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "print", text: "done" });
  await witness.tell("child", { do: "exit", code: 0 });
  const { value, attempts } = await call;
  await witness.gone("daemon", SOON_MS);
  assert.equal(value, "done");
  assert.deepEqual(attempts.at(-1)?.notes, [
    "hardcall ended 1 process that was still running after the exit",
  ]);
});

test("a call that leaves nothing has no notes", async () => {
  const { attempts } = await runCommand("cmd.exe", ["/d", "/c", "echo done"], { timeout: "100s" });
  assert.deepEqual(attempts.at(-1)?.notes ?? [], []);
});

test("a process that holds the output open does not delay the answer, and is ended (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = runCommand(process.execPath, witness.member("child"), { timeout: "100s" });
  await witness.tell("child", { do: "start", name: "holder", detached: true, stdio: "pipes" });
  await witness.arrived("holder");
  await witness.tell("child", { do: "print", text: "done" });
  await witness.tell("child", { do: "exit", code: 0 });
  const { value } = await call;
  await witness.gone("holder", SOON_MS);
  assert.equal(value, "done");
});

test("an exit code that declares a refusal proves nothing while a process of the call lives (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const options = { timeout: "100s", rejectedExitCodes: [3] } as const;
  const call = failureOf(runCommand(process.execPath, witness.member("child"), options));
  await witness.tell("child", { do: "start", name: "helper", detached: true });
  await witness.arrived("helper");
  await witness.tell("child", { do: "exit", code: 3 });
  const { effect, code } = await call;
  await witness.gone("helper", SOON_MS);
  assert.deepEqual({ effect, code }, { effect: "unknown", code: "exit_nonzero" });
});

test("a refusal with nothing left is believed", async () => {
  const options = { timeout: "100s", rejectedExitCodes: [3] } as const;
  const { effect } = await failureOf(runCommand("cmd.exe", ["/d", "/c", "exit 3"], options));
  assert.equal(effect, "rejected");
});

test('with leftovers: "leave" a daemon outlives the call and its host, and starts others', async (t) => {
  const witness = await Witness.open(t);
  const args = witness.member("child");
  const host = startHost(t, { args, options: { timeout: "100s", leftovers: "leave" } });
  const told = toldBy(host);
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "exit", code: 0 });
  assert.deepEqual((await told).notes, []);
  await once(host, "close");
  await witness.lives("daemon");
  await witness.tell("daemon", { do: "start", name: "another", detached: true });
  await witness.lives("another");
});

test('with leftovers: "leave" a failure ends everything (Job Object)', async (t) => {
  const witness = await Witness.open(t);
  const options = { timeout: "100s", leftovers: "leave" } as const;
  const call = failureOf(runCommand(process.execPath, witness.member("child"), options));
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "exit", code: 1 });
  assert.equal((await call).code, "exit_nonzero");
  await witness.gone("daemon", SOON_MS);
});

for (const leftovers of ["end", "leave"] as const)
  test(`Windows ends all processes of a call whose host is killed, with leftovers: "${leftovers}" (Job Object)`, async (t) => {
    const witness = await Witness.open(t);
    const host = startHost(t, { args: witness.member("child"), options: { timeout: "100s", leftovers } });
    await witness.tell("child", { do: "start", name: "parent", detached: true });
    await witness.tell("parent", { do: "start", name: "orphan", detached: true });
    await witness.arrived("orphan");
    await witness.tell("parent", { do: "exit", code: 0 });
    await killHost(host);
    await witness.gone("child", SOON_MS);
    await witness.gone("orphan", SOON_MS);
  });

test("a host that is killed in the moment of a start takes the child with it", async (t) => {
  const witness = await Witness.open(t);
  const pidFile = path.join(folderFor(t), "pid");
  const atSpawn = { diesAndTells: pidFile };
  const host = startHost(t, { args: witness.member("child"), options: { timeout: "100s" }, atSpawn });
  await once(host, "exit");
  await gone(Number(readFileSync(pidFile, "utf8")));
});

test("what a child starts before it is in its job is ended too (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const until = path.join(folderFor(t), "go");
  const host = startHost(t, {
    args: witness.member("child"),
    options: { timeout: "100s" },
    atSpawn: { until },
  });
  const told = toldBy(host);
  await witness.tell("child", { do: "start", name: "early", detached: true });
  await witness.tell("early", { do: "start", name: "earlier still", detached: true });
  await witness.arrived("earlier still");
  writeFileSync(until, "");
  await witness.tell("child", { do: "exit", code: 0 });
  const { notes } = await told;
  await witness.gone("early", SOON_MS);
  await witness.gone("earlier still", SOON_MS);
  assert.deepEqual(notes, ["hardcall ended 2 processes that were still running after the exit"]);
});

test("a call inside a call: the outer one's end ends both, the inner one's end its own (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const inner = hostIn(process.cwd(), { args: witness.member("inner"), options: { timeout: "100s" } });
  const stop = new AbortController();
  const call = failureOf(
    runCommand(process.execPath, inner, { timeout: "100s", signal: stop.signal, killGrace: 1 }),
  );
  await witness.tell("inner", { do: "start", name: "innermost", detached: true });
  await witness.arrived("innermost");
  stop.abort();
  assert.equal((await call).code, "cancelled");
  await witness.gone("inner", SOON_MS);
  await witness.gone("innermost", SOON_MS);

  const second = hostIn(process.cwd(), { args: witness.member("child"), options: { timeout: "100s" } });
  const whole = runCommand(process.execPath, second, { timeout: "100s" });
  await witness.tell("child", { do: "start", name: "left", detached: true });
  await witness.arrived("left");
  await witness.tell("child", { do: "exit", code: 0 });
  const { value, attempts } = await whole;
  await witness.gone("left", SOON_MS);
  assert.match(value, /hardcall ended 1 process that was still running/);
  assert.deepEqual(attempts.at(-1)?.notes ?? [], []);
});

test("no process can leave its job", async () => {
  const { value } = await runCommand(process.execPath, [TRICKS, "break away"], { timeout: "100s" });
  // ERROR_ACCESS_DENIED
  assert.equal(value, "refused: 5");
});

test("a process that its program puts into a job of its own is ended (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const stop = new AbortController();
  const args = [TRICKS, "own job", ...witness.member("in its own job")];
  const call = failureOf(runCommand(process.execPath, args, { timeout: "100s", signal: stop.signal }));
  await witness.arrived("in its own job");
  stop.abort();
  const { stdoutTail } = await call;
  await witness.gone("in its own job", SOON_MS);
  assert.equal(stdoutTail.trim(), "in a job of its own");
});

test("a worker thread that is terminated: the next call with its key ends what its call left (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const ledger = path.join(folderFor(t), "ledger.db");
  const workerData = { args: witness.member("of the worker"), ledger };
  const worker = new Worker(path.join(import.meta.dirname, "lib/calls-once.ts"), { workerData });
  await witness.arrived("of the worker");
  await worker.terminate();
  const next = await callOnce(workerData);
  await witness.gone("of the worker", SOON_MS);
  assert.equal(next, "in_doubt");
});

/** The handles that this process has open. */
function handleCount(): number {
  const koffi = createRequire(import.meta.url)(`@koromix/koffi-win32-${process.arch}`) as {
    load(name: string): { func(prototype: string): (...args: readonly unknown[]) => unknown };
  };
  const kernel = koffi.load("kernel32.dll");
  const count = Buffer.alloc(4);
  const own = kernel.func("void *GetCurrentProcess()")();
  kernel.func("int GetProcessHandleCount(void *process, void *count)")(own, count);
  return count.readUInt32LE();
}

test("100 calls at once, and 20 that time out, leave no handle open", async () => {
  const clean = () => runCommand("cmd.exe", ["/d", "/c", "echo done"], { timeout: "100s" });
  const late = () =>
    failureOf(runCommand("cmd.exe", ["/d", "/c", "ping -n 100 127.0.0.1"], { timeout: "1s", killGrace: 1 }));
  await Promise.all([...Array.from({ length: 5 }, clean), late()]);
  const before = handleCount();
  const values = await Promise.all(Array.from({ length: 100 }, clean));
  const failures = await Promise.all(Array.from({ length: 20 }, late));
  const after = handleCount();
  assert.deepEqual(new Set(values.map(({ value }) => value)), new Set(["done"]));
  assert.deepEqual(new Set(failures.map(({ code }) => code)), new Set(["timeout"]));
  assert.ok(after - before < 20, `${before} handles before, ${after} after 120 calls`);
});

const THE_OLD_WAY = "hardcall ends the direct child only, and processes that it started may live on: ";

test("without the FFI, or with a broken one, hardcall ends the direct child and a note says so", async (t) => {
  const name = `@koromix/koffi-win32-${process.arch}`;
  const folder = path.join(WITHOUT_KOFFI, "node_modules", name);
  for (const [state, why] of [
    ["missing", "is not installed"],
    ["broken", "cannot be loaded (ERR_DLOPEN_FAILED)"],
  ] as const) {
    if (state === "broken") {
      mkdirSync(folder, { recursive: true });
      t.after(() => rmSync(path.dirname(folder), { recursive: true }));
      writeFileSync(path.join(folder, "index.js"), 'module.exports = require("./koffi.node");');
      writeFileSync(path.join(folder, "koffi.node"), "of another architecture");
    }
    const witness = await Witness.open(t);
    const options = { timeout: "8s", killGrace: 1 } as const;
    const told = toldBy(startHost(t, { args: witness.member("child"), options }, WITHOUT_KOFFI));
    await witness.tell("child", { do: "start", name: "grandchild", detached: true });
    const { code, notes } = await told;
    await witness.gone("child", SOON_MS);
    await witness.lives("grandchild");
    assert.equal(code, "timeout");
    assert.deepEqual(notes, [`${THE_OLD_WAY}the package ${name} ${why}`]);
  }
});

test("doctor tells what holds the processes of a call", async () => {
  const doctor = async (folder: string) => {
    const file = path.join(folder, "node_modules/hardcall/dist/cli.js");
    const { stdout } = await promisify(execFile)(process.execPath, [file, "doctor"], {
      cwd: folder,
      timeout: 100_000,
    }).catch((error: unknown) => error as { readonly stdout: string });
    return stdout;
  };
  const complete = await doctor(process.cwd());
  assert.match(complete, /yes +process trees are ended +with one Job Object for each call/);
  assert.match(complete, /yes +escaped descendants are ended +tried: found in the Job Object, and ended/);
  assert.match(complete, /yes +children die with a killed host +by Windows/);
  const without = await doctor(WITHOUT_KOFFI);
  assert.match(without, /NO +process trees are ended +only the direct child: the package @koromix/);
  assert.match(without, /NO +children die with a killed host/);
});
