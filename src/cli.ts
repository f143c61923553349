#!/usr/bin/env node
/**
 * The command `hardcall`. It looks at the version of Node.js before it loads the rest, which older versions cannot load or would fail
 * in the middle of. So this file, built alone, holds nothing that Node.js 14 cannot read: no static import of a chunk, no top-level await.
 */
import { fileURLToPath } from "node:url";
import { useCompileCache } from "./cli/compile-cache.ts";
import { isRecentEnough, neededVersion, runtimeVersion } from "./core/node-version.ts";
import { missingRights } from "./core/rights.ts";

/** The file of cli/main.ts, set by its build: see cli/build/build.ts. */
declare const HARDCALL_MAIN: string | undefined;

/** As in cli/interface/exit-code.ts, which is for newer versions only. */
const EXIT_USAGE = 2;

const missing = isRecentEnough() ? missingRights() : undefined;
if (missing !== undefined) {
  process.stderr.write(`hardcall: ${missing} Nothing was started.\n`);
  process.exitCode = EXIT_USAGE;
} else if (isRecentEnough()) {
  // Computed, so that the build of this file leaves it alone.
  const main = typeof HARDCALL_MAIN === "string" ? HARDCALL_MAIN : "./cli/main.ts";
  if (main !== "./cli/main.ts")
    useCompileCache(fileURLToPath(new URL(main, import.meta.url)), process.argv[2]);
  void import(main);
} else if (process.argv[2] === "fake-bin" && process.argv.length === 3) {
  // The fakes run on older versions, and the tests of a project that has one need the folder.
  process.stdout.write(`${fileURLToPath(new URL("../fake-bin", import.meta.url))}\n`);
} else {
  process.stderr.write(
    `hardcall: hardcall needs ${neededVersion()}, and this is ${runtimeVersion()} (${process.execPath}). Nothing was started. ` +
      `Install a newer ${process.versions.node === runtimeVersion() ? "Node.js" : "version"}, or put it first on PATH.\n`,
  );
  process.exitCode = EXIT_USAGE;
}
