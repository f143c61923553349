import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import nodeModule from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Where V8 keeps the code that it has compiled, or why it keeps none. */
export type CompileCache = { readonly folder: string } | { readonly why: string };

/** Another version, and the copy of another project, have folders of their own. The least recently used ones go. */
const FOLDERS_KEPT = 10;
const DAY_MS = 86_400_000;

/** The commands that schedulers and scripts start. What the others compile is another part of the same files. */
const CALLS: readonly (string | undefined)[] = ["run", "claude", "codex", "gemini"];

/**
 * Where the compiled code of a file of the command line is. Not in the folder for temporary files, as Node.js has it: V8 runs what it
 * finds there, and other users can write there.
 *
 * @param main its path. Left out in that file itself: the build puts this one into it
 */
function compileCacheOf(main = fileURLToPath(import.meta.url)): CompileCache {
  const { env } = process;
  const { NODE_DISABLE_COMPILE_CACHE: disabled, NODE_COMPILE_CACHE: chosen, XDG_CACHE_HOME: base = "" } = env;
  if (main.endsWith(".ts")) return { why: "this is not the built command line" };
  if (process.versions["bun"] !== undefined || process.versions["deno"] !== undefined)
    return { why: "only Node.js has one" };
  if (disabled !== undefined) return { why: "NODE_DISABLE_COMPILE_CACHE is set" };
  if (chosen !== undefined) return { why: "NODE_COMPILE_CACHE names another one" };
  // V8 counts less of what comes from a cache.
  if (env["NODE_V8_COVERAGE"] !== undefined) return { why: "NODE_V8_COVERAGE is set" };
  if (process.geteuid === undefined) return { why: "Windows does not say who owns a folder" };
  if (path.isAbsolute(base)) return { folder: folderIn(base, main) };
  const home = homeFolder();
  if (!path.isAbsolute(home)) return { why: "there is no home folder" };
  return { folder: folderIn(path.join(home, ".cache"), main) };
}

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    // HOME is not set, and the system does not know this user, as in a container that runs as any number.
    return "";
  }
}

const folderIn = (base: string, main: string) => path.join(base, "hardcall", "compiled", shortHash(main));

/** Makes the folder, unless it is there, and makes sure that other users cannot put code into it. */
export function openCompileCache(main?: string): CompileCache {
  const cache = compileCacheOf(main);
  if ("why" in cache) return cache;
  const { folder } = cache;
  try {
    const usedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    const stranger = (usedAt === undefined ? makeFolder(folder) : undefined) ?? strangerIn(folder);
    if (stranger !== undefined) return { why: `another user can write to ${stranger}` };
    if (usedAt !== undefined && Date.now() - usedAt > DAY_MS) utimesSync(folder, new Date(), new Date());
    return cache;
  } catch (error) {
    // A file system that is full or read-only, a home folder that is not there.
    return { why: `${folder} cannot be made: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}` };
  }
}

/**
 * Turns the cache on for a command that makes a call: a start takes less time with it. Nothing fails without it.
 *
 * @param main the file to be loaded after this
 */
export function useCompileCache(main: string, command: string | undefined): void {
  if (!CALLS.includes(command)) return;
  const cache = openCompileCache(main);
  // https://nodejs.org/api/module.html#moduleenablecompilecachecachedir
  if ("folder" in cache) nodeModule.enableCompileCache(cache.folder);
}

/**
 * Forgets what a start that has made no call compiled: little of the code. Node.js writes a file's code once, when the process ends,
 * and later starts would have to compile the rest each time. What an earlier start has written stays.
 */
export function forgetCompiled(): void {
  const cache = compileCacheOf();
  if ("why" in cache) return;
  try {
    // One folder for each version of Node.js, and in it a file for each file.
    const isNew = readdirSync(cache.folder).every(
      (version) => readdirSync(path.join(cache.folder, version)).length === 0,
    );
    if (isNew) rmSync(cache.folder, { recursive: true });
  } catch {
    // There is none.
  }
}

/** The folder, or one that it is in, that another user can change: what V8 finds there, it runs. */
function strangerIn(folder: string): string | undefined {
  return (lstatSync(folder).mode & 0o077) === 0 ? strangerAbove(folder) : folder;
}

function strangerAbove(folder: string): string | undefined {
  return [...new Set([folder, realpathSync(folder)])].flatMap(withParents).find(isOfOthers);
}

function withParents(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

/** In a folder with the sticky bit, as `/tmp` has it, other users cannot replace what is ours. */
function isOfOthers(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  const isSafe = (mode & 0o002) === 0 || (mode & 0o1000) !== 0 || (mode & 0o170000) === 0o120000;
  return !isSafe || ![0, process.geteuid?.()].includes(uid);
}

/**
 * Root could make folders in another user's home folder, and that user's programs could not write there.
 *
 * @returns the folder of another user in which it has made nothing
 */
function makeFolder(folder: string): string | undefined {
  const there = withParents(folder).find((parent) => existsSync(parent));
  const stranger = there === undefined ? undefined : strangerAbove(there);
  if (stranger !== undefined) return stranger;
  const all = path.dirname(folder);
  // Not the home folder: it may be missing for a reason.
  for (const made of [path.join(all, "../.."), path.join(all, ".."), all, folder]) make(made);
  dropOldest(all);
  return undefined;
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Only folders of its own making: what a user keeps there, or where a link leads to, is not hardcall's to delete. */
function dropOldest(all: string): void {
  const byUse = readdirSync(all, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[\da-f]{8}$/.test(entry.name))
    .map(({ name }) => path.join(all, name))
    .filter((folder) => readdirSync(folder).every((name) => /^v\d+\.\d+\.\d+/.test(name)))
    .map((folder) => ({ folder, usedAt: statSync(folder).mtimeMs }))
    .toSorted((one, other) => other.usedAt - one.usedAt);
  for (const { folder } of byUse.slice(FOLDERS_KEPT)) rmSync(folder, { recursive: true, force: true });
}

/** FNV-1a, 32 bits: a hash from Node.js takes longer to load than the cache saves. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
