import { expect, test } from "vitest";
import { runGemini } from "./gemini.ts";

// What the genuine 0.61.0 did on this machine.
test("a session file that is missing is refused", async () => {
  const run = await runGemini(["--session-file", "/no/such", "-p", "x"], { mode: "ok" });
  const stderr = "Error importing session from file: File not found or invalid format: /no/such\n";
  expect(run).toMatchObject({ exitCode: 42, stdout: "", stderr });
});

test("an empty model counts as none", async () => {
  const run = await runGemini(["-m", "", "-o", "stream-json", "-p", "x"], { mode: "ok" });
  expect(JSON.parse(run.stdout.split("\n")[0]!)).toMatchObject({ type: "init", model: "auto" });
});
