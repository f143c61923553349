import path from "node:path";
import type { TestContext } from "vitest";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";

const PLATFORM = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** The program of another version of Node.js, from npm; a test that cannot have it is skipped, with the reason. */
export async function otherNode(version: string, context: TestContext): Promise<string> {
  const found = await cachedPackageOrReason(PLATFORM, version, ["--ignore-scripts"]);
  if ("reason" in found) return context.skip(found.reason);
  return path.join(found.folder, PLATFORM, "bin/node");
}
