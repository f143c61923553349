import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, type TestContext } from "vitest";
import { debianPackages } from "./cached-debian.ts";
import { ROOT } from "./files.ts";
import { temporaryFolder } from "./folders.ts";
import { start, type RunOptions, type Started } from "./run.ts";
import { asUser } from "./users.ts";

/** Whether the tests may make roots of their own (Linux, as root), and the package has been built. */
export const canMakeImages =
  existsSync(path.join(ROOT, "dist/cli.js")) &&
  spawnSync("unshare", ["--mount", "--pid", "--fork", "chroot", "/", "true"], { timeout: 20_000 }).status ===
    0;

/** An image for the tests of a file, made once; a test is skipped, with the reason, where busybox cannot be had. */
export function smallImage(): (context: TestContext) => SmallImage {
  let made: SmallImage | { readonly reason: string };
  beforeAll(async () => {
    made = await SmallImage.make();
  });
  afterAll(() => {
    if (made instanceof SmallImage) made.remove();
  });
  return (context) => (made instanceof SmallImage ? made : context.skip(made.reason));
}

/** `hardcall` in an image. */
export const HARDCALL = "node /app/dist/cli.js";

/** What an image has, other than a usual one. */
export interface ImageOptions {
  /** Options of the mount of `/proc`; `"none"`: there is no `/proc`. */
  readonly proc?: string;
  /** A user without a name, instead of root. */
  readonly asUser?: boolean;
  readonly isReadOnly?: boolean;
  /** @default null, zero, urandom */
  readonly devices?: readonly string[];
  /** The folder of a control group in which the image runs. */
  readonly cgroup?: string;
  /** Files and folders of this machine, by the place where the image has them. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Flags of `prlimit`. */
  readonly limits?: readonly string[];
  /** `/tmp` is a file system in memory, with these options. @default mode=1777, and none in a root that is read-only */
  readonly tmp?: string;
  /** The whole environment, beside `PATH`. @default HOME=/tmp */
  readonly env?: Readonly<Record<string, string>>;
}

/** Debian's busybox as every program, Node with its libraries, and nothing else: as an image of Alpine has it, but with glibc. */
export class SmallImage {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns a reason, in a sentence, where busybox cannot be had */
  static async make(): Promise<SmallImage | { readonly reason: string }> {
    const found = await debianPackages("busybox-static");
    if ("reason" in found) return found;
    const folder = temporaryFolder();
    const at = (file: string) => path.join(folder, file);
    for (const name of ["app", "bin", "dev", "etc", "home", "proc", "tmp", "usr/bin", "usr/local/bin"])
      mkdirSync(at(name), { recursive: true });
    copyFileSync(path.join(found.folder, "bin/busybox"), at("bin/busybox"));
    const list = execFileSync(at("bin/busybox"), ["--list"], { encoding: "utf8", timeout: 20_000 });
    // Images of busybox without them are the harder case.
    const applets = list.split("\n").filter((name) => !["", "busybox", "setsid", "ps"].includes(name));
    for (const name of applets) symlinkSync("busybox", at(`bin/${name}`));
    symlinkSync("../../bin/busybox", at("usr/bin/env"));
    for (const library of librariesOf(process.execPath))
      cpSync(library, at(library), { dereference: true, recursive: true });
    writeFileSync(at("usr/local/bin/node"), "");
    chmodSync(folder, 0o755);
    return new SmallImage(folder);
  }

  /** Runs it to its end. */
  async run(script: string, options?: ImageOptions) {
    const { stdout, stderr, exitCode } = await this.start(script, options).finished;
    return { stdout: stdout.toString(), stderr, exitCode };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  /** Runs a script of busybox's shell in the image, as its first process. What it leaves running ends with it. */
  start(script: string, options: ImageOptions = {}, given: RunOptions = {}): Started {
    const { env = { HOME: "/tmp" }, limits = [] } = options;
    const user = options.asUser ? `${UID}:${UID}` : "0:0";
    const variables = Object.entries({ ...HELPER, ...env }).map(([name, value]) => `${name}=${value}`);
    const enter = ["prlimit", ...limits, "chroot", `--userspec=${user}`, this.#folder];
    const inside = [
      ...enter,
      "/bin/env",
      "-i",
      "PATH=/usr/local/bin:/bin",
      ...variables,
      "/bin/sh",
      "-c",
      script,
    ];
    const mounts = mountsOf(this.#folder, options).join("\n");
    return start("unshare", [...OWN, "sh", "-ec", `${mounts}\nexec "$@"`, "sh", ...inside], given);
  }
}

/** Of the tests that run with the spawning helper (`npm run test:helper`). */
const { HARDCALL_SPAWN_HELPER } = process.env;
const HELPER = HARDCALL_SPAWN_HELPER === undefined ? {} : { HARDCALL_SPAWN_HELPER };

const UID = asUser[1].replace("--reuid=", "");
const DEVICES = ["null", "zero", "urandom"];
const OWN = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"];

function mountsOf(folder: string, options: ImageOptions): string[] {
  const {
    proc = "rw",
    devices = DEVICES,
    cgroup,
    mounts = {},
    isReadOnly = false,
    tmp = isReadOnly ? undefined : "mode=1777",
  } = options;
  return [
    ...(cgroup === undefined ? [] : [`echo 0 >${cgroup}/cgroup.procs`]),
    `mount --bind ${folder} ${folder}`,
    `mount --bind ${process.execPath} ${folder}/usr/local/bin/node`,
    `mount --rbind ${ROOT} ${folder}/app`,
    ...Object.entries(mounts).map(([place, from]) => bind(from, `${folder}${place}`)),
    ...(proc === "none" ? [] : [`mount -t proc -o ${proc} proc ${folder}/proc`]),
    `mount -t tmpfs none ${folder}/dev`,
    ...devices.map((name) => `: >${folder}/dev/${name}; mount --bind /dev/${name} ${folder}/dev/${name}`),
    ...(tmp === undefined ? [] : [`mount -t tmpfs -o ${tmp} none ${folder}/tmp`]),
    ...(isReadOnly ? [`mount -o remount,bind,ro ${folder}`] : []),
  ];
}

/** Mounts a file or a folder at a place that it makes. */
const bind = (from: string, place: string) =>
  `mkdir -p ${path.dirname(place)}; [ -d ${from} ] && mkdir -p ${place} || : >>${place}; mount --bind ${from} ${place}`;

/** A program's libraries and its loader. */
function librariesOf(program: string): string[] {
  const list = execFileSync("ldd", [program], { encoding: "utf8", timeout: 20_000 });
  return [...list.matchAll(/(\/\S+) \(0x/g)].map(([, file = ""]) => file);
}
