import { type Pointer, windowsFfi } from "../../core/windows-ffi.ts";
import { kernel, type Kernel } from "./kernel.ts";

/** A BOOL: any number but 0 is a success. */
type Bool = number;

/** The functions of Windows for Job Objects. Their names are those of the Windows documentation. */
interface OfJobs {
  readonly CreateJobObjectW: (security: null, name: string) => Pointer;
  readonly OpenJobObjectW: (access: number, inherit: 0, name: string) => Pointer;
  readonly SetInformationJobObject: (job: Pointer, kind: number, info: Buffer, bytes: number) => Bool;
  readonly QueryInformationJobObject: (
    job: Pointer,
    kind: number,
    info: Buffer,
    bytes: number,
    needed: null,
  ) => Bool;
  readonly AssignProcessToJobObject: (job: Pointer, process: Pointer) => Bool;
  readonly TerminateJobObject: (job: Pointer, exitCode: number) => Bool;
  readonly QueryFullProcessImageNameW: (process: Pointer, flags: number, name: Buffer, size: Buffer) => Bool;
}

export type JobFunctions = Kernel & OfJobs;

/** The functions, or the reason why there are none. */
type Found = { readonly api: JobFunctions } | { readonly problem: string };

const PROTOTYPES: Readonly<Record<keyof OfJobs, string>> = {
  CreateJobObjectW: "void *CreateJobObjectW(void *security, str16 name)",
  OpenJobObjectW: "void *OpenJobObjectW(uint32_t access, int inherit, str16 name)",
  SetInformationJobObject: "int SetInformationJobObject(void *job, int kind, void *info, uint32_t bytes)",
  QueryInformationJobObject:
    "int QueryInformationJobObject(void *job, int kind, void *info, uint32_t bytes, void *needed)",
  AssignProcessToJobObject: "int AssignProcessToJobObject(void *job, void *process)",
  TerminateJobObject: "int TerminateJobObject(void *job, uint32_t exitCode)",
  QueryFullProcessImageNameW:
    "int QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, void *size)",
};

let found: Found | undefined;

/** Looked up once for each thread, when its first command starts. */
export function jobFunctions(): Found {
  found ??= bind();
  return found;
}

function bind(): Found {
  const { ffi, problem } = windowsFfi();
  if (ffi === undefined) return { problem };
  const common = kernel();
  try {
    const library = ffi.load("kernel32.dll");
    const entries = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)]);
    if (common !== undefined)
      return { api: { ...common, ...(Object.fromEntries(entries) as unknown as OfJobs) } };
  } catch {
    // An FFI that cannot call what every Windows has is broken.
  }
  return { problem: "the functions of Windows cannot be called" };
}
