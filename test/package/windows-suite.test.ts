import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const MAIN = path.join(ROOT, "test/windows/main.ts");
const REASON = /^The tests for Windows did not run: [^\n]+\.\n$/;

test("without Wine the suite for Windows says that it did not run, and fails only where Wine is required", async () => {
  const env = { HARDCALL_TEST_WINE: "/no/wine64" };
  for (const [required, exitCode] of [
    ["", 0],
    ["1", 1],
  ] as const) {
    const ended = await run(process.execPath, [MAIN], {
      env: { ...env, HARDCALL_TEST_REQUIRE_WINE: required },
    });
    expect(ended).toMatchObject({ exitCode, stderr: "" });
    expect(ended.stdout.toString()).toMatch(REASON);
  }
});
