import {
  boundOnce,
  type ForeignFunction,
  functionsOf,
  type Pointer,
  type WindowsFfi,
} from "../../core/windows-ffi.ts";

/** The rights of files and folders, as Windows keeps them. Texts are in the Security Descriptor Definition Language, SDDL. */
export interface Security {
  /** The security identifier of the user of this process, such as `S-1-5-21-…-1001`. */
  userSid(): string | undefined;
  /** The rights that a file or folder gives: its DACL. `undefined` when it cannot be read. */
  rightsOf(path: string): string | undefined;
  /** Makes a folder that has its rights from the first moment. @returns whether it did */
  makeFolder(path: string, rights: string): boolean;
}

const TOKEN_QUERY = 8;
const TOKEN_USER = 1;
const SE_FILE_OBJECT = 1;
const DACL_SECURITY_INFORMATION = 4;
const SDDL_REVISION_1 = 1;

const KERNEL32 = {
  GetCurrentProcess: "void *GetCurrentProcess()",
  CloseHandle: "bool CloseHandle(void *handle)",
  LocalFree: "void *LocalFree(void *memory)",
  lstrlenW: "int lstrlenW(void *text)",
  CreateDirectoryW: "bool CreateDirectoryW(str16 path, void *security)",
};
const ADVAPI32 = {
  OpenProcessToken: "bool OpenProcessToken(void *process, uint32_t access, void *token)",
  GetTokenInformation:
    "bool GetTokenInformation(void *token, int kind, void *into, uint32_t bytes, void *needed)",
  ConvertSidToStringSidW: "bool ConvertSidToStringSidW(void *sid, void *text)",
  ConvertStringSecurityDescriptorToSecurityDescriptorW:
    "bool ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 text, uint32_t revision, void *descriptor, void *bytes)",
  ConvertSecurityDescriptorToStringSecurityDescriptorW:
    "bool ConvertSecurityDescriptorToStringSecurityDescriptorW(void *descriptor, uint32_t revision, uint32_t parts, void *text, void *characters)",
  GetNamedSecurityInfoW:
    "uint32_t GetNamedSecurityInfoW(str16 path, int kind, uint32_t parts, void *owner, void *group, void *dacl, void *sacl, void *descriptor)",
};

/** `undefined` off Windows, and where the FFI is missing or broken. */
export const windowsSecurity = boundOnce(securityOf);

function securityOf(ffi: WindowsFfi): Security {
  const kernel32 = functionsOf<Record<keyof typeof KERNEL32, ForeignFunction>>(ffi, "kernel32.dll", KERNEL32);
  const advapi32 = functionsOf<Record<keyof typeof ADVAPI32, ForeignFunction>>(ffi, "advapi32.dll", ADVAPI32);

  /** What a function of Windows writes through its last pointer: freed after its use. */
  function made<T>(make: (into: Buffer) => unknown, use: (pointer: Pointer) => T): T | undefined {
    const into = Buffer.alloc(8);
    if (make(into) !== true) return undefined;
    const pointer = into.readBigUInt64LE(0);
    try {
      return use(pointer);
    } finally {
      kernel32.LocalFree(pointer);
    }
  }
  const read = (text: Pointer) =>
    Buffer.from(ffi.view(text, Number(kernel32.lstrlenW(text)) * 2)).toString("utf16le");

  return {
    userSid() {
      const token = Buffer.alloc(8);
      if (advapi32.OpenProcessToken(kernel32.GetCurrentProcess(), TOKEN_QUERY, token) !== true)
        return undefined;
      const handle = token.readBigUInt64LE(0);
      try {
        // A TOKEN_USER is a pointer to the identifier, which follows it and has at most 68 bytes.
        const user = Buffer.alloc(128);
        if (advapi32.GetTokenInformation(handle, TOKEN_USER, user, user.length, Buffer.alloc(4)) !== true)
          return undefined;
        return made((into) => advapi32.ConvertSidToStringSidW(user.readBigUInt64LE(0), into), read);
      } finally {
        kernel32.CloseHandle(handle);
      }
    },
    rightsOf(path) {
      const parts = DACL_SECURITY_INFORMATION;
      return made(
        (into) =>
          advapi32.GetNamedSecurityInfoW(path, SE_FILE_OBJECT, parts, null, null, null, null, into) === 0,
        (rights) =>
          made(
            (into) =>
              advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                rights,
                SDDL_REVISION_1,
                parts,
                into,
                null,
              ),
            read,
          ),
      );
    },
    makeFolder(path, rights) {
      const isMade = made(
        (into) =>
          advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1, into, null),
        (descriptor) => {
          // SECURITY_ATTRIBUTES: its size, the descriptor, and that no child inherits the handle.
          const attributes = Buffer.alloc(24);
          attributes.writeUInt32LE(attributes.length, 0);
          attributes.writeBigUInt64LE(descriptor ?? 0n, 8);
          return kernel32.CreateDirectoryW(path, attributes);
        },
      );
      return isMade === true;
    },
  };
}
