import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { hardcall } from "../helpers/run.ts";

const FAKES = path.join(ROOT, "fake-bin");

test.each<[names: string[], folders: string[]]>([
  [[], [FAKES]],
  [["claude"], [FAKES]],
  [["codex"], [path.join(FAKES, "codex")]],
  [
    ["codex", "gemini"],
    [path.join(FAKES, "codex"), path.join(FAKES, "gemini")],
  ],
  [
    ["gemini", "claude", "gemini"],
    [path.join(FAKES, "gemini"), FAKES],
  ],
])("fake-bin %j prints the folders as PATH has them", async (names, folders) => {
  const end = await hardcall(["fake-bin", ...names]);
  expect(end).toMatchObject({ exitCode: 0, stderr: "" });
  expect(end.stdout.toString()).toBe(`${folders.join(path.delimiter)}\n`);
});

test("an agent that has no fake is refused", async () => {
  expect(await hardcall(["fake-bin", "codex", "aider"])).toMatchObject({
    exitCode: 2,
    stderr: 'hardcall: there is no fake "aider"; give claude, codex, gemini\nTry: hardcall fake-bin --help\n',
  });
});
