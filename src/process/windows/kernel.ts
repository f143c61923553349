import { type Pointer, type WindowsLibrary, windowsFfi } from "../../core/windows-ffi.ts";

/** The functions of Windows that tell of processes and threads. Their names are those of the Windows documentation. */
export interface Kernel {
  readonly OpenProcess: (access: number, inherit: boolean, pid: number) => Pointer;
  readonly OpenThread: (access: number, inherit: boolean, tid: number) => Pointer;
  readonly GetCurrentThreadId: () => number;
  readonly GetLastError: () => number;
  readonly GetProcessTimes: GetTimes;
  readonly GetThreadTimes: GetTimes;
  readonly WaitForSingleObject: (handle: Pointer, milliseconds: number) => number;
  readonly CloseHandle: (handle: Pointer) => boolean;
  readonly CreateToolhelp32Snapshot: (flags: number, pid: number) => Pointer;
  readonly Process32FirstW: (snapshot: Pointer, entry: Buffer) => boolean;
  readonly Process32NextW: (snapshot: Pointer, entry: Buffer) => boolean;
  readonly NtQuerySystemInformation: (kind: number, into: Buffer, bytes: number, returned: null) => number;
}

type GetTimes = (handle: Pointer, made: Buffer, ended: Buffer, kernel: Buffer, user: Buffer) => boolean;

let known: Kernel | "none" | undefined;

/** `undefined` off Windows, and where the FFI is missing or broken. */
export function kernel(): Kernel | undefined {
  known ??= bind() ?? "none";
  return known === "none" ? undefined : known;
}

function bind(): Kernel | undefined {
  const { ffi } = windowsFfi();
  if (ffi === undefined) return undefined;
  try {
    return functionsOf(ffi.load("kernel32.dll"), ffi.load("ntdll.dll"));
  } catch {
    return undefined; // An FFI that cannot bind what every Windows has is broken: hardcall does without it.
  }
}

function functionsOf(kernel32: WindowsLibrary, ntdll: WindowsLibrary): Kernel {
  const times = (name: string) =>
    kernel32.func(
      `bool ${name}(void *handle, void *made, void *ended, void *kernel, void *user)`,
    ) as GetTimes;
  const next = (name: string) =>
    kernel32.func(`bool ${name}(void *snapshot, void *entry)`) as Kernel["Process32NextW"];
  return {
    OpenProcess: kernel32.func(
      "void *OpenProcess(uint32_t access, bool inherit, uint32_t pid)",
    ) as Kernel["OpenProcess"],
    OpenThread: kernel32.func(
      "void *OpenThread(uint32_t access, bool inherit, uint32_t tid)",
    ) as Kernel["OpenThread"],
    GetCurrentThreadId: kernel32.func("uint32_t GetCurrentThreadId()") as Kernel["GetCurrentThreadId"],
    GetLastError: kernel32.func("uint32_t GetLastError()") as Kernel["GetLastError"],
    GetProcessTimes: times("GetProcessTimes"),
    GetThreadTimes: times("GetThreadTimes"),
    WaitForSingleObject: kernel32.func(
      "uint32_t WaitForSingleObject(void *handle, uint32_t milliseconds)",
    ) as Kernel["WaitForSingleObject"],
    CloseHandle: kernel32.func("bool CloseHandle(void *handle)") as Kernel["CloseHandle"],
    CreateToolhelp32Snapshot: kernel32.func(
      "void *CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)",
    ) as Kernel["CreateToolhelp32Snapshot"],
    Process32FirstW: next("Process32FirstW"),
    Process32NextW: next("Process32NextW"),
    NtQuerySystemInformation: ntdll.func(
      "int32_t NtQuerySystemInformation(int kind, void *into, uint32_t bytes, void *returned)",
    ) as Kernel["NtQuerySystemInformation"],
  };
}
