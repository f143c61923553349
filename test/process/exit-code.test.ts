import { describe, expect, test } from "vitest";
import { exitCodeText, hasExitCode, isFailureCode } from "../../src/process/exit-code.ts";

describe("an exit code", () => {
  test.each([
    [9009, "9009"],
    [4294967295, "4294967295 (0xFFFFFFFF, -1)"],
    [2147942405, "2147942405 (0x80070005, -2147024891)"],
  ])("%i is written as %s", (code, text) => {
    expect(exitCodeText(code)).toBe(text);
  });

  test.each([
    [1, true, true],
    [255, true, true],
    [0, false, false],
    [256, false, true],
    [-1, false, true],
    [4294967295, false, true],
    [4294967296, false, false],
    [Number.NaN, false, false],
  ])("%i can be a failure's on Linux: %s, on Windows: %s", (code, linux, windows) => {
    expect(isFailureCode(code, "linux")).toBe(linux);
    expect(isFailureCode(code, "win32")).toBe(windows);
  });

  test("is the same with and without a sign", () => {
    expect(hasExitCode([0, -1], 4294967295)).toBe(true);
    expect(hasExitCode([3221225477], 3221225477)).toBe(true);
    expect(hasExitCode([1], 4294967295)).toBe(false);
  });
});
