import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const env = {
  ...process.env,
  FAKE_BIN: join(ROOT, "fake-bin"),
  // The suites take the node that comes first on PATH: here, the one that runs this test.
  PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
};

const exists = (program: string, args: readonly string[]) =>
  spawnSync(program, args, { timeout: 30_000 }).status === 0;

const SUITES = [
  ["Python's unittest", "python3", ["-c", ""], "suite.py", /^OK$/m],
  ["POSIX sh", "sh", ["-c", ":"], "suite.sh", /^ok - the log has both$/m],
] as const;

for (const [language, program, probe, file, ending] of SUITES) {
  it.skipIf(!exists(program, probe))(`a suite in ${language} meets fail, empty and hang`, () => {
    const run = spawnSync(program, [join(import.meta.dirname, file)], {
      env,
      encoding: "utf8",
      timeout: 55_000,
    });
    const said = `${run.stdout}\n${run.stderr}`;
    expect({ status: run.status, said }).toEqual({ status: 0, said: expect.stringMatching(ending) });
    expect(said).not.toMatch(/not ok|FAIL/);
  });
}
