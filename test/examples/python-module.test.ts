import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLAUDE } from "../../src/cli/interface/claude.ts";
import { CODEX } from "../../src/cli/interface/codex.ts";
import { optionsOf, type Command, type Option } from "../../src/cli/interface/command.ts";
import { EXIT_CODES } from "../../src/cli/interface/exit-code.ts";
import { GEMINI } from "../../src/cli/interface/gemini.ts";
import { RUN } from "../../src/cli/interface/run.ts";
import { ROOT } from "../helpers/files.ts";
import { packedProject, type PackedProject } from "./packed-project.ts";

/** The program of a version, of pyenv or of the system; nothing where it is missing. */
const pythonOf = (version: string): string | undefined => {
  const pyenv = process.env["PYENV_ROOT"] ?? path.join(process.env["HOME"] ?? "", ".pyenv");
  const places = [...globSync(`${pyenv}/versions/${version}.*/bin/python`), `/usr/bin/python${version}`];
  return places.find((place) => existsSync(place));
};
const newest = ["3.9", "3.11", "3.13"].map(pythonOf).findLast((python) => python !== undefined);

let project: PackedProject;
let copied: Promise<unknown> | undefined;

beforeAll(async () => {
  project = await packedProject();
}, 180_000);
afterAll(() => project?.remove());

/** Runs a line in the folder of the copied example; `$python` is the Python. */
const shell = async (
  line: string,
  python: string | undefined,
  env: Readonly<Record<string, string>> = {},
) => {
  copied ??= project.shell("npx hardcall example python");
  await copied;
  const fakes = path.join(project.folder, "node_modules/hardcall/fake-bin");
  Object.assign(project.env, { python, FAKE_BIN: fakes, PYTHONPATH: ".", PYTHONDONTWRITEBYTECODE: "1" }, env);
  return project.shell(line, "python");
};

/** Most does not depend on the version: the first and the last one have all tests. */
const SOME = "SuccessTest PoolTest.test_pickle SignalTest.test_sigkill";

describe.each([
  ["3.9", ""],
  ["3.10", SOME],
  ["3.11", SOME],
  ["3.12", SOME],
  ["3.13", ""],
])("hardcall.py on Python %s", (version, classes) => {
  const python = pythonOf(version);
  if (python === undefined)
    console.warn(`The tests of Python ${version} are skipped: neither pyenv nor /usr/bin has one`);
  it.runIf(python !== undefined)(
    "keeps what it promises",
    async () => {
      const tests = path.join(ROOT, "test/examples/python_module_test.py");
      const { exitCode, stderr } = await shell(`timeout 280 $python -W error ${tests} ${classes}`, python);
      expect(stderr).toMatch(/^Ran \d+ tests in [^]*^OK$/m);
      expect(exitCode).toBe(0);
    },
    300_000,
  );
});

describe.runIf(newest !== undefined)("hardcall.py has", () => {
  /** What its tables say, by a short program. */
  const ask = async (program: string): Promise<unknown> => {
    const line = `"$python" -c 'import json, hardcall as h; print(json.dumps(${program}))'`;
    return JSON.parse((await shell(line, newest)).stdout.toString());
  };
  /** The prompt and the input of a command are arguments of their own. `timeout` is one that must be given. */
  const OWN = new Set(["stdin", "timeout"]);
  const optionsIn = (command: Pick<Command, "groups">) =>
    Object.entries<Option>(optionsOf(command)).filter(([name]) => !OWN.has(name));
  const keywords = (options: readonly (readonly [string, Option])[]) =>
    options.map(([name]) => name.replaceAll("-", "_")).toSorted();

  it.each([
    ["run", RUN, "RunOptions"],
    ["claude", CLAUDE, "ClaudeOptions"],
    ["codex", CODEX, "CodexOptions"],
    ["gemini", GEMINI, "GeminiOptions"],
  ] as const)("a keyword for each option of hardcall %s", async (_, command, table) => {
    expect(await ask(`sorted(h.${table}.__annotations__)`)).toEqual(keywords(optionsIn(command)));
  });

  it("the right form for each value", async () => {
    const all = [...new Map([RUN, CLAUDE, CODEX, GEMINI].flatMap(optionsIn))];
    expect(await ask("sorted(h.DURATIONS)")).toEqual(
      keywords(all.filter(([, { takes }]) => takes === "duration")),
    );
    expect(await ask("sorted(h.REPEATED)")).toEqual(
      keywords(all.filter(([, option]) => "multiple" in option)),
    );
    const switches =
      '[k for k, v in {**h.RunOptions.__annotations__, **h.ClaudeOptions.__annotations__, **h.CodexOptions.__annotations__, **h.GeminiOptions.__annotations__}.items() if "bool" in str(v) and "Mapping" not in str(v)]';
    expect(await ask(`sorted(${switches})`)).toEqual(
      keywords(all.filter(([, { takes }]) => takes === "nothing")),
    );
  });

  it("an exception for each exit code of a call", async () => {
    const codes = EXIT_CODES.flatMap(({ exit }) => exit.split(", ").map(Number)).filter((code) => code > 1);
    expect(await ask("sorted(h.EXCEPTIONS)")).toEqual(codes);
    const readme = await shell("cat README.md", newest);
    const rows = [...readme.stdout.toString().matchAll(/^\| `(\w+)` +\| ([\d, ]+?) +\|/gm)];
    const said = rows.flatMap(([, name, exits = ""]) => exits.split(", ").map((exit) => [exit, name]));
    expect(await ask("{k: v.__name__ for k, v in h.EXCEPTIONS.items()}")).toEqual(Object.fromEntries(said));
  });
});

const hasMypy = spawnSync("mypy", ["--version"], { timeout: 30_000 }).status === 0;

// Debian's mypy 1.0 has PEP 692 behind a flag, which later ones ignore.
it.runIf(hasMypy && newest !== undefined)(
  "hardcall.py passes mypy --strict, and a misspelt option does not",
  async () => {
    const mypy = "mypy --strict --enable-incomplete-feature=Unpack --cache-dir=/dev/null";
    const strict = await shell(`${mypy} hardcall.py draft_job.py`, newest);
    expect(strict.stdout.toString()).toMatch(/^Success/);
    const misspelt = await shell(
      `${mypy} -c 'import hardcall; hardcall.run(["df"], timeout=1, tiemout=2)'`,
      newest,
    );
    expect(misspelt.stdout.toString()).toContain('Unexpected keyword argument "tiemout" for "run"');
  },
  120_000,
);

describe.runIf(newest !== undefined)("the scheduled job", () => {
  const job = (mode: string) =>
    shell('PATH="$FAKE_BIN:$PATH" "$python" draft_job.py ../drafts', newest, { FAKE_CLAUDE_MODE: mode });

  it("runs once as a command, and its exit code is that of hardcall", async () => {
    expect(await job("ok")).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/INFO wrote .*\.md\n$/),
    });
    expect(await job("empty")).toMatchObject({
      exitCode: 65,
      stderr: expect.stringMatching(/ERROR no draft, empty_output: /),
    });
  });
});
