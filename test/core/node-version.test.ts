import { expect, test } from "vitest";
import { isRecentEnough, neededVersion, runtimeVersion } from "../../src/core/node-version.ts";
import { refuseRuntime } from "../../src/core/refuse-runtime.ts";

test.each([
  [{ node: "22.17.1" }, false, "Node 22.18 or later"],
  [{ node: "22.18.0" }, true, "Node 22.18 or later"],
  [{ node: "26.0.0" }, true, "Node 22.18 or later"],
  // Each says that it is a Node.js that would do.
  [{ node: "24.3.0", bun: "1.3.14" }, false, "Bun 1.4 or later"],
  [{ node: "26.3.0", bun: "1.4.0" }, true, "Bun 1.4 or later"],
  [{ node: "26.3.0", bun: "2.0.0" }, true, "Bun 1.4 or later"],
  [{ node: "24.15.0", deno: "2.8.3" }, false, "Deno 2.9 or later"],
  [{ node: "26.3.0", deno: "2.9.0-rc.1+abc" }, true, "Deno 2.9 or later"],
  [{ node: "26.3.0", deno: "2.10.0" }, true, "Deno 2.9 or later"],
])("%j is recent enough: %s", (versions, expected, needed) => {
  expect([isRecentEnough(versions), neededVersion(versions)]).toEqual([expected, needed]);
});

test("an old Bun or Deno ends the import, with one sentence; an old Node.js does not", () => {
  const old = { node: "24.15.0", deno: "2.8.3" };
  expect(() => refuseRuntime(old)).toThrow(
    /^hardcall needs Deno 2\.9 or later, and this is 2\.8\.3; install a newer Deno\.$/,
  );
  expect(() => refuseRuntime({ node: "20.20.2" })).not.toThrow();
  expect(() => refuseRuntime({ ...old, deno: "2.9.0" })).not.toThrow();
  expect(runtimeVersion(old)).toBe("2.8.3");
});
