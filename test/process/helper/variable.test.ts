import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readSpawnHelper } from "../../../src/core/spawn-helper.ts";
import { ConfigError, command, defineCall, runClaude, runCommand } from "../../../src/index.ts";
import { tempFolder } from "../../helpers/files.ts";
import { hardcall } from "../../helpers/run.ts";

const WRONG = ["ON", "1", "true", "yes", " on", "none"];
const sentence = (value: string) =>
  `The environment variable HARDCALL_SPAWN_HELPER is ${JSON.stringify(value)}; give on, off or auto`;

function setVariable(value: string): void {
  vi.stubEnv("HARDCALL_SPAWN_HELPER", value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("it is on, off or auto, and auto where it is not set", () => {
  for (const setting of ["on", "off", "auto"])
    expect(readSpawnHelper({ HARDCALL_SPAWN_HELPER: setting })).toEqual({ setting });
  for (const env of [{}, { HARDCALL_SPAWN_HELPER: "" }])
    expect(readSpawnHelper(env)).toEqual({ setting: "auto" });
});

describe("another value is refused before anything starts", () => {
  test.each(WRONG)("%j, in the library", async (value) => {
    const file = path.join(tempFolder(), "started");
    const touch = command("touch", [file], { allowEmpty: true });
    const define = () => defineCall({ name: "it", callee: touch, timeout: "20s", effects: "none" });
    const call = define();
    setVariable(value);
    const error = new ConfigError("it", [sentence(value)]);
    expect(define).toThrow(error);
    expect(await call.settle()).toMatchObject({
      code: "invalid_config",
      effect: "not_started",
      message: error.message,
    });
    await expect(runCommand("touch", [file], { timeout: "20s" })).rejects.toThrow(sentence(value));
    await expect(runClaude("Hello", { timeout: "20s" })).rejects.toThrow(sentence(value));
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ["run", "--", "touch"],
    ["run", "--key", "a", "--ledger", "LEDGER", "--", "touch"],
    ["claude", "--claude-bin", "FILE", "Hello"],
    ["codex", "--codex-bin", "FILE", "Hello"],
    ["gemini", "--gemini-bin", "FILE", "Hello"],
  ])("by hardcall %s %s, with exit code 2", async (name, ...words) => {
    const folder = tempFolder();
    const file = path.join(folder, "started");
    const args = words.map((word) =>
      word === "FILE" ? `${file}-bin` : word.replace("LEDGER", `${file}.db`),
    );
    const env = { HARDCALL_SPAWN_HELPER: "yes" };
    const ended = await hardcall([name, "--timeout", "20s", ...args, ...(name === "run" ? [file] : [])], {
      env,
    });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain(`${sentence("yes")}.`);
    expect(ended.stdout).toHaveLength(0);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.db`)).toBe(false);
  });
});
