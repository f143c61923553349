/**
 * A console of its own, with one program in it, for keys that are pressed there. Ctrl-C goes to every program of a console, and that of
 * the tests has others, npm among them.
 *
 *   node console.ts FILE ARGS…     on stdin, a line: `c` presses Ctrl-C, `break` Ctrl-Break. It ends with the exit code of FILE.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { LIMIT_MS } from "./command-line.ts";

const CTRL_C_EVENT = 0;
const CTRL_BREAK_EVENT = 1;

interface Koffi {
  load(file: string): { func(declaration: string): (...args: number[]) => number };
}

if (process.argv[1] === import.meta.filename) main();

/** Starts a program in a console of its own. Write `c` or `break` to the stdin of what comes back. */
export const inConsole = (file: string, args: readonly string[], env = process.env): ChildProcess =>
  spawn(process.execPath, ["--disable-warning=ExperimentalWarning", import.meta.filename, file, ...args], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });

function main(): void {
  // The package's own optional dependency: the wrapper's name depends on the processor.
  const koffi = createRequire(createRequire(import.meta.url).resolve("hardcall/package.json"))(
    `@koromix/koffi-win32-${process.arch}`,
  ) as Koffi;
  const kernel = koffi.load("kernel32.dll");
  const press = kernel.func("int __stdcall GenerateConsoleCtrlEvent(uint32_t event, uint32_t group)");
  kernel.func("int __stdcall FreeConsole()")();
  assert.equal(kernel.func("int __stdcall AllocConsole()")(), 1, "there is no console to be had");
  // They come to us, too.
  for (const signal of ["SIGINT", "SIGBREAK"]) process.on(signal, () => {});
  const [file = "", ...args] = process.argv.slice(2);
  // No `windowsHide`, which would give the program another console.
  const child = spawn(file, args, {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  createInterface({ input: process.stdin }).on("line", (key) => {
    assert.equal(press(key === "c" ? CTRL_C_EVENT : CTRL_BREAK_EVENT, 0), 1, `${key} cannot be pressed`);
  });
  void once(child, "exit").then(([exitCode]) => process.exit((exitCode as number | null) ?? 1));
}
