import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../helpers/files.ts";
import { run, type Finished } from "../helpers/run.ts";
import { builtPackage } from "./user-machine.ts";

/** A user's project that has installed the packed package, and nothing else. */
export interface PackedProject {
  readonly folder: string;
  /** Of its shells. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs one line of a shell in a folder below the project. */
  shell(line: string, folder?: string): Promise<Finished>;
  /** Makes packages of this repository available, as `npm install` would. */
  link(...names: readonly string[]): void;
  remove(): void;
}

const NPM_LIMIT_MS = 170_000;

/**
 * Packs the build, and installs it into a project that `npm init` made, from npm's cache as far as that has the dependencies.
 *
 * @param beside packages that the project has had before, such as `pg@8.16.0`
 */
export async function packedProject(...beside: readonly string[]): Promise<PackedProject> {
  builtPackage();
  const root = mkdtempSync(path.join(tmpdir(), "hardcall-packed-"));
  const folder = path.join(root, "project");
  const home = path.join(root, "home");
  for (const made of [folder, home]) mkdirSync(made);
  const npm = (args: readonly string[], cwd: string) =>
    promisify(execFile)("npm", args, { cwd, timeout: NPM_LIMIT_MS });
  try {
    await npm(["pack", "--silent", "--ignore-scripts", "--pack-destination", root], ROOT);
    const [tarball = ""] = readdirSync(root).filter((name) => name.endsWith(".tgz"));
    await npm(["init", "-y"], folder);
    // npm 11 has written it, npm 10 has not. It is the hardest case for a file with `import` in it.
    await npm(["pkg", "set", "type=commonjs"], folder);
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"];
    if (beside.length > 0) await npm(["install", ...quiet, ...beside], folder);
    await npm(["install", ...quiet, path.join(root, tarball)], folder).catch((error: unknown) => {
      // The others need a registry anyway, and what they make npm refuse has to show.
      if (beside.length > 0) throw error;
      console.warn(`npm could not install (${String(error).split("\n")[0]}); unpacked without a registry`);
      return unpack(path.join(root, tarball), path.join(folder, "node_modules"));
    });
  } catch (error) {
    rmSync(root, { recursive: true, force: true });
    throw error;
  }
  const env: NodeJS.ProcessEnv = {
    ...withoutNpm(),
    HOME: home,
    XDG_STATE_HOME: path.join(home, "state"),
    // npm keeps its cache in the home folder.
    npm_config_cache: process.env["npm_config_cache"] ?? path.join(process.env["HOME"] ?? "", ".npm"),
    npm_config_prefer_offline: "true",
    npm_config_update_notifier: "false",
    FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
  };
  return {
    folder,
    env,
    shell: (line, below = ".") => run("bash", ["-c", line], { cwd: path.join(folder, below), env }),
    link: (...names) => {
      for (const name of names) {
        mkdirSync(path.dirname(path.join(folder, "node_modules", name)), { recursive: true });
        symlinkSync(path.join(ROOT, "node_modules", name), path.join(folder, "node_modules", name));
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** What `npm install` of a tarball comes to, where no registry tells npm what versions there are: the dependencies are the repository's. */
async function unpack(tarball: string, modules: string): Promise<void> {
  rmSync(modules, { recursive: true, force: true });
  const [own, bin] = [path.join(modules, "hardcall"), path.join(modules, ".bin")];
  for (const made of [own, bin]) mkdirSync(made, { recursive: true });
  const tar = ["-xzf", tarball, "--strip-components=1", "-C", own];
  await promisify(execFile)("tar", tar, { timeout: NPM_LIMIT_MS });
  symlinkSync("../hardcall/dist/cli.js", path.join(bin, "hardcall"));
  const { dependencies } = JSON.parse(readFileSync(path.join(own, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies))
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
}

/** What npm hands to the scripts it runs, here the tests, would tune the npm of the project as well. */
const withoutNpm = () =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^npm_/i.test(name))
      .map((name) => [name, undefined]),
  );
