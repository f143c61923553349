import { describe, expect, test } from "vitest";
import { crashOf } from "../../../src/process/windows/crash.ts";
import { exitCodeText, hasExitCode, isFailureCode } from "../../../src/process/windows/exit-code.ts";

describe("an exit code of Windows", () => {
  test.each([
    [3221225477, "0xC0000005 (STATUS_ACCESS_VIOLATION: it used memory that is not its own)"],
    [-1073741819, "0xC0000005 (STATUS_ACCESS_VIOLATION: it used memory that is not its own)"],
    [0xc000013a, "0xC000013A (STATUS_CONTROL_C_EXIT: Ctrl-C, Ctrl-Break or a closed console ended it)"],
    [0xc0000420, "0xC0000420"],
    [0xcfffffff, "0xCFFFFFFF (STATUS_APPLICATION_HANG: Windows ended it because it did not respond)"],
    [0x40010004, "0x40010004 (DBG_TERMINATE_PROCESS: the system ended it, as at a log-off or a shutdown)"],
  ])("%i is a crash: %s", (code, text) => {
    expect(crashOf(code)).toBe(text);
  });

  test.each([0, 1, 3, 255, 9009, 0xffffffff, -1, 0x80070005, 0xbfffffff, 0xd0000000])(
    "%i is the program's own",
    (code) => {
      expect(crashOf(code)).toBeUndefined();
    },
  );

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
