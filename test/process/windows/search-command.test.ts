import { describe, expect, test } from "vitest";
import { searchCommand } from "../../../src/process/windows/search-command.ts";

const PATH = String.raw`C:\tools;"C:\semi;colon";;C:\Windows`;

/** The search on a disk with these files; names are compared as Windows does. */
function find(
  file: string,
  files: readonly string[],
  env: Record<string, string> = { Path: PATH },
  folders: readonly string[] = [],
) {
  const has = (names: readonly string[], wanted: string) =>
    names.some((name) => name.toLowerCase() === wanted.toLowerCase());
  return searchCommand(file, {
    cwd: String.raw`C:\work`,
    env,
    isFile: (name) => has(files, name),
    isFolder: (name) => has(folders, name),
  });
}

describe("a name", () => {
  test.each([
    ["is found with an extension of PATHEXT", "tool", [String.raw`C:\tools\tool.CMD`], "batch"],
    ["is found as it is typed", "tool.exe", [String.raw`C:\tools\tool.exe`], "program"],
    [
      "is found in a quoted folder that holds a semicolon",
      "tool",
      [String.raw`C:\semi;colon\tool.exe`],
      "program",
    ],
    ["with a dot is found with an extension", "python3.11", [String.raw`C:\tools\python3.11.exe`], "program"],
    ["keeps an extension that PATHEXT does not have", "tool.com", [String.raw`C:\tools\tool.com`], "program"],
  ])("%s", (_, name, files, kind) => {
    expect(find(name, files)).toMatchObject({ kind, file: expect.stringMatching(/^C:\\/) as string });
  });

  test("the working folder comes before PATH, unless NoDefaultCurrentDirectoryInExePath is set", () => {
    const files = [String.raw`C:\work\tool.exe`, String.raw`C:\tools\tool.exe`];
    expect(find("tool", files)).toEqual({ kind: "program", file: String.raw`C:\work\tool.exe` });
    const env = { PATH, NODEFAULTCURRENTDIRECTORYINEXEPATH: "1" };
    expect(find("tool", files, env)).toEqual({ kind: "program", file: String.raw`C:\tools\tool.exe` });
  });

  test("an earlier folder comes before an earlier extension", () => {
    const files = [String.raw`C:\Windows\tool.com`, String.raw`C:\tools\tool.cmd`];
    expect(find("tool", files)).toEqual({ kind: "batch", file: String.raw`C:\tools\tool.cmd` });
  });

  test("PATHEXT decides which extension comes first", () => {
    const files = [String.raw`C:\tools\tool.exe`, String.raw`C:\tools\tool.cmd`];
    const env = { path: PATH, pathext: ".CMD;.EXE" };
    expect(find("tool", files, env)).toEqual({ kind: "batch", file: String.raw`C:\tools\tool.cmd` });
  });

  test("a file that Windows cannot start does not hide one that it can", () => {
    const files = [String.raw`C:\work\tool`, String.raw`C:\tools\tool.js`, String.raw`C:\Windows\tool.exe`];
    expect(find("tool", files)).toEqual({ kind: "program", file: String.raw`C:\Windows\tool.exe` });
    expect(find("tool", files.slice(1, 2))).toEqual({ kind: "other", file: String.raw`C:\tools\tool.js` });
  });

  test("is missing without PATH", () => {
    expect(find("tool", [String.raw`C:\tools\tool.exe`], {})).toEqual({ kind: "missing" });
  });
});

describe("a path", () => {
  test("is looked up in the child's working folder, with / or \\, and not on PATH", () => {
    const files = [String.raw`C:\work\bin\tool.cmd`, String.raw`C:\tools\other.exe`];
    expect(find("bin/tool", files)).toEqual({ kind: "batch", file: files[0] });
    expect(find(String.raw`.\bin\tool.cmd`, files)).toEqual({ kind: "batch", file: files[0] });
    expect(find("./other", files)).toEqual({ kind: "missing" });
  });

  test.each([
    [String.raw`\\server\share\tool.exe`, String.raw`\\server\share\tool.exe`],
    [String.raw`C:tool.exe`, String.raw`C:\work\tool.exe`],
    [String.raw`\tools\tool.exe`, String.raw`C:\tools\tool.exe`],
  ])("%s is %s", (typed, file) => {
    expect(find(typed, [file])).toEqual({ kind: "program", file });
  });

  test("to a script without an extension is that script", () => {
    expect(find("./run", [String.raw`C:\work\run`])).toEqual({
      kind: "other",
      file: String.raw`C:\work\run`,
    });
  });

  test.each(["./bin", "./", "../", "./bin/", "bin/.."])("to a folder is a folder: %s", (file) => {
    const folders = [String.raw`C:\work\bin`, String.raw`C:\work`, "C:\\"];
    expect(find(file, [], {}, folders)).toEqual({ kind: "folder" });
  });

  test("to a folder, without the extension of the batch file beside it, is the batch file", () => {
    const files = [String.raw`C:\work\claude.cmd`];
    const folders = [String.raw`C:\work\claude`];
    expect(find("./claude", files, {}, folders)).toEqual({ kind: "batch", file: files[0] });
    expect(find("./claude/", files, {}, folders)).toEqual({ kind: "folder" });
    expect(find("./claude.cmd/", files, {}, folders)).toEqual({ kind: "missing" });
  });
});

describe("a name that Windows reads as another file", () => {
  test.each(["tool.bat.", "tool.bat ", "tool.bat. .", String.raw`.\tool.bat...`])(
    "%j is the batch file tool.bat",
    (name) => {
      const file = String.raw`C:\work\tool.bat`;
      expect(find(name, [file, `${file}.`, `${file} `])).toEqual({ kind: "batch", file });
    },
  );

  test.each([
    ["a stream of a file", String.raw`C:\work\tool.exe:hidden.exe`],
    ["only dots", "..."],
    ["only a blank", " "],
  ])("%s is missing", (_, name) => {
    expect(find(name, [String.raw`C:\work\tool.exe`, name])).toEqual({ kind: "missing" });
  });
});
