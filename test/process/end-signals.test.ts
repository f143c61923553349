import { expect, test } from "vitest";
import { endSignalsOf, exitInPlaceOf } from "../../src/process/end-signals.ts";

// That Windows ends a host so is shown in test/windows/signals.test.ts.
test("Ctrl-Break and a closed console ask a program of Windows to end", () => {
  expect(endSignalsOf("win32")).toEqual(["SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP"]);
  expect(endSignalsOf("linux")).toEqual(["SIGINT", "SIGTERM"]);
  expect(endSignalsOf("darwin")).toEqual(["SIGINT", "SIGTERM"]);
});

test.each<[NodeJS.Platform, number, NodeJS.Signals, number | undefined]>([
  ["linux", 1234, "SIGINT", undefined],
  ["linux", 1, "SIGINT", 130],
  ["linux", 1, "SIGTERM", 143],
  ["darwin", 1234, "SIGTERM", undefined],
  ["win32", 1234, "SIGINT", 0xc000013a],
  ["win32", 1234, "SIGBREAK", 0xc000013a],
])("on %s process %i exits at %s with %s", (platform, pid, signal, exitCode) => {
  expect(exitInPlaceOf(signal, { platform, pid })).toBe(exitCode);
});
