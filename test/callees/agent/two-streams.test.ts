import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { tempFolder } from "../../helpers/files.ts";
import { ask, decisionOf } from "../gemini/ask.ts";

const INIT = { type: "init", session_id: "6f1d9a52-6f5e-4d0c-9d7e-3f0b6b0f2a11", model: "gemini-2.5-flash" };
const TOOL = { type: "tool_use", tool_name: "run_shell_command", tool_id: "t1", parameters: {} };
const ANSWER = { type: "message", role: "assistant", content: "The tide came in.", delta: true };
const RESULT = { type: "result", status: "success", stats: {} };

/** A gemini that tells of a retry on stderr. What it prints on stdout meanwhile is read a little later, and the rest later still. */
function program(meanwhile: readonly object[], rest: readonly object[]): string {
  const text = (events: readonly object[]) =>
    JSON.stringify(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const file = path.join(tempFolder(), "gemini");
  const script = [
    `#!${process.execPath}`,
    `process.stderr.write("Attempt 1 failed with status 503. Retrying with backoff...\\n");`,
    `setTimeout(() => process.stdout.write(${text(meanwhile)}), 20);`,
    `setTimeout(() => process.stdout.write(${text(rest)}), 400);`,
  ];
  writeFileSync(file, script.join("\n"), { mode: 0o755 });
  return file;
}

it("a retry that is read before the tool that came first does not end the run", async () => {
  const settled = await ask({ geminiPath: program([INIT, TOOL], [ANSWER, RESULT]) });
  expect(decisionOf(settled)).toEqual({ value: "The tide came in." });
});

it("a retry before any tool ends it", async () => {
  const settled = await ask({ geminiPath: program([INIT], [ANSWER, RESULT]) });
  expect(decisionOf(settled)).toEqual({ code: "unavailable", effect: "rejected", retryable: true });
});
