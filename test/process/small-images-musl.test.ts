import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test, type TestContext } from "vitest";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";
import { debianPackages } from "../helpers/cached-debian.ts";
import { fixture, tempFolder } from "../helpers/files.ts";
import { appears, commandLineOf, killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { OPEN } from "../helpers/run.ts";
import { canMakeImages, smallImage, type ImageOptions } from "../helpers/small-image.ts";

const BUN = "@oven/bun-linux-x64-musl";
const LOADER = "/lib/ld-musl-x86_64.so.1";
const HARDCALL = "/musl/bun /app/dist/cli.js";

/**
 * The C library of Alpine under a real runtime. npm has no Node for musl, so it is Bun's own build for musl, with Debian's musl. Only
 * libstdc++ is not Alpine's.
 */
async function musl(context: TestContext): Promise<ImageOptions> {
  if (spawnSync("gcc", ["--version"], { timeout: 20_000 }).status !== 0)
    return context.skip("there is no gcc");
  // npm refuses what is for another C library than its own.
  const bun = await cachedPackageOrReason(BUN, "1.4.5", ["--force", "--ignore-scripts"]);
  if ("reason" in bun) return context.skip(bun.reason);
  const debian = await debianPackages("musl", "libstdc++6", "libgcc-s1");
  if ("reason" in debian) return context.skip(debian.reason);
  const folder = tempFolder();
  const libraries = "usr/lib/x86_64-linux-gnu/libstdc++.so.6 lib/x86_64-linux-gnu/libgcc_s.so.1".split(" ");
  for (const file of libraries)
    copyFileSync(path.join(debian.folder, file), path.join(folder, path.basename(file)));
  const library = (name: string, source: string) =>
    execFileSync("gcc", ["-shared", "-fPIC", "-nostdlib", "-w", "-o", path.join(folder, name), source], {
      timeout: 20_000,
    });
  library("glibc.so", fixture("glibc-for-musl.c"));
  // libstdc++ names it, and takes nothing from it here.
  library("ld-linux-x86-64.so.2", fixture("glibc-for-musl.c"));
  mkdirSync(path.join(folder, "none"));
  const libc = path.join(debian.folder, "lib/x86_64-linux-musl/libc.so");
  return {
    mounts: {
      "/musl": folder,
      "/musl/bun": path.join(bun.folder, BUN, "bin/bun"),
      "/lib64": path.join(folder, "none"),
      [LOADER]: libc,
      "/musl/libc.musl-x86_64.so.1": libc,
    },
    env: { HOME: "/tmp", LD_PRELOAD: "/musl/glibc.so", LD_LIBRARY_PATH: "/musl" },
  };
}

describe.skipIf(!canMakeImages || process.arch !== "x64")("an image of busybox, musl and Bun", () => {
  const image = smallImage();

  test("calls, a key and its replay work; doctor finds every guarantee", async (context) => {
    const options = await musl(context);
    const keyed = `${HARDCALL} run --timeout 20s --key a -- echo done`;
    const script = `${HARDCALL} run --timeout 20s -- sh -c 'echo $((1 + 1))'; ${keyed}; ${keyed}; ${HARDCALL} doctor; exit 0`;
    const { stdout, stderr } = await image(context).run(script, options);
    expect(stdout).toMatch(/^2\ndone\ndone\nhardcall /);
    expect(stderr).toMatch(/^hardcall: echo replayed from call /);
    expect(stdout.match(/^NO .*$/gm)).toEqual(
      // Bun keeps no compiled code.
      [
        "starts use compiled code",
        ...["claude", "codex", "gemini"].map((agent) => `${agent} can be started`),
      ].map((line) => expect.stringContaining(line) as string),
    );
  });

  test("a program for glibc: the message names the loader, and what to take", async (context) => {
    const script = `${HARDCALL} run --timeout 20s -- node --version; exit $?`;
    const { stderr, exitCode } = await image(context).run(script, await musl(context));
    expect(exitCode).toBe(126);
    expect(stderr).toMatch(
      /"node" was built for another system: its loader \/lib64\/ld-linux-\S+ is not here \(it needs glibc; on Alpine take the build for musl\)/,
    );
  });

  test("a tree ends in time; kill -9 of the host: nothing is alive 2 s later", async (context) => {
    const mark = `MARKED_BY_TEST=${process.pid}-${performance.now()}`;
    const found = () => processesWith(mark).filter((pid) => commandLineOf(pid).startsWith("sleep "));
    onTestFinished(() => killAll(processesWith(mark)));
    const tree = (seconds: number) => `sh -c 'trap "" TERM; sleep ${seconds} & sleep ${seconds}'`;
    const script = `export ${mark}; ${HARDCALL} run --timeout 3s --kill-grace 300 -- ${tree(61)}; echo $?
      ${HARDCALL} run --timeout 60s -- ${tree(62)} & read -r line; kill -9 $!; sleep 20`;
    const { child } = image(context).start(script, await musl(context), { stdin: OPEN });
    const running = () => appears(() => (found().length === 2 ? found() : []));
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await running();
    expect((await lines.next()).value).toBe("124");
    expect(await survivorsAfter(500, first)).toEqual([]);
    const second = await running();
    child.stdin?.write("\n");
    expect(await survivorsAfter(2000, second)).toEqual([]);
    child.kill("SIGKILL");
  });
});
