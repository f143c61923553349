import path from "node:path";
import { expect } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { FAKE_BIN } from "../fake-bin/harness.ts";
import { clientTest } from "./harness/client-test.ts";

const PROGRAMS = path.join(import.meta.dirname, "programs");
const WHAT = "one call, one failure, one hang that its own timeout ends";
const part = "fake-bin/claude";

/** Runs a program with the fake claude first on PATH; what it started ends by itself after 20 s at the latest. */
async function withFake(file: string, ...args: readonly string[]) {
  const state = tempFolder();
  const env = {
    PATH: [FAKE_BIN, path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    ANTHROPIC_API_KEY: "none",
    FAKE_CLAUDE_STATE_DIR: state,
    FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
    GOCACHE: path.join(state, "go"),
    GO111MODULE: "off",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const { stdout, stderr, exitCode } = await run(file, args, { env, cwd: state });
  return { out: stdout.toString(), err: stderr, exitCode };
}

clientTest({ client: "bats", part, from: "debian", command: "bats" }, WHAT, async ({ folder }) => {
  const end = await withFake(folder, path.join(PROGRAMS, "claude.bats"));
  expect(end).toEqual({
    out: "1..3\nok 1 one call\nok 2 one failure\nok 3 one hang\n",
    err: "",
    exitCode: 0,
  });
});

clientTest({ client: "pytest", part, from: "pypi", module: "pytest" }, WHAT, async ({ folder }) => {
  const file = path.join(PROGRAMS, "test_claude.py");
  const end = await withFake(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", file);
  expect(end).toMatchObject({ out: expect.stringContaining("3 passed"), err: "", exitCode: 0 });
});

clientTest({ client: "Ruby", part, from: "debian", command: "ruby" }, WHAT, async ({ folder }) => {
  const end = await withFake(folder, path.join(PROGRAMS, "claude.rb"));
  expect(end).toEqual({ out: "ok 0 true\nauth 1\nhang timeout\n", err: "", exitCode: 0 });
});

clientTest({ client: "Go", part, from: "debian", command: "go" }, WHAT, async ({ folder }) => {
  const end = await withFake(folder, "run", path.join(PROGRAMS, "go/main.go"));
  const out = "ok true true\nauth exit status 1\nhang context deadline exceeded\n";
  expect(end).toEqual({ out, err: "", exitCode: 0 });
});
