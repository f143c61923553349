import type { Pointer } from "../../core/windows-ffi.ts";
import { jobFunctions, type JobFunctions } from "./job-functions.ts";
import { PROCESS_QUERY_LIMITED_INFORMATION, SYNCHRONIZE } from "./kernel.ts";

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION on 64 bits; its flags are at byte 16. */
const LIMITS = { kind: 9, bytes: 144, flagsAt: 16 };
/** JOBOBJECT_BASIC_PROCESS_ID_LIST: two numbers of 32 bits, then a pid in 64 bits each. */
const PIDS = { kind: 3, head: 8, each: 8 };
/** The kernel ends the processes of the job when its last handle closes, also when that is because this process was killed. */
const KILL_ON_JOB_CLOSE = 0x2000;
/** A crash ends the process at once. Otherwise Windows may show a dialog box, and the process waits for a click. */
const DIE_ON_UNHANDLED_EXCEPTION = 0x400;
const BREAKAWAY_OK = 0x800;

const JOB_OBJECT_QUERY_AND_TERMINATE = 0x0c;
/** PROCESS_SET_QUOTA and PROCESS_TERMINATE, which the assignment needs. */
const PROCESS_ASSIGN = 0x101;
/** Longer than the path of conhost.exe, the only program that is looked for. */
const LONGEST_IMAGE = 260;

/** The exit code of a process that is ended with its job, as of TerminateProcess in libuv. */
const EXIT_CODE = 1;
const ERROR_ACCESS_DENIED = 5;
/** What OpenProcess answers when no process has this number. */
const ERROR_INVALID_PARAMETER = 87;

/**
 * A Job Object: the kernel's own list of a process and all that it starts. A process cannot leave it: it has no breakaway flag (see
 * "Job Objects" in the Windows documentation). No process inherits the handle, so the kernel closes it together with this process.
 */
export class Job {
  readonly #api: JobFunctions;
  #handle: Pointer;

  private constructor(api: JobFunctions, handle: Pointer) {
    this.#api = api;
    this.#handle = handle;
  }

  /** A new job whose processes end with it, or why there is none. */
  static create(name: string): Job | { readonly problem: string } {
    const found = jobFunctions();
    if ("problem" in found) return found;
    const { api } = found;
    const handle = api.CreateJobObjectW(null, name);
    if (handle === null) return { problem: `Windows makes no Job Object (error ${api.GetLastError()})` };
    const job = new Job(api, handle);
    if (job.#setLimits(KILL_ON_JOB_CLOSE | DIE_ON_UNHANDLED_EXCEPTION)) return job;
    const reason = `Windows sets no limits to a Job Object (error ${api.GetLastError()})`;
    job.close();
    return { problem: reason };
  }

  /** A job that another thread or process of this session made, for as long as it has a handle. */
  static open(name: string): Job | undefined {
    const found = jobFunctions();
    if ("problem" in found) return undefined;
    const handle = found.api.OpenJobObjectW(JOB_OBJECT_QUERY_AND_TERMINATE, 0, name);
    return handle === null ? undefined : new Job(found.api, handle);
  }

  /**
   * Takes a process into the job. What it starts from now on is born there.
   *
   * @returns why it is not in the job, or `undefined`: also for a process that has ended, which starts nothing any more
   */
  assign(pid: number): string | undefined {
    const api = this.#api;
    const opened = api.OpenProcess(PROCESS_ASSIGN | SYNCHRONIZE, false, pid);
    if (opened === null) return refused(api.GetLastError());
    try {
      if (api.AssignProcessToJobObject(this.#handle, opened) !== 0) return undefined;
      const error = api.GetLastError();
      return api.WaitForSingleObject(opened, 0) === 0 ? undefined : refused(error);
    } finally {
      api.CloseHandle(opened);
    }
  }

  /** The pids of all its processes; `undefined` when Windows does not tell. */
  pids(): number[] | undefined {
    for (let room = 64; room <= 65_536; room *= 4) {
      const info = Buffer.alloc(PIDS.head + room * PIDS.each);
      const isComplete =
        this.#api.QueryInformationJobObject(this.#handle, PIDS.kind, info, info.length, null) !== 0;
      if (isComplete)
        return Array.from({ length: info.readUInt32LE(4) }, (_, index) =>
          Number(info.readBigUInt64LE(PIDS.head + index * PIDS.each)),
        );
      // ERROR_MORE_DATA says how many there are. Otherwise the job itself cannot be asked.
      if (info.readUInt32LE(0) <= room) return undefined;
    }
    return undefined;
  }

  /**
   * The path of a process's program; `undefined` when the process has ended since it was listed, `""` when Windows does not tell or the
   * path is longer than `LONGEST_IMAGE`.
   */
  imageOf(pid: number): string | undefined {
    const opened = this.#api.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, false, pid);
    if (opened === null) return this.#api.GetLastError() === ERROR_INVALID_PARAMETER ? undefined : "";
    try {
      if (this.#api.WaitForSingleObject(opened, 0) === 0) return undefined;
      const name = Buffer.alloc(LONGEST_IMAGE * 2);
      const size = Buffer.alloc(4);
      size.writeUInt32LE(LONGEST_IMAGE);
      if (this.#api.QueryFullProcessImageNameW(opened, 0, name, size) === 0) return "";
      return name.toString("utf16le", 0, size.readUInt32LE(0) * 2);
    } finally {
      this.#api.CloseHandle(opened);
    }
  }

  /** Ends all its processes. Windows gives them no time. */
  terminate(): void {
    this.#api.TerminateJobObject(this.#handle, EXIT_CODE);
  }

  /** From now on its processes outlive it, and may start others outside of it. */
  release(): void {
    this.#setLimits(BREAKAWAY_OK);
  }

  close(): void {
    if (this.#handle === null) return;
    this.#api.CloseHandle(this.#handle);
    this.#handle = null;
  }

  #setLimits(flags: number): boolean {
    const info = Buffer.alloc(LIMITS.bytes);
    info.writeUInt32LE(flags, LIMITS.flagsAt);
    return this.#api.SetInformationJobObject(this.#handle, LIMITS.kind, info, info.length) !== 0;
  }
}

/** Before Windows 8 a process of one job cannot be in a second one, and a job with limits to its user interface takes no nested one. */
const refused = (error: number): string =>
  error === ERROR_ACCESS_DENIED
    ? "Windows does not let the process into a Job Object (access denied: hardcall itself may run in a job that allows no other)"
    : `Windows does not let the process into a Job Object (error ${error})`;
