import { existsSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { otherNode } from "../helpers/other-node.ts";
import { run } from "../helpers/run.ts";

// The genuine ones: a version that only says it is old reads and knows what the old one does not.
describe.each([["16.20.2"], ["18.20.8"], ["20.20.2"], ["22.17.1"]])("on Node %s", (version) => {
  test("the command starts nothing, says why in one sentence, and exits with 2", async (context) => {
    const node = await otherNode(version, context);
    const mark = path.join(tempFolder(), "mark");
    const cli = path.join(ROOT, "dist/cli.js");
    const said = `hardcall: hardcall needs Node 22.18 or later, and this is ${version} (${node}). Nothing was started. Install a newer Node.js, or put it first on PATH.\n`;
    for (const args of [
      ["run", "--timeout", "20s", "--", "sh", "-c", 'echo x >"$0"', mark],
      ["doctor"],
      ["--help"],
    ]) {
      const { exitCode, stdout, stderr } = await run(node, [cli, ...args]);
      expect({ exitCode, stdout: stdout.toString(), stderr }).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: said,
      });
    }
    expect(existsSync(mark)).toBe(false);
  });

  test("the folder of the fakes is named, as they run on it", async (context) => {
    const node = await otherNode(version, context);
    const named = await run(node, [path.join(ROOT, "dist/cli.js"), "fake-bin"]);
    expect({ ...named, stdout: named.stdout.toString() }).toMatchObject({
      exitCode: 0,
      stdout: `${path.join(ROOT, "fake-bin")}\n`,
      stderr: "",
    });
    const env = { ...process.env, FAKE_CLAUDE_MODE: "ok", FAKE_CLAUDE_TEXT: "A post." };
    const answer = await run(node, [path.join(named.stdout.toString().trim(), "claude"), "-p", "Hi"], {
      env,
    });
    expect(answer.stdout.toString()).toBe("A post.\n");
  });
});

describe.each([["18.20.8"], ["20.20.2"]])("on Node %s", (version) => {
  test("the library says it where a call is defined, before anything starts", async (context) => {
    const node = await otherNode(version, context);
    const program = `import { runCommand } from "hardcall";
      await runCommand("echo", ["x"], { timeout: "5s" }).catch((error) => console.log(error.constructor.name, error.message));`;
    const end = await run(node, ["--input-type=module", "--eval", program]);
    expect({ out: end.stdout.toString(), err: end.stderr }).toEqual({
      out: `ConfigError Invalid configuration of the call "echo": hardcall needs Node 22.18 or later, and this is ${version}.\n`,
      err: "",
    });
  });
});

test("the merge gate's hook says what it needs, and lets nothing through", async (context) => {
  const node = await otherNode("20.20.2", context);
  const folder = tempFolder();
  const hook = path.join(ROOT, "examples/merge-gate/hooks/pre-push");
  symlinkSync(path.join(ROOT, "examples/merge-gate"), path.join(folder, "merge-gate"));
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"]}` };
  await run("git", ["init", "-q"], { cwd: folder });
  const end = await run("sh", [hook], { cwd: folder, env });
  expect({ ...end, stdout: end.stdout.toString() }).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr:
      "The merge gate needs Node 22.18 or later, and node on PATH is v20.20.2. Nothing was checked, and nothing pushed.\n",
  });
});
