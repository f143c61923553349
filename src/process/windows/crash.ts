/** Names of winerror.h and ntstatus.h ("NTSTATUS Values" in the Windows documentation), and what they say to a person. */
const NAMED: ReadonlyMap<number, readonly [name: string, means: string]> = new Map([
  [0x40010004, ["DBG_TERMINATE_PROCESS", "the system ended it, as at a log-off or a shutdown"]],
  [0x80000003, ["STATUS_BREAKPOINT", "it ran into a breakpoint or a failed assertion"]],
  [0xc0000005, ["STATUS_ACCESS_VIOLATION", "it used memory that is not its own"]],
  [0xc0000006, ["STATUS_IN_PAGE_ERROR", "a disk or a network folder with its code or data failed"]],
  [0xc0000017, ["STATUS_NO_MEMORY", "the system had no memory left"]],
  [0xc000001d, ["STATUS_ILLEGAL_INSTRUCTION", "this processor does not know an instruction of it"]],
  [0xc000007b, ["STATUS_INVALID_IMAGE_FORMAT", "a DLL that it needs is for another processor"]],
  [0xc0000094, ["STATUS_INTEGER_DIVIDE_BY_ZERO", "it divided by zero"]],
  [0xc00000fd, ["STATUS_STACK_OVERFLOW", "its stack overflowed"]],
  [0xc000012d, ["STATUS_COMMITMENT_LIMIT", "the system had no memory left"]],
  [0xc0000135, ["STATUS_DLL_NOT_FOUND", "a DLL that it needs was not found"]],
  [0xc0000139, ["STATUS_ENTRYPOINT_NOT_FOUND", "a DLL that it needs has another version"]],
  [0xc000013a, ["STATUS_CONTROL_C_EXIT", "Ctrl-C, Ctrl-Break or a closed console ended it"]],
  [0xc0000142, ["STATUS_DLL_INIT_FAILED", "a DLL that it needs did not start"]],
  [0xc0000374, ["STATUS_HEAP_CORRUPTION", "its heap was damaged"]],
  [0xc0000409, ["STATUS_STACK_BUFFER_OVERRUN", "it ended itself after a fatal error (abort or fail fast)"]],
  [0xcfffffff, ["STATUS_APPLICATION_HANG", "Windows ended it because it did not respond"]],
  [0xe0434352, ["CLR exception", "a .NET exception ended it"]],
  [0xe06d7363, ["C++ exception", "a C++ exception ended it"]],
]);

/**
 * What an exit code of Windows says about a process that did not end by itself, such as `0xC0000005 (STATUS_ACCESS_VIOLATION: …)`;
 * `undefined` for a code that a program chose. Error codes of the kernel are 0xC0000000 to 0xCFFFFFFF; -1 and an HRESULT (0x80070005) are
 * a program's own. On POSIX no exit code is above 255.
 */
export function crashOf(exitCode: number): string | undefined {
  const code = exitCode >>> 0;
  const isKernels = code >= 0xc0000000 && code <= 0xcfffffff;
  const named = NAMED.get(code);
  if (!isKernels && named === undefined) return undefined;
  const figure = `0x${code.toString(16).toUpperCase()}`;
  return named === undefined ? figure : `${figure} (${named[0]}: ${named[1]})`;
}
