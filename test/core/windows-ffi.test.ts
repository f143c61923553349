import { expect, test } from "vitest";
import { ffiFault, type ForeignFunction, type WindowsFfi } from "../../src/core/windows-ffi.ts";

const answering = (call: ForeignFunction): WindowsFfi => ({
  load: () => ({ func: () => call }),
  view: () => new ArrayBuffer(0),
});

test("an FFI that asks Windows right is sound", () => {
  expect(
    ffiFault(
      answering(() => 42),
      42,
    ),
  ).toBeUndefined();
});

test.each<readonly [string, WindowsFfi, string]>([
  ["has no functions", {} as WindowsFfi, "TypeError"],
  ["answers with nonsense", answering(() => 0), "it gives a wrong answer"],
  [
    "throws when a function is called",
    answering(() => {
      throw new RangeError("of another version");
    }),
    "RangeError",
  ],
  [
    "cannot load a DLL",
    {
      ...answering(() => 42),
      load: () => {
        throw Object.assign(new Error("secret"), { code: "ERR_DLOPEN_FAILED" });
      },
    },
    "ERR_DLOPEN_FAILED",
  ],
])("an FFI that %s is broken", (_, ffi, fault) => {
  expect(ffiFault(ffi, 42)).toBe(fault);
});
