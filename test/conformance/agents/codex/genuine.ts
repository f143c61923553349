import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cachedPackage } from "../../../fake-bin/cached-package.ts";
import type { Condition } from "../../condition.ts";
import type { Place } from "../agent.ts";

export const DEFAULT_VERSION = "0.169.0";
export const PACKAGE = "@openai/codex";

const name = process.platform === "win32" ? "codex.exe" : "codex";

/**
 * Path of the published native `codex` of that version, fetched into the user's cache when it is not there yet (400 MB).
 * It is run without its npm launcher, which is a parent process of its own.
 */
export async function installGenuine(version: string = DEFAULT_VERSION): Promise<string> {
  const modules = await cachedPackage(PACKAGE, version, ["--ignore-scripts"]);
  const vendor = join(modules, `${PACKAGE}-${process.platform}-${process.arch}`, "vendor");
  const [target = ""] = readdirSync(vendor);
  // Where the executable is has changed between releases.
  const found = ["bin", "codex"].map((folder) => join(vendor, target, folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`codex ${version} has no executable in ${vendor}.`);
  return found;
}

/** Codex warns on stderr when its home is below TMPDIR, so the two are beside each other. */
export function cleanEnvironment({ home }: Place): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    TMPDIR: join(home, "tmp"),
    LANG: "C.UTF-8",
    CODEX_HOME: join(home, ".codex"),
    MOCK_API_KEY: "sk-a-dummy-for-the-loopback-gateway",
  };
}

const CONFIG = ".codex/config.toml";

/** The settings of the observed runs. A condition changes them by their dotted keys; undefined takes one away. */
export function homeFiles({ gateway }: Place, { settings = {} }: Condition): Record<string, string> {
  if (settings === null) return {};
  if (typeof settings === "string") return { [CONFIG]: settings };
  const all: Readonly<Record<string, unknown>> = {
    model: "gpt-5.5",
    model_provider: "mock",
    "analytics.enabled": false,
    "features.plugins": false,
    "model_providers.mock.name": "mock",
    "model_providers.mock.base_url": `${gateway}/v1`,
    "model_providers.mock.env_key": "MOCK_API_KEY",
    "model_providers.mock.wire_api": "responses",
    "model_providers.mock.request_max_retries": 1,
    "model_providers.mock.stream_max_retries": 1,
    "model_providers.mock.stream_idle_timeout_ms": 3000,
    ...settings,
  };
  // A string, a number, a boolean and a list of them are written in TOML as in JSON.
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return { [CONFIG]: `${lines.join("\n")}\n` };
}
