import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { runCommand } from "hardcall";
import { failureOf } from "./lib/hosts.ts";
import { Witness } from "./lib/witness.ts";

/** What a process may take to be gone once hardcall has ended it. */
const SOON_MS = 2000;
const TRICKS = path.join(import.meta.dirname, "lib/job-tricks.ts");

test("a stopped call ends a process whose parent has ended (Job Object)", async (t) => {
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

test("a process that holds the output open does not delay the answer, and is ended", async (t) => {
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

test("an exit code that declares a refusal proves nothing while a process of the call lives", async (t) => {
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

test('with leftovers: "leave" a failure ends everything', async (t) => {
  const witness = await Witness.open(t);
  const options = { timeout: "100s", leftovers: "leave" } as const;
  const call = failureOf(runCommand(process.execPath, witness.member("child"), options));
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "exit", code: 1 });
  assert.equal((await call).code, "exit_nonzero");
  await witness.gone("daemon", SOON_MS);
});

test("no process can leave its job", async () => {
  const { value } = await runCommand(process.execPath, [TRICKS, "break away"], { timeout: "100s" });
  // ERROR_ACCESS_DENIED
  assert.equal(value, "refused: 5");
});

test("a process that its program puts into a job of its own is ended", async (t) => {
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

/** More than the gaps between the handles that stay open. */
const NEW_HANDLES = 50;

/**
 * Grows with each handle that this process keeps open: the highest of so many new ones, as Windows gives out a free number again.
 * GetProcessHandleCount says 0 under Wine 8.
 */
function highestNewHandle(): number {
  const koffi = createRequire(import.meta.url)(`@koromix/koffi-win32-${process.arch}`) as {
    load(name: string): { func(prototype: string): (...args: readonly unknown[]) => unknown };
  };
  const kernel = koffi.load("kernel32.dll");
  const create = kernel.func("void *CreateEventW(void *security, int manual, int isSet, void *name)");
  const close = kernel.func("int CloseHandle(void *handle)");
  const handles = Array.from({ length: NEW_HANDLES }, () => create(null, 0, 0, null));
  for (const handle of handles) close(handle);
  // The numbers are multiples of four.
  return Math.max(...handles.map(Number)) / 4;
}

test("50 calls at once, and 10 that time out, leave no handle open", async () => {
  const clean = () => runCommand("cmd.exe", ["/d", "/c", "echo done"], { timeout: "100s" });
  const late = () =>
    failureOf(runCommand("cmd.exe", ["/d", "/c", "ping -n 100 127.0.0.1"], { timeout: "1s", killGrace: 1 }));
  await Promise.all([...Array.from({ length: 5 }, clean), late()]);
  const before = highestNewHandle();
  const values = await Promise.all(Array.from({ length: 50 }, clean));
  const failures = await Promise.all(Array.from({ length: 10 }, late));
  const after = highestNewHandle();
  assert.deepEqual(new Set(values.map(({ value }) => value)), new Set(["done"]));
  assert.deepEqual(new Set(failures.map(({ code }) => code)), new Set(["timeout"]));
  assert.ok(after - before < 20, `the highest new handle is ${before} before, ${after} after 60 calls`);
});
