import { describe, expect, test } from "vitest";
import { gemini } from "../conformance/agents/gemini/gemini.ts";
import { ask } from "./genuine.ts";

const MODEL = ["--model", "gemini-2.5-flash"];
const failed = (exitCode: number, code: string) => ({ exitCode, outcome: { code }, left: [] });

describe("the published gemini, through hardcall gemini", () => {
  test("answers", async () => {
    const seen = await ask(gemini, { api: ["--text", "Hello from mock"], options: MODEL });
    expect(seen).toMatchObject({ exitCode: 0, stdout: "Hello from mock\n", left: [] });
  });

  test("answers with the second answer alone, where gemini prints a broken one before it", async () => {
    const seen = await ask(gemini, { api: ["--mode", "no-finish,ok", "--text", "whole"], options: MODEL });
    expect(seen).toMatchObject({ exitCode: 0, stdout: "whole\n", left: [] });
  });

  test("429 with a time", async () => {
    const seen = await ask(gemini, { api: ["--mode", "429-retry-info"], options: MODEL });
    expect(seen).toMatchObject(failed(75, "rate_limited"));
    expect(seen.outcome.retryAfterMs).toBeGreaterThan(0);
  });

  test.each([
    ["no text", "empty", 65, "empty_output"],
    ["blanks", "blank", 65, "empty_output"],
    ["a refusal without text", "safety-no-text", 69, "refused"],
    ["a refusal after some text", "safety", 69, "refused"],
    ["the output limit after some text", "max-tokens", 65, "truncated_output"],
    ["429", "429", 75, "rate_limited"],
    ["401", "401", 77, "auth"],
    ["500", "500", 75, "unavailable"],
    ["512, with which gemini exits with code 0", "512", 75, "unavailable"],
    ["400", "400", 69, "invalid_request"],
  ])("%s", async (_, mode, exitCode, code) => {
    expect(await ask(gemini, { api: ["--mode", mode], options: MODEL })).toMatchObject(
      failed(exitCode, code),
    );
  });

  test.each([
    ["a request that is never answered", "hang"],
    ["silence after the headers", "hang-headers"],
    ["silence in mid stream", "midhang"],
    ["a stream that stays open when all is said", "ok-no-close"],
  ])("%s ends at the timeout", async (_, mode) => {
    const options = [...MODEL, "--attempt-timeout", "8s"];
    expect(await ask(gemini, { api: ["--mode", mode], options })).toMatchObject(failed(124, "timeout"));
  });

  test("a connection that is refused", async () => {
    const seen = await ask(gemini, { api: [], unreachable: true, options: MODEL });
    expect(seen).toMatchObject(failed(75, "unavailable"));
  });

  test("SIGTERM of hardcall ends it, though gemini itself exits with code 0 then", async () => {
    const seen = await ask(gemini, { api: ["--mode", "midhang"], options: MODEL, signal: "SIGTERM" });
    expect(seen).toMatchObject(failed(143, "cancelled"));
    expect(seen.stdout).toBe("");
  });

  test.each([
    ["while it waits for the model", ["--mode", "hang"], undefined],
    ["in mid stream", ["--mode", "midhang"], undefined],
    ["while a command of its runs", ["--mode", "tool,ok", "--tool-command", "sleep 250"], "sleep 250"],
  ] as const)("kill -9 of hardcall %s leaves nothing running", async (_, api, whenRuns) => {
    const options = [...MODEL, "--approval-mode", "yolo"];
    const seen = await ask(gemini, { api, options, signal: "SIGKILL", ...(whenRuns && { whenRuns }) });
    expect(seen).toMatchObject({ exitCode: null, signal: "SIGKILL", left: [] });
  });

  test("a command that goes on after the answer is ended", async () => {
    const api = ["--mode", "tool,ok", "--tool-command", "setsid sleep 250 >/dev/null 2>&1 </dev/null & true"];
    const seen = await ask(gemini, { api, options: [...MODEL, "--approval-mode", "yolo"] });
    expect(seen).toMatchObject({ exitCode: 0, left: [] });
  });

  test("resumes a session; one that it does not know is refused", async () => {
    const { home, outcome } = await ask(gemini, { api: [], options: MODEL });
    const resume = (id: string) => [...MODEL, "--resume", id];
    const again = await ask(gemini, { api: [], home, options: resume(String(outcome.sessionId)) });
    expect(again).toMatchObject({ exitCode: 0, outcome: { sessionId: outcome.sessionId } });
    const unknown = "0199a213-81c0-7800-8aa1-bbab2a035a53";
    const refused = await ask(gemini, { api: [], home, options: resume(unknown) });
    expect(refused).toMatchObject(failed(69, "invalid_request"));
  });
});
