import { join } from "node:path";
import { cachedPackage } from "../../../fake-bin/cached-package.ts";
import type { Place } from "../agent.ts";

export const DEFAULT_VERSION = "2.1.329";

/** The versions that FAKE_CLAUDE_VERSION can ask for. */
export const FAKE_VERSIONS = ["2.1.197", DEFAULT_VERSION, "2.1.330"] as const;

/** Each platform has its own package; the CLI ships as one executable of some 230 MB. */
export const PACKAGE = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;

/** Where the executable is in a `node_modules` that has the package. */
export const executableIn = (folder: string): string =>
  join(folder, PACKAGE, process.platform === "win32" ? "claude.exe" : "claude");

/**
 * Path of the published `claude` of that version, fetched into the user's cache when it is not there yet. It is
 * 380 MB on disk and not ours to pass on, so it must never become a dependency.
 */
export async function installGenuine(version: string = DEFAULT_VERSION): Promise<string> {
  return executableIn(await cachedPackage(PACKAGE, version, ["--ignore-scripts"]));
}

/**
 * The whole environment of a run, so that nothing of the person who starts it (keys, settings, a surrounding
 * session) can change what is seen.
 */
export function cleanEnvironment({ home, gateway }: Place): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    TMPDIR: home,
    LANG: "C.UTF-8",
    ANTHROPIC_API_KEY: "sk-ant-api03-a-dummy-for-the-loopback-gateway",
    ANTHROPIC_BASE_URL: gateway,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    DISABLE_AUTOUPDATER: "1",
  };
}
