import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { newId } from "../../core/new-id.ts";
import { processTable } from "../../process/process-table.ts";
import type { ProcessTable } from "../../process/table/table.ts";
import { windowsPidSpace } from "../../process/windows/boot.ts";
import { bootId } from "./boot-id.ts";
import { isSameProcess, readProcess } from "./proc.ts";
import { timeSpace } from "./time-space.ts";
import { currentThread, hasThreadEnded, type Thread } from "./thread.ts";

/** The process that holds a claim, named so that another process can tell whether it still exists. */
export interface Owner {
  readonly host: string;
  /** Changes with every boot of the machine; `""` when it cannot be known. */
  readonly bootId: string;
  /** Two containers on one machine share a boot id but not their pids, nor the start times in another time namespace. */
  readonly pidSpace: string;
  readonly pid: number;
  /** Start time in the unit of the process table; `""` when it cannot be known. */
  readonly pidStart: string;
  /** Random, one per process or worker thread. A worker's ends with ` thread <tid> <start>`, so that its end can be seen. */
  readonly id: string;
}

/**
 * Whether an owner still exists. It proves nothing about the effect: a dead owner may have had it.
 * `dead` is only ever said of an owner on this machine, in this boot and this pid namespace.
 */
export type Liveness = "alive" | "dead" | "unknown";

let current: Owner | undefined;

/** This process as an owner. */
export function currentOwner(): Owner {
  current ??= describeSelf();
  return current;
}

export function isOwnerAlive(owner: Owner): Liveness {
  const self = currentOwner();
  const sameWorld =
    owner.bootId !== "" &&
    owner.host === self.host &&
    owner.bootId === self.bootId &&
    owner.pidSpace === self.pidSpace;
  if (!sameWorld) return "unknown";
  const process = readProcess(owner.pid);
  if (process === "gone") return "dead";
  if (process === "unreadable") return "unknown";
  // A zombie runs nothing any more, and a reused pid belongs to another process.
  const isSame = !process.ended && isSameProcess(process, owner.pidStart);
  if (isSame === undefined) return "unknown";
  if (!isSame) return "dead";
  const thread = threadOf(owner);
  return thread !== undefined && hasThreadEnded(owner.pid, thread) ? "dead" : "alive";
}

function threadOf({ id }: Owner): Thread | undefined {
  const [, tid, start] = / thread (\d+) (\d+)$/.exec(id) ?? [];
  return tid === undefined || start === undefined ? undefined : { tid: Number(tid), start };
}

function describeSelf(): Owner {
  const self = readProcess(process.pid);
  const known = typeof self === "object";
  const source = known ? processTable().source : "none";
  const thread = currentThread();
  return {
    host: hostname(),
    bootId: bootId(source),
    pidSpace: pidSpace(source),
    pid: process.pid,
    pidStart: known ? self.start : "",
    id: thread === undefined ? newId() : `${newId()} thread ${thread.tid} ${thread.start}`,
  };
}

function pidSpace(source: ProcessTable["source"]): string {
  if (source === "windows") return windowsPidSpace();
  if (source !== "/proc") return process.platform;
  try {
    return [readlinkSync("/proc/self/ns/pid"), timeSpace()].filter((space) => space !== "").join(" ");
  } catch {
    return "unknown"; // Old kernels and sandboxes; the host name is then what tells two containers apart.
  }
}
