#!/usr/bin/env node
/**
 * The command `hardcall`. It looks at the version of Node.js before it loads the rest, which older versions cannot load or would fail
 * in the middle of. So this file, built alone, holds nothing that Node.js 14 cannot read: no static import of a chunk, no top-level await.
 */
import { fileURLToPath } from "node:url";
import nodeModule from "node:module";
import { openCompileCache } from "./cli/compile-cache.ts";
import { loadCompiled } from "./cli/load-compiled.ts";
import { isRecentEnough, neededVersion, runtimeVersion } from "./core/node-version.ts";
import { missingRights } from "./core/rights.ts";

/** The file of cli/main.ts, set by its build: see cli/build/build.ts. */
declare const HARDCALL_MAIN: string | undefined;
/** A hash of all files of the command line, set by the build as well. */
declare const HARDCALL_BUILD: string | undefined;

/** As in cli/interface/exit-code.ts, which is for newer versions only. */
const EXIT_USAGE = 2;

/** The commands that schedulers and scripts start: for these, a start takes less time with compiled code. */
const CALLS: readonly string[] = ["run", "claude", "codex", "gemini"];

const missing = isRecentEnough() ? missingRights() : undefined;
if (missing !== undefined) {
  process.stderr.write(`hardcall: ${missing} Nothing was started.\n`);
  process.exitCode = EXIT_USAGE;
} else if (isRecentEnough()) {
  loadMain();
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

function loadMain(): void {
  // Computed, so that the build of this file leaves it alone.
  const main = typeof HARDCALL_MAIN === "string" ? HARDCALL_MAIN : "./cli/main.ts";
  if (main === "./cli/main.ts") {
    void import(main);
    return;
  }
  const file = fileURLToPath(new URL(main, import.meta.url));
  const [command = "", ...args] = process.argv.slice(2);
  const cache = CALLS.includes(command) ? openCompileCache(file) : undefined;
  if (cache !== undefined && "folder" in cache) {
    const isKeyed = args.some((arg) => arg === "--key" || arg.startsWith("--key="));
    loadCompiled(file, {
      folder: cache.folder,
      build: typeof HARDCALL_BUILD === "string" ? HARDCALL_BUILD : "",
      use: isKeyed ? `${command}-key` : command,
    });
  } else {
    nodeModule.createRequire(import.meta.url)(file);
  }
}
