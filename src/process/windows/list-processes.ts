import { kernel } from "./kernel.ts";

/** A process as Windows lists it to every user. */
export interface ListedProcess {
  readonly pid: number;
  /** The process that started it, which may have ended: then the number may be another's by now. */
  readonly parent: number;
  /** The name of its file, without the folder. */
  readonly name: string;
}

const TH32CS_SNAPPROCESS = 2;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;
/** PROCESSENTRY32W of 64-bit Windows ("tlhelp32.h"): its size, and where its fields are. */
const ENTRY = { bytes: 568, pid: 8, parent: 32, name: 44 };

/** All processes, the oldest first; `undefined` where they cannot be listed. */
export function listWindowsProcesses(): readonly ListedProcess[] | undefined {
  const windows = kernel();
  const snapshot = windows?.CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) ?? null;
  if (windows === undefined || snapshot === null || snapshot === INVALID_HANDLE_VALUE) return undefined;
  try {
    const listed: ListedProcess[] = [];
    const entry = Buffer.alloc(ENTRY.bytes);
    entry.writeUInt32LE(ENTRY.bytes, 0);
    for (
      let more = windows.Process32FirstW(snapshot, entry);
      more;
      more = windows.Process32NextW(snapshot, entry)
    ) {
      const [name = ""] = entry.toString("utf16le", ENTRY.name).split("\0", 1);
      listed.push({ pid: entry.readUInt32LE(ENTRY.pid), parent: entry.readUInt32LE(ENTRY.parent), name });
    }
    return listed;
  } finally {
    windows.CloseHandle(snapshot);
  }
}
