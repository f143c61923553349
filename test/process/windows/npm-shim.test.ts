import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readNpmShim } from "../../../src/process/windows/npm-shim.ts";
import { cachedPackage } from "../../fake-bin/cached-package.ts";
import { tempFolder } from "../../helpers/files.ts";

/** The batch file that npm itself makes of a file of a package. */
async function shimOf(name: string, text: string): Promise<string> {
  const npm = path.join(await cachedPackage("npm", "10.9.9", []), "npm");
  const write = createRequire(path.join(npm, "index.js"))("cmd-shim") as (
    from: string,
    to: string,
  ) => Promise<void>;
  const folder = tempFolder();
  const file = path.join(folder, name);
  writeFileSync(file, text);
  await write(file, path.join(folder, "tool"));
  return readFileSync(path.join(folder, "tool.cmd"), "utf8");
}

describe("the batch file that npm writes", () => {
  test.each([
    [
      "cli.js",
      "#!/usr/bin/env node\n",
      { kind: "script", target: "cli.js", interpreter: "node", options: [] },
    ],
    [
      "cli.js",
      "#!/usr/bin/env -S node --no-warnings --max-old-space-size=100\n",
      {
        kind: "script",
        target: "cli.js",
        interpreter: "node",
        options: ["--no-warnings", "--max-old-space-size=100"],
      },
    ],
    ["tool.exe", "MZ", { kind: "program", target: "tool.exe" }],
  ])("for %s with %j names what it starts", async (name, text, shim) => {
    expect(readNpmShim(await shimOf(name, text))).toEqual(shim);
  });

  test.each([
    ["that sets a variable", "cli.js", "#!/usr/bin/env A=1 node\n"],
    ["with an interpreter that has a path", "run.sh", "#!/bin/sh -e\n"],
    ["for a file that is no program", "data.txt", "text"],
  ])("%s is for cmd.exe", async (_, name, text) => {
    expect(readNpmShim(await shimOf(name, text))).toBeUndefined();
  });

  test("with a line more is for cmd.exe", async () => {
    const text = await shimOf("cli.js", "#!/usr/bin/env node\n");
    expect(readNpmShim(`${text}@echo more\r\n`)).toBeUndefined();
    expect(readNpmShim(text.replace("SETLOCAL\r\n", "SETLOCAL\r\nSET A=1\r\n"))).toBeUndefined();
  });
});
