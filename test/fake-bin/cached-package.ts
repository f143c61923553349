import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/**
 * A package of npm, installed on demand into the cache folder: for what is too large to be a devDependency.
 *
 * @param flags of `npm install`, such as `--omit=optional`
 * @returns its `node_modules`
 */
export async function cachedPackage(
  name: string,
  version: string,
  flags: readonly string[],
): Promise<string> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hardcall");
  const folder = join(cache, `${basename(name)}-${version}`);
  const installed = join(folder, "node_modules");
  if (existsSync(join(installed, name))) return installed;

  // Installed aside and then moved, so that no other test finds half of it.
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  const options = ["--no-save", "--no-audit", "--no-fund", "--prefix", aside, ...flags];
  try {
    await promisify(execFile)("npm", ["install", ...options, `${name}@${version}`], {
      cwd: aside,
      timeout: 180_000,
    });
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return installed;
}

/** The same; when it cannot be had, the reason, in a sentence. */
export async function cachedPackageOrReason(
  ...asked: Parameters<typeof cachedPackage>
): Promise<{ readonly folder: string } | { readonly reason: string }> {
  try {
    return { folder: await cachedPackage(...asked) };
  } catch (error) {
    return { reason: `${asked[0]}@${asked[1]} could not be installed: ${String(error).split("\n")[0]}` };
  }
}
