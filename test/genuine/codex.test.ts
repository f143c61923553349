import { describe, expect, test } from "vitest";
import { codex } from "../conformance/agents/codex/codex.ts";
import { ask } from "./genuine.ts";

const failed = (exitCode: number, code: string) => ({ exitCode, outcome: { code }, left: [] });

describe("the published codex, through hardcall codex", () => {
  test("answers", async () => {
    const seen = await ask(codex, { api: ["--text", "Hello from mock"] });
    expect(seen).toMatchObject({ exitCode: 0, stdout: "Hello from mock\n", left: [] });
  });

  test.each([
    ["no text", "empty", 65, "empty_output"],
    ["no message at all", "no-items", 65, "empty_output"],
    // It tells nothing of a refusal: there is no message.
    ["a refusal", "refusal", 65, "empty_output"],
    ["429", "429", 75, "rate_limited"],
    ["a usage limit", "usage-limit", 75, "rate_limited"],
    ["401", "401", 77, "auth"],
    ["a used-up quota", "quota", 77, "billing"],
    ["500", "500", 75, "unavailable"],
  ])("%s", async (_, mode, exitCode, code) => {
    expect(await ask(codex, { api: ["--mode", mode] })).toMatchObject(failed(exitCode, code));
  });

  test("429 with a time that hardcall can wait for, and codex would wait for in silence", async () => {
    const seen = await ask(codex, { api: ["--mode", "429-long"], options: ["--idle-timeout", "10s"] });
    expect(seen).toMatchObject(failed(75, "rate_limited"));
  });

  test("an error is asked about once: the retries are hardcall's", async () => {
    const retried = await ask(codex, {
      api: ["--mode", "500,ok"],
      options: ["--effects", "none", "--attempts", "2"],
    });
    expect(retried).toMatchObject({ exitCode: 0, requests: 2, outcome: { attempts: [{}, {}] } });
  });

  test.each([
    ["500", "500", 75, "unavailable"],
    ["401", "401", 77, "auth"],
    ["a stream that breaks off", "no-completed", 75, "unavailable"],
  ])("%s is not asked about again and again with the built-in provider", async (_, mode, exitCode, code) => {
    const settings = (url: string) => ({ model_provider: "openai", openai_base_url: `${url}/v1` });
    const env = { CODEX_API_KEY: "sk-a-dummy-for-the-loopback-gateway" };
    const seen = await ask(codex, { api: ["--mode", mode], settings, env });
    expect(seen).toMatchObject(failed(exitCode, code));
    // The first one asks for a WebSocket, which this API has not. codex alone makes 31 or 7; it asks again after 0.2 s, and a busy
    // machine may take that long to end it.
    expect(seen.requests).toBeLessThanOrEqual(3);
  });

  test("once a tool has run, codex may ask again", async () => {
    const seen = await ask(codex, {
      api: ["--mode", "tool,no-completed,ok", "--text", "Hello from mock"],
      options: ["--sandbox", "danger-full-access"],
    });
    expect(seen).toMatchObject({ exitCode: 0, stdout: "Hello from mock\n", requests: 3, left: [] });
  });

  test("a model that writes slowly is alive, though codex prints nothing; one that drips for ever ends at the timeout", async () => {
    const options = ["--attempt-timeout", "12s", "--idle-timeout", "5s"];
    expect(await ask(codex, { api: ["--mode", "drip"], options })).toMatchObject(failed(124, "timeout"));
  });

  test.each([
    ["a request that is never answered", "hang"],
    ["silence after the headers", "hang-headers"],
    ["silence in mid stream", "midhang"],
  ])("%s ends at the timeout", async (_, mode) => {
    // Its own limit of silence is 5 minutes; the other tests have it at 3 s.
    const settings = () => ({ "model_providers.mock.stream_idle_timeout_ms": undefined });
    const seen = await ask(codex, {
      api: ["--mode", mode],
      options: ["--attempt-timeout", "6s"],
      settings,
    });
    expect(seen).toMatchObject(failed(124, "timeout"));
  });

  test("silence that codex itself gives up ends there: it would ask again", async () => {
    const seen = await ask(codex, { api: ["--mode", "midhang"] });
    expect(seen).toMatchObject(failed(75, "unavailable"));
  });

  test("a connection that is refused ends at the idle limit", async () => {
    const seen = await ask(codex, { api: [], unreachable: true, options: ["--idle-timeout", "6s"] });
    expect(seen).toMatchObject(failed(124, "idle_timeout"));
  });

  test("SIGTERM of hardcall ends it", async () => {
    const seen = await ask(codex, { api: ["--mode", "hang"], signal: "SIGTERM" });
    expect(seen).toMatchObject(failed(143, "cancelled"));
  });

  test.each([
    ["while it waits for the model", ["--mode", "hang"], undefined],
    ["in mid stream", ["--mode", "midhang"], undefined],
    ["while a command of its runs", ["--mode", "tool,ok", "--tool-command", "sleep 250"], "sleep 250"],
  ] as const)("kill -9 of hardcall %s leaves nothing running", async (_, api, whenRuns) => {
    const options = ["--sandbox", "danger-full-access"];
    const seen = await ask(codex, { api, options, signal: "SIGKILL", ...(whenRuns && { whenRuns }) });
    expect(seen).toMatchObject({ exitCode: null, signal: "SIGKILL", left: [] });
  });

  test("a command that goes on after the answer is ended", async () => {
    const api = ["--mode", "tool,ok", "--tool-command", "setsid sleep 250 >/dev/null 2>&1 &"];
    const seen = await ask(codex, { api, options: ["--sandbox", "danger-full-access"] });
    expect(seen).toMatchObject({ exitCode: 0, left: [] });
  });

  test("resumes a session; one that it does not know is refused", async () => {
    const first = await ask(codex, { api: [] });
    const { home, outcome } = first;
    const again = await ask(codex, { api: [], home, options: ["--resume", String(outcome.sessionId)] });
    expect(again).toMatchObject({ exitCode: 0, outcome: { sessionId: outcome.sessionId } });
    const unknown = "0199a213-81c0-7800-8aa1-bbab2a035a53";
    const refused = await ask(codex, { api: [], home, options: ["--resume", unknown] });
    expect(refused).toMatchObject(failed(69, "invalid_request"));
  });
});
