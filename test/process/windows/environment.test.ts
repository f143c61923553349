import { expect, test } from "vitest";
import { envValue, oneSpelling } from "../../../src/process/windows/environment.ts";

test("a name of the environment is found in any spelling, and the last one counts", () => {
  expect(envValue({ Path: "a" }, "PATH")).toBe("a");
  expect(envValue({ Path: "a", path: "b" }, "PATH")).toBe("b");
  expect(envValue({}, "PATH")).toBeUndefined();
});

test("each name is passed on once, in its last spelling", () => {
  expect(oneSpelling({ Path: "a", X: "1", PATH: "b" })).toEqual({ PATH: "b", X: "1" });
  expect(oneSpelling({ ClaudeCode: "1", CLAUDECODE: undefined })).toEqual({ CLAUDECODE: undefined });
});
