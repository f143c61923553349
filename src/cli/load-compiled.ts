import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import nodeModule from "node:module";
import path from "node:path";
import vm from "node:vm";
import { onKeepCompiled } from "./keep-compiled.ts";
import { shortHash } from "./short-hash.ts";

/** After a longer run V8 may have dropped code that it no longer needs, and to such calls the start does not matter. */
const LONGEST_RUN_S = 10;
/** So many starts add the functions that they run: with a key, the first one makes the ledger, and the second finds it there. */
const STARTS_ADDED = 3;
/** Of each installed hardcall: all of its commands, with and without a key, take 10 MB on one version of Node.js. */
const BYTES_KEPT = 20_000_000;
/** What is no file, such as a pipe or a link to a device, must not hold up the start. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export interface CompiledCode {
  /** See compile-cache.ts. */
  readonly folder: string;
  /** Another one for each build: V8 itself asks no more of a source than that it is as long as the one that it compiled. */
  readonly build: string;
  /** What this start does: others compile another part of the same files. */
  readonly use: string;
}

type Wrapper = (require: (name: string) => unknown, module: { exports: unknown }, file: string) => void;

/**
 * Loads a file of the command line, and what it requires. Node's own cache (`module.enableCompileCache`) has a file's code as it is
 * before anything has run: without the functions, which V8 compiles when they are first called. This one has those that an earlier
 * start of the same command has called, which saves a tenth of the time of a start.
 *
 * @param main a CommonJS file of the build, beside which the others are
 */
export function loadCompiled(main: string, { folder, build, use }: CompiledCode): void {
  const version = versionOf(build);
  const loaded = new Map<string, { exports: unknown }>();
  const unkept = new Map<string, Unkept>();
  const cacheOf = (file: string) => path.join(folder, version, `${use}-${path.basename(file)}`);

  const load = (file: string): unknown => {
    const module = loaded.get(file) ?? { exports: {} };
    if (loaded.has(file)) return module.exports;
    const kept = readKept(cacheOf(file));
    const source = readFileSync(file, "utf8");
    const script = new vm.Script(
      `(function(require,module,__filename){var exports=module.exports;${source}\n})`,
      {
        filename: file,
        cachedData: kept?.code,
      },
    );
    const starts = script.cachedDataRejected === false ? (kept?.starts ?? 0) : 0;
    if (starts < STARTS_ADDED) unkept.set(file, { script, starts: starts + 1 });
    loaded.set(file, module);
    try {
      (script.runInThisContext() as Wrapper)(requireHere, module, file);
    } catch (error) {
      // The next use tries anew: see core/lazily.ts.
      loaded.delete(file);
      throw error;
    }
    return module.exports;
  };
  const requireHere = (name: string) =>
    name.startsWith("./")
      ? load(path.join(path.dirname(main), name))
      : (nodeModule.createRequire(main)(name) as unknown);

  onKeepCompiled(() => {
    if (unkept.size > 0) process.once("exit", () => keep(unkept, cacheOf, folder));
  });
  load(main);
}

/** V8 asks for the same version and the same options as well. compile-cache.ts knows a folder of ours by the beginning of this. */
const versionOf = (build: string) =>
  [
    process.version,
    process.arch,
    shortHash([build, ...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ")),
  ].join("-");

/** Code to be kept, which so many starts have added to. */
interface Unkept {
  readonly script: vm.Script;
  readonly starts: number;
}

/**
 * V8 does not look for damage in what it reads, and would end the process. So the code is in the file twice, and after it the number of
 * starts.
 *
 * @returns `undefined` if there is no such file, or it is damaged
 */
function readKept(file: string): { readonly code: Buffer; readonly starts: number | undefined } | undefined {
  let bytes: Buffer;
  try {
    bytes = readFile(file);
  } catch {
    return undefined;
  }
  const size = Math.floor(bytes.length / 2);
  const code = bytes.subarray(0, size);
  if (size === 0 || !code.equals(bytes.subarray(size, 2 * size))) return undefined;
  return { code, starts: bytes[2 * size] };
}

function readFile(file: string): Buffer {
  const opened = openSync(file, READ);
  try {
    return readFileSync(opened);
  } finally {
    closeSync(opened);
  }
}

function keep(unkept: ReadonlyMap<string, Unkept>, cacheOf: (file: string) => string, folder: string): void {
  if (process.uptime() > LONGEST_RUN_S) return;
  try {
    for (const [file, { script, starts }] of unkept) {
      const code = script.createCachedData();
      write(cacheOf(file), Buffer.concat([code, code, Buffer.of(starts)]));
    }
    dropOldest(folder);
  } catch {
    // A disk that is full, a folder that was deleted meanwhile: the next start compiles its code.
  }
}

/** Another start may read it, or write it, at the same moment. */
function write(file: string, code: Buffer): void {
  const unfinished = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { mode: 0o700, recursive: true });
  try {
    writeFileSync(unfinished, code, { mode: 0o600 });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function dropOldest(folder: string): void {
  const versions = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((version) => lstatSync(version).isDirectory());
  const files = versions
    .flatMap((version) => readdirSync(version).map((name) => path.join(version, name)))
    .map((file) => ({ file, status: lstatSync(file) }))
    .filter(({ status }) => !status.isDirectory())
    .toSorted((one, other) => other.status.mtimeMs - one.status.mtimeMs);
  let bytes = 0;
  for (const { file, status } of files) {
    bytes += status.size;
    if (bytes > BYTES_KEPT) rmSync(file, { force: true });
  }
  // Each version of Node.js, and each NODE_OPTIONS, has had a folder.
  for (const version of versions) if (readdirSync(version).length === 0) rmdirSync(version);
}
