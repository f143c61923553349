import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const CLI = path.join(ROOT, "dist/cli.js");
const DAY_MS = 86_400_000;

/** Starts the built command with no cache but its own. */
const hardcall = (args: readonly string[], env: Readonly<Record<string, string | undefined>>) =>
  run(CLI, args, { env: { NODE_COMPILE_CACHE: undefined, NODE_V8_COVERAGE: undefined, ...env } });

const ECHO = ["run", "--timeout", "20s", "--", "echo", "hi"];

async function says(env: Readonly<Record<string, string | undefined>>) {
  const { exitCode, stdout, stderr } = await hardcall(ECHO, env);
  expect({ exitCode, stdout: stdout.toString(), stderr }).toEqual({
    exitCode: 0,
    stdout: "hi\n",
    stderr: "",
  });
}

/** The files with compiled code, below the folder of caches. */
const compiled = (base: string) => globSync("hardcall/compiled/*/*/*", { cwd: base });

describe.skipIf(!existsSync(CLI))("the cache of compiled code", () => {
  test("is the user's alone, and the next start adds nothing to it", async () => {
    const base = tempFolder();
    await says({ XDG_CACHE_HOME: base });
    const files = compiled(base);
    expect(files.length).toBeGreaterThan(0);
    const [folder] = globSync("hardcall/compiled/*", { cwd: base });
    expect(statSync(path.join(base, folder!)).mode & 0o777).toBe(0o700);
    const before = statSync(path.join(base, files[0]!)).mtimeMs;
    await says({ XDG_CACHE_HOME: base });
    expect(compiled(base)).toEqual(files);
    expect(statSync(path.join(base, files[0]!)).mtimeMs).toBe(before);
  });

  test("is in ~/.cache without XDG_CACHE_HOME, and where that is no absolute path", async () => {
    for (const XDG_CACHE_HOME of [undefined, "", "relative"]) {
      const home = tempFolder();
      await says({ HOME: home, XDG_CACHE_HOME });
      expect(compiled(path.join(home, ".cache")).length).toBeGreaterThan(0);
    }
    expect(existsSync(path.join(ROOT, "relative"))).toBe(false);
  });

  test.each([
    ["NODE_DISABLE_COMPILE_CACHE", "1"],
    ["NODE_COMPILE_CACHE", ""],
    ["NODE_V8_COVERAGE", ""],
  ])("is not made with %s", async (name, given) => {
    const base = tempFolder();
    await says({ XDG_CACHE_HOME: base, [name]: given || tempFolder() });
    expect(existsSync(path.join(base, "hardcall"))).toBe(false);
  });

  test("keeps nothing of a start that makes no call: later starts would compile the rest each time", async () => {
    const base = tempFolder();
    for (const [args, exitCode] of [
      [["run", "--help"], 0],
      [["run", "echo", "hi"], 2],
      [["run", "--timeout", "never", "--", "echo"], 2],
      [["fake-bin"], 0],
      [["--version"], 0],
    ] as const) {
      expect((await hardcall(args, { XDG_CACHE_HOME: base })).exitCode).toBe(exitCode);
      expect(compiled(base)).toEqual([]);
    }
    await says({ XDG_CACHE_HOME: base });
    const [file, ...others] = compiled(base);
    expect(others).toEqual([]);
    const size = statSync(path.join(base, file!)).size;
    // It adds what only help needs.
    await hardcall(["run", "--help"], { XDG_CACHE_HOME: base });
    expect(compiled(base)).toContain(file);
    expect(statSync(path.join(base, file!)).size).toBe(size);
  });

  test("is done without where it cannot be written, and no home folder is made for it", async () => {
    const folder = tempFolder();
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    const missing = path.join(folder, "missing");
    await says({ HOME: missing, XDG_CACHE_HOME: undefined });
    expect(existsSync(missing)).toBe(false);
    await says({ HOME: "", XDG_CACHE_HOME: undefined });
    await says({ XDG_CACHE_HOME: file });
    await says({ XDG_CACHE_HOME: "/proc/self" });
    await says({ XDG_CACHE_HOME: "/dev/null" });
  });

  test("is not used where another user could put code", async () => {
    for (const open of ["hardcall", "hardcall/compiled"]) {
      const base = tempFolder();
      mkdirSync(path.join(base, open), { recursive: true });
      chmodSync(path.join(base, open), 0o777);
      await says({ XDG_CACHE_HOME: base });
      expect(compiled(base)).toEqual([]);
      chmodSync(path.join(base, open), 0o1777);
      await says({ XDG_CACHE_HOME: base });
      expect(compiled(base).length).toBeGreaterThan(0);
      const [folder] = globSync("hardcall/compiled/*", { cwd: base });
      chmodSync(path.join(base, folder!), 0o755);
      for (const found of compiled(base)) writeFileSync(path.join(base, found), "");
      await says({ XDG_CACHE_HOME: base });
      expect(compiled(base).map((found) => statSync(path.join(base, found)).size)).toEqual([0]);
    }
  });

  test.skipIf(process.geteuid?.() !== 0)(
    "is not used by root in the home folder of another user",
    async () => {
      const home = tempFolder();
      chownSync(home, 65_534, 65_534);
      await says({ HOME: home, XDG_CACHE_HOME: undefined });
      // A ~/.cache of root's would be closed to its user's other programs.
      expect(readdirSync(home)).toEqual([]);
    },
  );

  test.skipIf(process.geteuid?.() !== 0)(
    "is done without for a user that the system does not know",
    async () => {
      const user = ["--reuid", "54321", "--regid", "54321", "--clear-groups"];
      const env = { HOME: undefined, XDG_CACHE_HOME: undefined, NODE_COMPILE_CACHE: undefined };
      const end = await run("setpriv", [...user, process.execPath, CLI, ...ECHO], { env });
      expect({ ...end, stdout: end.stdout.toString() }).toMatchObject({
        exitCode: 0,
        stdout: "hi\n",
        stderr: "",
      });
    },
  );

  test("may be damaged: what it holds is compiled anew", async () => {
    const base = tempFolder();
    await says({ XDG_CACHE_HOME: base });
    expect(compiled(base)).toHaveLength(1);
    for (const damage of [
      (whole: number) => Buffer.alloc(whole, 0x5a),
      (whole: number) => Buffer.alloc(Math.floor(whole / 2)),
      () => Buffer.alloc(0),
    ]) {
      for (const file of compiled(base).map((found) => path.join(base, found)))
        writeFileSync(file, damage(statSync(file).size));
      await says({ XDG_CACHE_HOME: base });
    }
  });

  test("is made by many starts at once", async () => {
    const base = tempFolder();
    await Promise.all(Array.from({ length: 16 }, () => says({ XDG_CACHE_HOME: base })));
    await says({ XDG_CACHE_HOME: base });
    expect(globSync("hardcall/compiled/*", { cwd: base })).toHaveLength(1);
    expect(compiled(base).filter((found) => found.includes("tmp"))).toEqual([]);
  });

  test("does not grow with each upgrade: ten builds keep theirs, the least recently used goes", async () => {
    const base = tempFolder();
    const all = path.join(base, "hardcall/compiled");
    const builds = Array.from({ length: 14 }, (_, days) => {
      const folder = path.join(all, `0000000${days.toString(16)}`);
      mkdirSync(path.join(folder, "v22.18.0-x64-964aae3f-0"), { recursive: true });
      const usedAt = new Date(Date.now() - (days + 1) * DAY_MS);
      utimesSync(folder, usedAt, usedAt);
      return folder;
    });
    await says({ XDG_CACHE_HOME: base });
    expect(builds.filter((folder) => existsSync(folder))).toEqual(builds.slice(0, 9));
    expect(globSync("*", { cwd: all })).toHaveLength(10);
  });

  test("drops nothing that it has not made, also where its folder is a link to another", async () => {
    const base = tempFolder();
    const elsewhere = tempFolder();
    mkdirSync(path.join(base, "hardcall"));
    symlinkSync(elsewhere, path.join(base, "hardcall/compiled"));
    const longAgo = new Date(0);
    const foreign = Array.from({ length: 12 }, (_, index) => {
      // Half of them as a release is named: by the hash of a commit.
      const folder = path.join(
        elsewhere,
        index % 2 === 0 ? `project-${index}` : `1a2b3c0${index.toString(16)}`,
      );
      mkdirSync(path.join(folder, "src"), { recursive: true });
      utimesSync(folder, longAgo, longAgo);
      return folder;
    });
    symlinkSync(path.join(base, "nowhere"), path.join(elsewhere, "dangling"));
    await says({ XDG_CACHE_HOME: base });
    expect(compiled(base)).toHaveLength(1);
    expect(foreign.filter((folder) => !existsSync(path.join(folder, "src")))).toEqual([]);
  });

  test("is a line of hardcall doctor, which says why there is none", async () => {
    const base = tempFolder();
    const line = async (env: Readonly<Record<string, string>>) => {
      const { stdout } = await hardcall(["doctor"], env);
      return /^.*compiled code.*$/m.exec(stdout.toString())?.[0];
    };
    expect(await line({ XDG_CACHE_HOME: base })).toMatch(
      /^yes  starts use compiled code .*\/hardcall\/compiled\/\w{8}$/,
    );
    const off = await line({ XDG_CACHE_HOME: base, NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(off).toMatch(/^NO   starts use compiled code +NODE_DISABLE_COMPILE_CACHE is set$/);
    const all = path.join(base, "hardcall/compiled");
    chmodSync(all, 0o777);
    expect(await line({ XDG_CACHE_HOME: base })).toContain(`another user can write to ${all}`);
  });

  test("counts as used on each day that it is", async () => {
    const base = tempFolder();
    await says({ XDG_CACHE_HOME: base });
    const folder = path.join(base, globSync("hardcall/compiled/*", { cwd: base })[0]!);
    const long = new Date(Date.now() - 3 * DAY_MS);
    utimesSync(folder, long, long);
    await says({ XDG_CACHE_HOME: base });
    expect(Date.now() - statSync(folder).mtimeMs).toBeLessThan(DAY_MS);
  });
});
