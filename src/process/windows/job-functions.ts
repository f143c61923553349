import { boundOnce, functionsOf, type Pointer, windowsFfi } from "../../core/windows-ffi.ts";
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

const ofJobs = boundOnce((ffi) =>
  functionsOf<OfJobs>(ffi, "kernel32.dll", {
    CreateJobObjectW: "void *CreateJobObjectW(void *security, str16 name)",
    OpenJobObjectW: "void *OpenJobObjectW(uint32_t access, int inherit, str16 name)",
    SetInformationJobObject: "int SetInformationJobObject(void *job, int kind, void *info, uint32_t bytes)",
    QueryInformationJobObject:
      "int QueryInformationJobObject(void *job, int kind, void *info, uint32_t bytes, void *needed)",
    AssignProcessToJobObject: "int AssignProcessToJobObject(void *job, void *process)",
    TerminateJobObject: "int TerminateJobObject(void *job, uint32_t exitCode)",
    QueryFullProcessImageNameW:
      "int QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, void *size)",
  }),
);

/** The functions, or the reason why there are none. */
export function jobFunctions(): { readonly api: JobFunctions } | { readonly problem: string } {
  const [common, own] = [kernel(), ofJobs()];
  if (common !== undefined && own !== undefined) return { api: { ...common, ...own } };
  return { problem: windowsFfi().problem ?? "the functions of Windows cannot be called" };
}
