import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Packages of Debian, downloaded on demand into the cache folder and unpacked there: nothing of them is installed.
 *
 * @returns the folder with their `usr`; when they cannot be had, the reason, in a sentence
 */
export async function debianPackages(
  ...names: readonly [string, ...string[]]
): Promise<{ readonly folder: string } | { readonly reason: string }> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "hardcall");
  const folder = join(cache, `debian-${names.join("-")}`);
  if (existsSync(folder)) return { folder };
  // Unpacked aside and then moved, so that no other test finds half of it.
  const aside = `${folder}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    await run("apt-get", ["download", ...names], { cwd: aside, timeout: 60_000 });
    const unpacked = join(aside, "unpacked");
    for (const file of readdirSync(aside).filter((name) => name.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(aside, file), unpacked], { timeout: 60_000 });
    }
    if (!existsSync(folder)) renameSync(unpacked, folder);
    return { folder };
  } catch (error) {
    return { reason: `Debian's ${names[0]} could not be had: ${String(error).split("\n")[0]}` };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
