/** What a program on Windows may try with jobs: to start a process outside of its job, or in a job of its own, as browsers do. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

interface Kernel {
  func(prototype: string): (...args: readonly unknown[]) => unknown;
}

const koffi = createRequire(import.meta.url)(`@koromix/koffi-win32-${process.arch}`) as {
  load(library: string): Kernel;
};
const kernel = koffi.load("kernel32.dll");

const CREATE_BREAKAWAY_FROM_JOB = 0x0100_0000;
const STARTUPINFO_BYTES = 104;
const KILL_ON_JOB_CLOSE = 0x2000;
const PROCESS_ALL_ACCESS = 0x1f_ffff;

const [trick, ...args] = process.argv.slice(2) as ["break away" | "own job", ...string[]];
if (trick === "break away") {
  const create = kernel.func(
    "int CreateProcessW(str16 file, void *line, void *a, void *b, int inherit, uint32_t flags, void *env, str16 cwd, void *startup, void *info)",
  );
  const line = Buffer.from(`"${process.execPath}" --version\0`, "utf16le");
  const startup = Buffer.alloc(STARTUPINFO_BYTES);
  startup.writeUInt32LE(STARTUPINFO_BYTES);
  const info = Buffer.alloc(24);
  const isStarted = create(null, line, null, null, 0, CREATE_BREAKAWAY_FROM_JOB, null, null, startup, info);
  const error = kernel.func("uint32_t GetLastError()")();
  console.log(isStarted === 0 ? `refused: ${String(error)}` : "started");
} else {
  const job = kernel.func("void *CreateJobObjectW(void *security, void *name)")(null, null);
  const limits = Buffer.alloc(144);
  limits.writeUInt32LE(KILL_ON_JOB_CLOSE, 16);
  kernel.func("int SetInformationJobObject(void *job, int kind, void *info, uint32_t bytes)")(
    job,
    9,
    limits,
    144,
  );
  // ast-grep-ignore: js-subprocess-timeout, reason: it exits when the witness closes its connection
  const child = spawn(process.execPath, args, { stdio: "ignore", detached: true });
  const opened = kernel.func("void *OpenProcess(uint32_t access, int inherit, uint32_t pid)")(
    PROCESS_ALL_ACCESS,
    0,
    child.pid,
  );
  const isIn = kernel.func("int AssignProcessToJobObject(void *job, void *process)")(job, opened);
  console.log(isIn === 0 ? "refused" : "in a job of its own");
  setInterval(() => {}, 1000);
}
