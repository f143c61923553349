import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";

/** Version 2 of control groups, and version 1. */
const VERSIONS = [
  { root: "/sys/fs/cgroup", limit: "memory.max" },
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
] as const;

/**
 * A control group whose processes have so much memory together, for the time of a test.
 *
 * @returns its folder; a reason, in a sentence, where the machine lets the tests make none
 */
export function memoryCgroup(bytes: number): { readonly folder: string } | { readonly reason: string } {
  const version = VERSIONS.find(({ root, limit }) => limits(root, limit));
  if (version === undefined) return { reason: "there is no control group for memory" };
  const folder = path.join(version.root, `hardcall-test-${process.pid}-${Date.now()}`);
  try {
    mkdirSync(folder);
    // What ran in it may take a moment to leave.
    onTestFinished(() => removeWhenEmpty(folder));
    writeFileSync(path.join(folder, version.limit), String(bytes));
    return { folder };
  } catch (error) {
    return { reason: `a control group for memory cannot be made: ${String(error)}` };
  }
}

function limits(root: string, limit: string): boolean {
  if (limit !== "memory.max") return existsSync(path.join(root, limit));
  const controllers = path.join(root, "cgroup.subtree_control");
  return existsSync(controllers) && readFileSync(controllers, "utf8").split(/\s/).includes("memory");
}

async function removeWhenEmpty(folder: string): Promise<void> {
  for (const until = Date.now() + 5000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
