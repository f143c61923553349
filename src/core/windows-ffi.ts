import { createRequire } from "node:module";

/** A pointer as the FFI gives it: a number, or `null` for NULL. A HANDLE is one. */
export type Pointer = bigint | null;

/** A function of Windows. A Buffer is passed as the address of its first byte. */
export type ForeignFunction = (...args: readonly unknown[]) => unknown;

/** What hardcall uses of a DLL. */
interface WindowsLibrary {
  /** @throws when the DLL has no such function */
  func(prototype: string): ForeignFunction;
}

/** What hardcall uses of koffi: https://koffi.dev/functions */
export interface WindowsFfi {
  /** @throws when there is no such DLL */
  load(name: string): WindowsLibrary;
  /** So many bytes of the memory at a pointer, as long as its owner keeps it. */
  view(pointer: Pointer, bytes: number): ArrayBuffer;
}

/** The FFI, or the reason why there is none. */
type FoundFfi =
  | { readonly ffi: WindowsFfi; readonly problem: undefined }
  | { readonly ffi: undefined; readonly problem: string };

let found: FoundFfi | undefined;

/**
 * The FFI to Windows, loaded the first time that something asks. It is synchronous, because whether the owner of a call lives is asked in the
 * middle of a ledger's transaction. The prebuilt binary is an optional dependency: where it is missing or broken, hardcall does without, and
 * `problem` says why.
 */
export function windowsFfi(): FoundFfi {
  found ??= load(process.platform, process.arch);
  return found;
}

function load(platform: string, arch: string): FoundFfi {
  if (platform !== "win32") return { ffi: undefined, problem: "this is not Windows" };
  const name = `@koromix/koffi-win32-${arch}`;
  let ffi: WindowsFfi;
  try {
    ffi = createRequire(import.meta.url)(name) as WindowsFfi;
  } catch (error) {
    const code = codeOf(error);
    const why = code === "MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded (${code})`;
    return { ffi: undefined, problem: `the package ${name} ${why}` };
  }
  const fault = ffiFault(ffi, process.pid);
  if (fault === undefined) return { ffi, problem: undefined };
  return { ffi: undefined, problem: `the package ${name} does not work (${fault})` };
}

/** Asks Windows for what is known already: an FFI that failed later, between a start and its Job Object, would leave a process behind. */
export function ffiFault(ffi: WindowsFfi, pid: number): string | undefined {
  try {
    const told = ffi.load("kernel32.dll").func("uint32_t GetCurrentProcessId()")();
    return told === pid ? undefined : "it gives a wrong answer";
  } catch (error) {
    return codeOf(error);
  }
}

/** The name says no more than the kind of the fault: a message could hold anything. */
const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "an unknown error";
  return "code" in error ? String(error.code) : error.name;
};

/**
 * Gives functions of Windows, bound the first time that something asks. `undefined` off Windows, and where the FFI is missing. One that
 * cannot bind what every Windows has is broken, and hardcall does without it, too.
 */
export function boundOnce<Functions>(bind: (ffi: WindowsFfi) => Functions): () => Functions | undefined {
  let bound: { readonly functions: Functions | undefined } | undefined;
  return () => {
    bound ??= { functions: tryToBind(bind) };
    return bound.functions;
  };
}

function tryToBind<Functions>(bind: (ffi: WindowsFfi) => Functions): Functions | undefined {
  const { ffi } = windowsFfi();
  try {
    return ffi && bind(ffi);
  } catch {
    return undefined; // Broken, see above.
  }
}

/**
 * Functions of one DLL by their C prototypes, such as `bool CloseHandle(void *handle)`. The caller's type says what they take and return.
 *
 * @throws when there is no such DLL, or it has not all of the functions
 */
export function functionsOf<Functions>(
  ffi: WindowsFfi,
  dll: string,
  prototypes: Readonly<Record<keyof Functions, string>>,
): Functions {
  const library = ffi.load(dll);
  const named = Object.entries<string>(prototypes).map(([name, prototype]) => [
    name,
    library.func(prototype),
  ]);
  return Object.fromEntries(named) as Functions;
}
