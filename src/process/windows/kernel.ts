import { boundOnce, functionsOf, type Pointer } from "../../core/windows-ffi.ts";

/** "Process Security and Access Rights" in the Windows documentation. */
export const SYNCHRONIZE = 0x0010_0000;
export const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;

interface Kernel32 {
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
}

interface Ntdll {
  readonly NtQuerySystemInformation: (kind: number, into: Buffer, bytes: number, returned: null) => number;
}

type GetTimes = (handle: Pointer, made: Buffer, ended: Buffer, kernel: Buffer, user: Buffer) => boolean;

/** The functions of Windows that tell of processes and threads. Their names are those of the Windows documentation. */
export type Kernel = Kernel32 & Ntdll;

/** `undefined` off Windows, and where the FFI is missing or broken. */
export const kernel = boundOnce<Kernel>((ffi) => ({
  ...functionsOf<Kernel32>(ffi, "kernel32.dll", {
    OpenProcess: "void *OpenProcess(uint32_t access, bool inherit, uint32_t pid)",
    OpenThread: "void *OpenThread(uint32_t access, bool inherit, uint32_t tid)",
    GetCurrentThreadId: "uint32_t GetCurrentThreadId()",
    GetLastError: "uint32_t GetLastError()",
    GetProcessTimes: "bool GetProcessTimes(void *process, void *made, void *ended, void *kernel, void *user)",
    GetThreadTimes: "bool GetThreadTimes(void *thread, void *made, void *ended, void *kernel, void *user)",
    WaitForSingleObject: "uint32_t WaitForSingleObject(void *handle, uint32_t milliseconds)",
    CloseHandle: "bool CloseHandle(void *handle)",
    CreateToolhelp32Snapshot: "void *CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)",
    Process32FirstW: "bool Process32FirstW(void *snapshot, void *entry)",
    Process32NextW: "bool Process32NextW(void *snapshot, void *entry)",
  }),
  ...functionsOf<Ntdll>(ffi, "ntdll.dll", {
    NtQuerySystemInformation:
      "int32_t NtQuerySystemInformation(int kind, void *into, uint32_t bytes, void *returned)",
  }),
}));
