import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAKE_BIN } from "./harness.ts";

// What these files do is shown where there is a cmd.exe: test/windows/fake.test.ts.
/** The programs of the folder, and those of the folders that hold one fake each. */
const COMMANDS = ["", "codex", "gemini"]
  .map((folder) => join(FAKE_BIN, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes("."))
      .map(({ name }) => ({ name, path: join(folder, name) })),
  );

test("the folders have commands", () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual(expect.arrayContaining(["claude", "codex", "gemini"]));
});

test.each(COMMANDS)(
  "$name can be called on Windows: a batch file starts the file beside it",
  ({ name, path }) => {
    const text = readFileSync(`${path}.cmd`, "latin1");
    expect(text).toContain(`node "%folder%${name}" %*`);
    expect(text.replaceAll(name, "claude")).toBe(readFileSync(join(FAKE_BIN, "claude.cmd"), "latin1"));
  },
);

test("every line of a batch file ends with CRLF: cmd.exe may miss a label of a file with LF", () => {
  const text = readFileSync(join(FAKE_BIN, "claude.cmd"), "latin1");
  expect(text.split("\r\n").join("")).not.toMatch(/[\r\n]/);
});
