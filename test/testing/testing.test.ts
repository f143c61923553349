import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { codex, defineCall, gemini, runClaude } from "../../src/index.ts";
import { fakeAnthropicApi, fakeClaude, fakeCodex, fakeGemini } from "../../src/testing/index.ts";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURES = join(import.meta.dirname, "fixtures");

const run = (args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", timeout: 55_000 });

describe("what a fake of an agent would lose", () => {
  const fakes = { CLAUDE: fakeClaude, CODEX: fakeCodex, GEMINI: fakeGemini };

  it.each(Object.entries(fakes))("is refused: %s", async (name, fake) => {
    const scenario = { replies: [{ text: "x" }] };
    await expect(fake({ mode: [] })).rejects.toThrow("mode must be the name of a mode");
    await expect(fake({ mode: " " })).rejects.toThrow("mode must be the name of a mode");
    await expect(fake({ mode: ["ok", ""] })).rejects.toThrow("mode must be the name of a mode");
    await expect(fake({ mode: "ok", scenario })).rejects.toThrow("give mode or scenario, not both");
    await expect(fake({ env: { [`FAKE_${name}_MODE`]: "fail" } })).rejects.toThrow("give mode");
    await expect(fake({ env: { [`FAKE_${name}_SCENARIO`]: "x" } })).rejects.toThrow("give scenario");
  });

  it.each(Object.entries(fakes))(
    "is not lost to a scenario of the surrounding environment: %s",
    async (name, fake) => {
      await using started = await fake({ mode: "fail" });
      const env = { ...process.env, [`FAKE_${name}_SCENARIO`]: "/no/such/file", ...started.env };
      const args = name === "CODEX" ? ["exec", "x"] : ["-p", "x"];
      spawnSync(started.path, args, { env, input: "", timeout: 40_000 });
      expect(await started.calls()).toMatchObject([{ mode: "fail" }]);
    },
  );
});

describe("fakeClaude", () => {
  it("is found on PATH and meets each invocation with the next mode", async () => {
    await using fake = await fakeClaude({ mode: ["rate-limit", "ok"] });
    const ask = () => runClaude("Write the post.", { timeout: "40s", env: fake.env });
    await expect(ask()).rejects.toMatchObject({ code: "rate_limited" });
    await expect(ask()).resolves.toMatchObject({ outcome: "executed" });
    expect(await fake.calls()).toMatchObject([
      { mode: "rate-limit", step: 0, exitCode: 1, prompts: [{ bytes: 15 }] },
      { mode: "ok", step: 1, exitCode: 0 },
    ]);
  });

  it("takes a scenario, and more variables", async () => {
    await using fake = await fakeClaude({
      scenario: { replies: [{ match: { prompt: "weekly" }, text: "A weekly post." }, { text: "A post." }] },
      env: { FAKE_CLAUDE_LOG_PROMPT: "1" },
    });
    const ask = (prompt: string) => runClaude(prompt, { timeout: "40s", env: fake.env });
    expect((await ask("the weekly one")).value).toBe("A weekly post.");
    expect((await ask("the other one")).value).toBe("A post.");
    expect(await fake.calls()).toMatchObject([{ prompts: [{ text: "the weekly one" }] }, { step: 0 }]);
  });

  it("knows no calls before there are any, and tells of one that was killed", async () => {
    await using fake = await fakeClaude({ mode: "oom" });
    expect(await fake.calls()).toEqual([]);
    await expect(runClaude("x", { timeout: "40s", env: fake.env })).rejects.toMatchObject({ code: "killed" });
    expect(await fake.calls()).toMatchObject([{ mode: "oom", exitCode: null }]);
  });

  it("notes the signals it got", async () => {
    await using fake = await fakeClaude({ mode: "hang" });
    await expect(runClaude("x", { timeout: "2s", env: fake.env })).rejects.toMatchObject({ code: "timeout" });
    const [call] = await fake.calls();
    expect(call?.signals).toMatchObject([{ signal: "SIGTERM" }]);
    expect(call?.signals[0]?.atMs).toBeGreaterThanOrEqual(0);
  });

  it("leaves this process's environment alone and its folder nowhere", async () => {
    const before = { ...process.env };
    const folder = await (async () => {
      await using fake = await fakeClaude();
      expect(fake.env["PATH"]?.split(delimiter)[0]).toBe(join(ROOT, "fake-bin"));
      expect(fake.path).toBe(join(ROOT, "fake-bin", "claude"));
      return fake.env["FAKE_CLAUDE_STATE_DIR"]!;
    })();
    expect(existsSync(folder)).toBe(false);
    expect({ ...process.env }).toEqual(before);
  });

  it("two at a time do not share their steps", async () => {
    await using one = await fakeClaude({ mode: ["fail", "ok"] });
    await using two = await fakeClaude({ mode: ["ok", "fail"] });
    const first = await Promise.allSettled(
      [one, two].map((fake) => runClaude("x", { timeout: "40s", env: fake.env })),
    );
    expect(first.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("an unknown mode is told by the fake itself", async () => {
    await using fake = await fakeClaude({ mode: "nosuch" });
    const error: unknown = await runClaude("x", { timeout: "40s", env: fake.env }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "exit_nonzero" });
    expect(Reflect.get(error as object, "stderrTail")).toContain('has the unknown mode "nosuch"');
  });
});

describe.each([
  ["codex", fakeCodex, codex],
  ["gemini", fakeGemini, gemini],
] as const)("the fake %s", (name, fakeAgent, agent) => {
  it("is found on PATH and meets each invocation with the next mode", async () => {
    await using fake = await fakeAgent({ mode: ["server-error", "ok"] });
    expect(fake.env["PATH"]?.split(delimiter)[0]).toBe(join(ROOT, "fake-bin", name));
    expect(fake.path).toBe(join(ROOT, "fake-bin", name, name));
    const ask = defineCall({
      name: `ask-${name}`,
      callee: agent({ model: "gpt-5.5", env: fake.env }),
      timeout: "40s",
      effects: "none",
    });
    await expect(ask("Write the post.")).rejects.toMatchObject({ code: "unavailable" });
    await expect(ask("Write the post.")).resolves.toMatchObject({ outcome: "executed" });
    expect(await fake.calls()).toMatchObject([
      { mode: "server-error", step: 0, prompts: [{ bytes: 15 }] },
      { mode: "ok", step: 1, exitCode: 0, flags: { model: "gpt-5.5" } },
    ]);
  });

  it("takes a scenario, and no misspelt option", async () => {
    await using fake = await fakeAgent({ scenario: { replies: [{ text: "A post." }] } });
    const ask = defineCall({
      name: `ask-${name}`,
      callee: agent({ model: "gpt-5.5", env: fake.env }),
      timeout: "40s",
      effects: "none",
    });
    expect((await ask("Write the post.")).value).toBe("A post.");
    const misspelt: object = { mod: "ok" };
    await expect(fakeAgent(misspelt)).rejects.toThrow(
      "mod is not an option; the options are mode, scenario, env",
    );
  });
});

describe("fakeAnthropicApi", () => {
  const body = JSON.stringify({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "secret" }] });
  const headers = { "x-api-key": "none", "anthropic-version": "2023-06-01" };
  const post = (url: string) => fetch(`${url}/v1/messages`, { method: "POST", headers, body });

  it("answers each request with the next mode, and lists them without what was in them", async () => {
    await using api = await fakeAnthropicApi({ mode: ["429", "ok"], text: "A post." });
    expect(api.url).toMatch(/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+$/);
    expect(api.env).toMatchObject({ ANTHROPIC_BASE_URL: api.url });
    expect((await post(api.url)).status).toBe(429);
    expect(await (await post(api.url)).json()).toMatchObject({ content: [{ text: "A post." }] });
    const requests = await api.requests();
    expect(requests).toMatchObject([
      { n: 1, method: "POST", path: "/v1/messages", mode: "429" },
      { n: 2, mode: "ok" },
    ]);
    expect(JSON.stringify(requests)).not.toContain("secret");
  });

  it("is gone when it was disposed of", async () => {
    const url = await (async () => {
      await using api = await fakeAnthropicApi();
      return api.url;
    })();
    await expect(post(url)).rejects.toThrow("fetch failed");
  });

  it("refuses a misspelt option, as fakeClaude does", async () => {
    const misspelt: object = { mod: "529" };
    await expect(fakeAnthropicApi(misspelt)).rejects.toThrow(
      "fakeAnthropicApi(): mod is not an option; the options are mode, text, args",
    );
    await expect(fakeClaude(misspelt)).rejects.toThrow(
      "fakeClaude(): mod is not an option; the options are mode, scenario, env",
    );
  });

  it("says what is wrong with a mode", async () => {
    await expect(fakeAnthropicApi({ mode: "nosuch" })).rejects.toThrow(/anthropic-api ended with code \d/);
  });
});

describe("in other test runners, from the build", () => {
  it("node:test", () => {
    const { status, stdout } = run(["--test", join(FIXTURES, "node-test.mjs")]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/pass 2/) });
  });

  it("jest", { timeout: 240_000 }, async (context) => {
    const found = await cachedPackageOrReason("jest", "30.5.2", ["--ignore-scripts"]);
    if ("reason" in found) {
      context.skip(found.reason);
      return;
    }
    const { status, stderr } = run([
      "--experimental-vm-modules",
      join(found.folder, "jest/bin/jest.js"),
      "--rootDir",
      join(FIXTURES, "jest"),
      "--testMatch",
      "**/*.test.mjs",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("2 passed") });
  });
});
