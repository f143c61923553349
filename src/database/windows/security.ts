import { type Pointer, type WindowsFfi, windowsFfi } from "../../core/windows-ffi.ts";

/** The rights of files and folders, as Windows keeps them. Texts are in the Security Descriptor Definition Language, SDDL. */
export interface Security {
  /** The security identifier of the user of this process, such as `S-1-5-21-…-1001`. */
  userSid(): string | undefined;
  /** The rights that a file or folder gives: its DACL. `undefined` when it cannot be read. */
  rightsOf(path: string): string | undefined;
  /** Makes a folder that has its rights from the first moment. @returns whether it did */
  makeFolder(path: string, rights: string): boolean;
}

let known: Security | "none" | undefined;

/** `undefined` off Windows, and where the FFI is missing or broken. */
export function windowsSecurity(): Security | undefined {
  known ??= bind() ?? "none";
  return known === "none" ? undefined : known;
}

const TOKEN_QUERY = 8;
const TOKEN_USER = 1;
const SE_FILE_OBJECT = 1;
const DACL_SECURITY_INFORMATION = 4;
const SDDL_REVISION_1 = 1;

function bind(): Security | undefined {
  const { ffi } = windowsFfi();
  if (ffi === undefined) return undefined;
  try {
    return securityOf(ffi);
  } catch {
    return undefined; // An FFI that cannot bind what every Windows has is broken: hardcall does without it.
  }
}

type Call = (...args: readonly (Pointer | Buffer | string | number | boolean)[]) => unknown;

function securityOf(ffi: WindowsFfi): Security {
  const kernel32 = ffi.load("kernel32.dll");
  const advapi32 = ffi.load("advapi32.dll");
  const getCurrentProcess = kernel32.func("void *GetCurrentProcess()") as () => Pointer;
  const closeHandle = kernel32.func("bool CloseHandle(void *handle)") as Call;
  const localFree = kernel32.func("void *LocalFree(void *memory)") as Call;
  const lengthOf = kernel32.func("int lstrlenW(void *text)") as (text: Pointer) => number;
  const createDirectory = kernel32.func("bool CreateDirectoryW(str16 path, void *security)") as Call;
  const openToken = advapi32.func(
    "bool OpenProcessToken(void *process, uint32_t access, void *token)",
  ) as Call;
  const tokenInformation = advapi32.func(
    "bool GetTokenInformation(void *token, int kind, void *into, uint32_t bytes, void *needed)",
  ) as Call;
  const sidToText = advapi32.func("bool ConvertSidToStringSidW(void *sid, void *text)") as Call;
  const textToRights = advapi32.func(
    "bool ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 text, uint32_t revision, void *descriptor, void *bytes)",
  ) as Call;
  const rightsToText = advapi32.func(
    "bool ConvertSecurityDescriptorToStringSecurityDescriptorW(void *descriptor, uint32_t revision, uint32_t parts, void *text, void *characters)",
  ) as Call;
  const namedRights = advapi32.func(
    "uint32_t GetNamedSecurityInfoW(str16 path, int kind, uint32_t parts, void *owner, void *group, void *dacl, void *sacl, void *descriptor)",
  ) as Call;

  /** What a function of Windows writes through its last pointer: freed after its use. */
  function made<T>(make: (into: Buffer) => unknown, use: (pointer: Pointer) => T): T | undefined {
    const into = Buffer.alloc(8);
    if (make(into) !== true) return undefined;
    const pointer = into.readBigUInt64LE(0);
    try {
      return use(pointer);
    } finally {
      localFree(pointer);
    }
  }
  const read = (text: Pointer) => Buffer.from(ffi.view(text, lengthOf(text) * 2)).toString("utf16le");

  return {
    userSid() {
      const token = Buffer.alloc(8);
      if (openToken(getCurrentProcess(), TOKEN_QUERY, token) !== true) return undefined;
      const handle = token.readBigUInt64LE(0);
      try {
        // A TOKEN_USER is a pointer to the identifier, which follows it and has at most 68 bytes.
        const user = Buffer.alloc(128);
        if (tokenInformation(handle, TOKEN_USER, user, user.length, Buffer.alloc(4)) !== true)
          return undefined;
        return made((into) => sidToText(user.readBigUInt64LE(0), into), read);
      } finally {
        closeHandle(handle);
      }
    },
    rightsOf(path) {
      const parts = DACL_SECURITY_INFORMATION;
      return made(
        (into) => namedRights(path, SE_FILE_OBJECT, parts, null, null, null, null, into) === 0,
        (rights) => made((into) => rightsToText(rights, SDDL_REVISION_1, parts, into, null), read),
      );
    },
    makeFolder(path, rights) {
      const isMade = made(
        (into) => textToRights(rights, SDDL_REVISION_1, into, null),
        (descriptor) => {
          // SECURITY_ATTRIBUTES: its size, the descriptor, and that no child inherits the handle.
          const attributes = Buffer.alloc(24);
          attributes.writeUInt32LE(attributes.length, 0);
          attributes.writeBigUInt64LE(descriptor ?? 0n, 8);
          return createDirectory(path, attributes);
        },
      );
      return isMade === true;
    },
  };
}
