import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { EXAMPLES, type Example } from "../../src/cli/interface/example-list.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";

const FOLDER = path.join(ROOT, "examples");

/** `hardcall example …` in this folder. */
async function example(cwd: string, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await hardcall(["example", ...args], { cwd });
  return { exitCode, stdout: stdout.toString(), stderr };
}

const read = (...parts: readonly string[]) => readFileSync(path.join(...parts), "utf8");
const all = (folder: string) => globSync("**/*", { cwd: folder }).toSorted();

describe("hardcall example", () => {
  test("lists every example on one line", async () => {
    const { exitCode, stdout, stderr } = await example(tempFolder());
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const { name, about } of EXAMPLES)
      expect(stdout).toMatch(new RegExp(`^${name} +${escape(about)}$`, "m"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test("copies files into a folder that it makes, and says how to run them there", async () => {
    const cwd = tempFolder();
    expect(await example(cwd, "publish-once", "./jobs/nightly")).toEqual({
      exitCode: 0,
      stdout: `Copied:
  jobs/nightly/publish-once.mts
  jobs/nightly/publish-once-try.mts
  jobs/nightly/exit-code.mts

To try it:
  cd ./jobs/nightly
  npm install hardcall
  node publish-once-try.mts
`,
      stderr: "",
    });
    expect(read(cwd, "jobs/nightly/publish-once.mts")).toBe(read(FOLDER, "publish-once.mts"));
  });

  test("leaves a file that two examples share, unless it was changed", async () => {
    const cwd = tempFolder();
    await example(cwd, "claude-draft");
    const { exitCode, stdout } = await example(cwd, "detached-job");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Copied:\n {2}detached-job\.mts\n\n/);
    writeFileSync(path.join(cwd, "exit-code.mts"), "mine");
    const changed = await example(cwd, "publish-once");
    expect(changed).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/exit-code\.mts exists/) });
    expect(read(cwd, "exit-code.mts")).toBe("mine");
  });

  test("copies a folder as a whole, by default into this one", async () => {
    const cwd = tempFolder();
    const { exitCode, stdout } = await example(cwd, "merge-gate");
    const copied = all(path.join(cwd, "merge-gate"));
    const files = copied.filter((file) => statSync(path.join(cwd, "merge-gate", file)).isFile());
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `Copied:
  merge-gate/ (${files.length} files)

To try it:
  cd merge-gate
  npm ci
  npm test
  node bin/check.ts bin lib
`,
    });
    const original = all(path.join(FOLDER, "merge-gate"));
    expect(copied).toEqual(original.filter((file) => !file.includes("node_modules")));
  });

  test("names only the packages that are not installed there", async () => {
    const cwd = tempFolder();
    mkdirSync(path.join(cwd, "node_modules/hardcall"), { recursive: true });
    expect((await example(cwd, "claude-draft", "a")).stdout).toContain("npm install zod\n");
    mkdirSync(path.join(cwd, "node_modules/zod"));
    expect((await example(cwd, "claude-draft", "b")).stdout).not.toContain("npm install");
  });

  test("makes programs executable, and nothing else", async () => {
    const cwd = tempFolder();
    await example(cwd, "cron-job");
    await example(cwd, "merge-gate");
    const isExecutable = (file: string) => (statSync(path.join(cwd, file)).mode & 0o100) !== 0;
    expect(["cron-job.sh", "merge-gate/hooks/pre-push", "merge-gate/bin/check.ts"].map(isExecutable)).toEqual(
      [true, true, true],
    );
    expect(isExecutable("merge-gate/README.md")).toBe(false);
  });

  test("quotes a folder for the shell", async () => {
    const { stdout } = await example(tempFolder(), "cron-job", "it's here");
    expect(stdout).toContain(String.raw`  cd 'it'\''s here'` + "\n");
  });

  test("gives cd no folder that it would read as an option", async () => {
    const { stdout } = await example(tempFolder(), "cron-job", "--", "-here");
    expect(stdout).toContain("  cd ./-here\n");
  });
});

describe("hardcall example copies nothing when", () => {
  test.each([
    ["a file", (file: string) => writeFileSync(file, "mine")],
    ["a link to nowhere", (file: string) => symlinkSync("/nowhere/at/all", file)],
  ])("%s of that name is there", async (_, make) => {
    const cwd = tempFolder();
    make(path.join(cwd, "publish-once-try.mts"));
    expect(await example(cwd, "publish-once")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        "hardcall: publish-once-try.mts exists already, so nothing was copied; name another folder, or move what is there\nTry: hardcall example --help\n",
    });
    expect(readdirSync(cwd)).toEqual(["publish-once-try.mts"]);
  });

  test("the example was copied before", async () => {
    const cwd = tempFolder();
    await example(cwd, "merge-gate");
    writeFileSync(path.join(cwd, "merge-gate/merge-gate.config.json"), "mine");
    const { exitCode, stderr } = await example(cwd, "merge-gate", ".");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^hardcall: merge-gate\/README\.md, .* and \d+ more exist already, so nothing was copied/,
    );
    expect(read(cwd, "merge-gate/merge-gate.config.json")).toBe("mine");
  });

  test("the name is not an example; the list is shown", async () => {
    const cwd = tempFolder();
    const { exitCode, stdout, stderr } = await example(cwd, "publish-onec");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^hardcall: "publish-onec" is not an example; did you mean publish-once\?$/m);
    for (const { name } of EXAMPLES) expect(stderr).toMatch(new RegExp(`^${name} `, "m"));
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ["a blank folder", ["cron-job", " "], "FOLDER is blank"],
    ["a word too many", ["cron-job", "a", "b"], '"b" is one word too many'],
    ["an unknown option", ["cron-job", "--force"], "--force is not an option of hardcall example"],
  ])("the command line has %s", async (_, args, message) => {
    const cwd = tempFolder();
    const { exitCode, stderr } = await example(cwd, ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each(["jobs", "jobs/nightly"])("%s is not a folder: a file is in the way", async (folder) => {
    const cwd = tempFolder();
    writeFileSync(path.join(cwd, "jobs"), "");
    const { exitCode, stderr } = await example(cwd, "publish-once", folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(new RegExp(`^hardcall: the example cannot be copied into "${folder}": E[A-Z]+: `));
  });

  test.each(["merge-gate", "publish-once"])("the disk has no room for all of %s", async (name) => {
    const cwd = tempFolder();
    const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") };
    // Files may have 3 KiB: less than one file of each example, more than others.
    const script = `ulimit -f 3; "$NODE" "$CLI" example ${name} jobs`;
    const { exitCode, stderr } = await run("bash", ["-c", script], { cwd, env });
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(/^hardcall: The example could not be copied into "jobs": EFBIG: /);
    expect(globSync("**/*.*", { cwd })).toEqual([]);
  });

  // A folder below /proc cannot be made by root either.
  test.runIf(process.platform === "linux")("the folder cannot be made", async () => {
    const { exitCode, stderr } = await example(tempFolder(), "publish-once", "/proc/nope/jobs");
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(/^hardcall: The example could not be copied into "\/proc\/nope\/jobs": ENOENT: /);
  });
});

test("a package that must have a certain version is named with it", async () => {
  const { stdout } = await example(tempFolder(), "fleet");
  expect(stdout).toContain("  npm install hardcall pg-boss@12.35.0 pg\n");
});

describe("the examples of the package", () => {
  const filesOf = ({ name, files }: Example) =>
    files ??
    all(path.join(FOLDER, name))
      .filter((file) => !file.includes("node_modules"))
      .map((file) => `${name}/${file}`);

  test("are all listed", () => {
    const listed = new Set(EXAMPLES.flatMap(({ name, files }) => files ?? [name]));
    // The index, and the example of the project's README, which is not in the package.
    const others = new Set(["README.md", "readme.ts"]);
    expect(readdirSync(FOLDER).filter((entry) => !listed.has(entry) && !others.has(entry))).toEqual([]);
  });

  test.each(EXAMPLES)("$name stands in the index", ({ name, files: [first] = [name], about }) => {
    expect(read(FOLDER, "README.md").replaceAll(/ +/g, " ")).toContain(
      `| [\`${name}\`](${first}) | ${about} |`,
    );
  });

  test.each(EXAMPLES)("$name shows at its top how to try it", ({ name, files, run: lines }) => {
    const readme = path.join(FOLDER, name, "README.md");
    const top = files === undefined && existsSync(readme) ? readme : path.join(FOLDER, topOf(name, files));
    const text = readFileSync(top, "utf8");
    for (const line of lines) expect(text).toContain(line);
  });

  test.each(EXAMPLES)("$name imports only its own files and the packages it needs", (each) => {
    const files = filesOf(each);
    const packages = each.name === "merge-gate" ? ["zod", "@ast-grep/cli"] : each.needs;
    const foreign = files
      .filter((file) => /\.m?ts$/.test(file))
      .flatMap((file) => importsOf(file).filter((from) => !files.includes(from)))
      .filter(
        (from) => !packages.map(withoutVersion).some((name) => from === name || from.startsWith(`${name}/`)),
      );
    expect(foreign).toEqual([]);
  });
});

const withoutVersion = (wanted: string) => wanted.replace(/(?<=.)@.*$/, "");

/** Packages by name, files by their path below `examples/`. */
function importsOf(file: string): string[] {
  return [...read(FOLDER, file).matchAll(/\bfrom "(?!node:)([^"]+)"/g)].map(([, from = ""]) =>
    from.startsWith(".") ? path.join(path.dirname(file), from) : from,
  );
}

/** The file of an example that is read first. */
function topOf(name: string, files: readonly string[] | undefined): string {
  if (files !== undefined) return files[0] as string;
  return `${name}/main.mts`;
}

const escape = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
