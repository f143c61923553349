import { join } from "node:path";
import { cachedPackage } from "../../../fake-bin/cached-package.ts";
import type { Condition } from "../../condition.ts";
import type { Place } from "../agent.ts";

export const DEFAULT_VERSION = "0.61.0";
export const PACKAGE = "@google/gemini-cli";

/** Path of the published `gemini` of that version, a Node script, fetched into the user's cache when it is not there yet. */
export async function installGenuine(version: string = DEFAULT_VERSION): Promise<string> {
  const modules = await cachedPackage(PACKAGE, version, ["--ignore-scripts"]);
  return join(modules, PACKAGE, "bundle", "gemini.js");
}

export function cleanEnvironment({ home, gateway }: Place): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    TMPDIR: join(home, "tmp"),
    LANG: "C.UTF-8",
    GEMINI_API_KEY: "a-dummy-for-the-loopback-gateway",
    GOOGLE_GEMINI_BASE_URL: gateway,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
    // One process in place of two: hardcall runs it so, and a signal reaches the one that works.
    GEMINI_CLI_NO_RELAUNCH: "true",
  };
}

const SETTINGS = ".gemini/settings.json";

/** The settings of the observed runs. A condition replaces whole groups of them; undefined takes one away. */
export function homeFiles(_: Place, { settings = {} }: Condition): Record<string, string> {
  if (settings === null) return {};
  if (typeof settings === "string") return { [SETTINGS]: settings };
  const all = {
    security: { auth: { selectedType: "gemini-api-key" } },
    general: { enableAutoUpdate: false, maxAttempts: 2 },
    privacy: { usageStatisticsEnabled: false },
    ...settings,
  };
  return { [SETTINGS]: JSON.stringify(all) };
}
