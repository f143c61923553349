import { expect, test } from "vitest";
import { commandLineProblems } from "../../src/process/preflight.ts";

const onWindows = (args: readonly string[], env: Record<string, string> = {}) =>
  commandLineProblems({ file: "tool", args, env }, "win32");

test("Windows takes 32,766 characters of command line, with quotes and blanks", () => {
  expect(onWindows(["x".repeat(32_761)])).toEqual([]);
  expect(onWindows(["x".repeat(20_000), `"${"x".repeat(12_755)}"`])).toEqual([
    "the command and its arguments have 32767 characters together and Windows takes at most 32766; send the text over stdin",
  ]);
});

test("Windows takes 32,766 characters in an entry of the environment, and any number of entries", () => {
  expect(onWindows([], { A: "x".repeat(32_764), B: "x".repeat(32_764) })).toEqual([]);
  expect(onWindows([], { A: "x".repeat(32_765) })).toEqual([
    "environment variable A has 32765 characters and Windows takes at most 32766 with its name",
  ]);
});

test("Linux takes 131,071 bytes in an argument, and Windows' limits are not its own", () => {
  expect(commandLineProblems({ file: "tool", args: ["x".repeat(100_000)] }, "linux")).toEqual([]);
  expect(commandLineProblems({ file: "tool", args: ["ä".repeat(65_536)] }, "linux")).toEqual([
    "argument 1 has 131072 bytes and Linux takes at most 131071; send it over stdin",
  ]);
});
