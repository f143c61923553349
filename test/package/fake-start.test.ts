import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

/** Runs a fake in mode `ok`, and tells what it has loaded: its own files, and the modules that a start of Node.js has not. */
async function loadedBy(fake: string, variable: string, ...args: readonly string[]) {
  const hook = `
    const { Module } = process.getBuiltinModule("node:module");
    const before = new Set(process.moduleLoadList);
    process.on("exit", () => {
      const builtins = process.moduleLoadList.filter((name) => !before.has(name));
      process.getBuiltinModule("node:fs").writeSync(2, "\\n" + JSON.stringify({ files: Object.keys(Module._cache), builtins }));
    });`;
  const end = await run(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(hook)}`, path.join(ROOT, "fake-bin", fake), ...args],
    // The fake gemini starts itself again, as the real one does. What is looked at is the process that answers.
    { env: { [variable]: "ok", GEMINI_CLI_NO_RELAUNCH: "true" } },
  );
  expect(end.exitCode, `the fake said: ${end.stderr}`).toBe(0);
  type Loaded = Record<"files" | "builtins", readonly string[]>;
  const { files, builtins } = JSON.parse(end.stderr.split("\n").at(-1) ?? "") as Loaded;
  return { files, builtins: builtins.filter((name) => name.startsWith("NativeModule")) };
}

test("the fake claude answers from 12 files, and loads no further module of Node.js", async () => {
  const { files, builtins } = await loadedBy("claude", "FAKE_CLAUDE_MODE", "-p", "hi");
  expect(files).toHaveLength(12);
  expect(builtins).toEqual([]);
});

test("the fake claude answers in JSON from 16 files: what checks a command line, and what makes a result, too", async () => {
  const json = ["-p", "--output-format", "json", "hi"];
  const { files, builtins } = await loadedBy("claude", "FAKE_CLAUDE_MODE", ...json);
  expect(files).toHaveLength(16);
  expect(builtins).toEqual([]);
});

test("the fake codex answers from 19 files, and loads no further module of Node.js", async () => {
  const exec = ["exec", "--skip-git-repo-check", "hi"];
  const { files, builtins } = await loadedBy("codex/codex", "FAKE_CODEX_MODE", ...exec);
  expect(files).toHaveLength(19);
  expect(builtins).toEqual([]);
});

test("the fake gemini answers from 22 files, and loads no further module of Node.js", async () => {
  const { files, builtins } = await loadedBy("gemini/gemini", "FAKE_GEMINI_MODE", "-p", "hi", "--skip-trust");
  expect(files).toHaveLength(22);
  expect(builtins).toEqual([]);
});
