import { execFile } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const DEFAULT_VERSION = "2.1.329";

/** Each platform has its own package; the CLI ships as one executable of some 230 MB. */
const PACKAGE = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;

/**
 * Path of the published `claude` of that version, fetched into the user's cache when it is not there yet. It is
 * 380 MB on disk and not ours to pass on, so it must never become a dependency.
 */
export async function installGenuine(version: string = DEFAULT_VERSION): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "hardcall", `claude-${version}`);
  const binary = join(
    folder,
    "node_modules",
    PACKAGE,
    process.platform === "win32" ? "claude.exe" : "claude",
  );
  if (await exists(binary)) return binary;

  await mkdir(folder, { recursive: true });
  process.stderr.write(`Fetching ${PACKAGE}@${version} into ${folder} (about 380 MB on disk)…\n`);
  // --prefix and cwd both: npm looks for a package.json upwards from cwd, and --no-save keeps that one as it is.
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder];
  await promisify(execFile)("npm", ["install", ...options, `${PACKAGE}@${version}`], { cwd: folder });
  return binary;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The whole environment of a run, so that nothing of the person who starts it (keys, settings, a surrounding
 * session) can change what is seen.
 */
export function cleanEnvironment({
  home,
  gateway,
}: {
  home: string;
  gateway: string;
}): Record<string, string> {
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
