/** Starts a program as a service of Windows is started: without standard handles. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { LIMIT_MS } from "./command-line.ts";

interface Koffi {
  load(library: string): { func(prototype: string): NativeFunction };
}
type NativeFunction = ((...args: readonly unknown[]) => unknown) & {
  async(...args: readonly unknown[]): void;
};

/** STARTUPINFOW and PROCESS_INFORMATION of 64 bits: their sizes, and where their fields are. */
const STARTUPINFO = { bytes: 104, flags: 60 };
const PROCESS_INFORMATION = { bytes: 24, process: 0 };
/** The three handles of STARTUPINFOW count, and they are none. */
const STARTF_USESTDHANDLES = 0x100;
const DETACHED_PROCESS = 0x8;

/** @returns its exit code */
export async function runWithoutStreams(file: string, args: readonly string[]): Promise<number> {
  const koffi = createRequire(createRequire(import.meta.url).resolve("hardcall/package.json"))(
    `@koromix/koffi-win32-${process.arch}`,
  ) as Koffi;
  const kernel = koffi.load("kernel32.dll");
  const startup = Buffer.alloc(STARTUPINFO.bytes);
  startup.writeUInt32LE(STARTUPINFO.bytes);
  startup.writeUInt32LE(STARTF_USESTDHANDLES, STARTUPINFO.flags);
  const started = Buffer.alloc(PROCESS_INFORMATION.bytes);
  const create = kernel.func(
    "int CreateProcessW(str16 file, str16 line, void *a, void *b, int inherit, uint32_t flags, void *env, str16 cwd, void *startup, void *info)",
  );
  // Arguments without quotes and without a backslash at their end, as the tests give them, need no more than quotes.
  const line = [file, ...args].map((arg) => `"${arg}"`).join(" ");
  assert.ok(create(file, line, null, null, 1, DETACHED_PROCESS, null, null, startup, started));
  const handle = started.readBigInt64LE(PROCESS_INFORMATION.process);
  const wait = kernel.func("uint32_t WaitForSingleObject(intptr_t handle, uint32_t ms)");
  const { promise: waited, resolve } = Promise.withResolvers<unknown>();
  wait.async(handle, LIMIT_MS, (_: unknown, result: unknown) => resolve(result));
  assert.equal(await waited, 0, "it runs too long");
  const code = Buffer.alloc(4);
  assert.ok(kernel.func("int GetExitCodeProcess(intptr_t handle, void *code)")(handle, code));
  kernel.func("int CloseHandle(intptr_t handle)")(handle);
  return code.readUInt32LE();
}
