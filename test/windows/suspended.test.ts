/** Guarantee 3 of docs/guarantees.md, of a host that is suspended, as by "Suspend process" in a debugger or by a laptop's sleep. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Witness } from "./lib/witness.ts";

const HOST = path.join(import.meta.dirname, "lib/host.ts");
const IDLE_MS = 4000;

test("3: a host that was suspended does not report idle_timeout for that time", async (t) => {
  const witness = await Witness.open(t);
  const flag = "--disable-warning=ExperimentalWarning";
  const host = spawn(process.execPath, [flag, HOST, process.execPath, ...witness.member("child")], {
    env: { ...process.env, HOST_IDLE: String(IDLE_MS) },
    stdio: ["pipe", "ignore", "inherit"],
    timeout: 120_000,
  });
  t.after(() => host.kill("SIGKILL"));
  const ended = once(host, "exit");
  await witness.tell("child", { do: "print", text: "before" });
  const resume = suspend(host.pid!);
  // More than the idle limit; the child shows no sign of life that the host could see.
  await wait(IDLE_MS + 2000);
  resume();
  await witness.tell("child", { do: "print", text: "after" });
  await witness.tell("child", { do: "exit", code: 0 });
  assert.deepEqual(await ended, [0, null]);
});

interface Koffi {
  load(file: string): { func(declaration: string): (...args: unknown[]) => unknown };
}

/** Suspends all threads of a process. */
function suspend(pid: number): () => void {
  const ofPackage = createRequire(createRequire(import.meta.url).resolve("hardcall/package.json"));
  const koffi = ofPackage(`@koromix/koffi-win32-${process.arch}`) as Koffi;
  const open = koffi
    .load("kernel32.dll")
    .func("void *OpenProcess(uint32_t access, int inherit, uint32_t pid)");
  const ntdll = koffi.load("ntdll.dll");
  const PROCESS_SUSPEND_RESUME = 0x0800;
  const handle = open(PROCESS_SUSPEND_RESUME, 0, pid);
  assert.equal(ntdll.func("int32_t NtSuspendProcess(void *handle)")(handle), 0);
  return () => assert.equal(ntdll.func("int32_t NtResumeProcess(void *handle)")(handle), 0);
}
