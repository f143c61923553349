import { spawnSync } from "node:child_process";
import { currentOwner, type Owner } from "../../src/ledger/owner/owner.ts";

/** An owner that exists only in a test's world, which decides whether it lives. */
export function fakeOwner(id: string, host = "here"): Owner {
  return { host, bootId: `boot-of-${host}`, pidSpace: "pid:[1]", pid: 100, pidStart: "1", id };
}

/** A process of this machine that has ended, as the owner of what it did not finish. */
export function lostOwner(): Owner {
  const { pid } = spawnSync("true", { timeout: 20_000 });
  return { ...currentOwner(), pid, pidStart: "1", id: "lost" };
}
