import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAKE_BIN } from "./harness.ts";

// What these files do is shown where there is a cmd.exe: test/windows/fake.test.ts.
const COMMANDS = readdirSync(FAKE_BIN, { withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.includes("."))
  .map(({ name }) => name);

test("the folder has commands", () => expect(COMMANDS).toContain("claude"));

test.each(COMMANDS)("%s can be called on Windows: a batch file starts the file beside it", (name) => {
  const text = readFileSync(join(FAKE_BIN, `${name}.cmd`), "latin1");
  expect(text).toContain(`node "%folder%${name}" %*`);
  expect(text.replaceAll(name, "claude")).toBe(readFileSync(join(FAKE_BIN, "claude.cmd"), "latin1"));
});

test("every line of a batch file ends with CRLF: cmd.exe may miss a label of a file with LF", () => {
  const text = readFileSync(join(FAKE_BIN, "claude.cmd"), "latin1");
  expect(text.split("\r\n").join("")).not.toMatch(/[\r\n]/);
});
