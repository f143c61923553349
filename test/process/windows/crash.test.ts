import { describe, expect, test } from "vitest";
import { crashOf } from "../../../src/process/windows/crash.ts";

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
});
