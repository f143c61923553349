import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { program } from "./kit.ts";

const FAKE = join(import.meta.dirname, "../../fake-bin/claude");

/** Runs the fake once per mode; `hang` is killed. */
function fakeLog(modes: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "fake-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, "fake.log");
  for (const mode of modes)
    spawnSync(FAKE, ["-p", "hello"], {
      input: "",
      timeout: mode === "hang" ? 1500 : 20_000,
      killSignal: "SIGKILL",
      env: { ...process.env, FAKE_CLAUDE_MODE: mode, FAKE_CLAUDE_LOG: log },
    });
  return log;
}

const required = (log: string) =>
  program("review-floor", ["--require-modes", "fail,empty,hang", "--fake-log", log]);

test("a suite that met every mode is green, the one that hung and was killed included", () => {
  const { code, stdout } = required(fakeLog(["fail", "empty", "hang"]));
  expect(stdout).toBe("green: The tests met fail, empty, hang.\n");
  expect(code).toBe(0);
});

test("a mode never met is red, and named", () => {
  const { code, stdout } = required(fakeLog(["fail", "ok"]));
  expect(stdout).toBe("red: The tests met fail, ok and never empty, hang: add a test that runs each.\n");
  expect(code).toBe(1);
});

test("a fake that was never called is red, and says what to set", () => {
  const { code, stdout } = required("/nonexistent/fake.log");
  expect(stdout).toContain("put the fake first on PATH and set FAKE_CLAUDE_LOG");
  expect(code).toBe(1);
});
