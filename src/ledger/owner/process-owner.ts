import { currentOwner, type Owner } from "./owner.ts";
import { readProcess } from "./proc.ts";

/** Another process of this machine as an owner, the same each time; `undefined` when nothing tells it from the next with its pid. */
export function processOwner(pid: number): Owner | undefined {
  const found = readProcess(pid);
  if (typeof found === "string") return undefined;
  const { host, bootId, pidSpace } = currentOwner();
  return {
    host,
    bootId,
    pidSpace,
    pid,
    pidStart: found.start,
    id: `${bootId} ${pidSpace} ${pid} ${found.start}`,
  };
}
