import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codexHome, runCodex, runExec } from "./codex/harness.ts";
import { runGemini } from "./gemini/gemini.ts";
import { readLog, temporaryFolder } from "./harness.ts";

const MODEL_SETTING = 'model="gpt-5.5"';

/** Runs the fake codex and returns the whole text of its log. */
async function logOfCodex(args: readonly string[], config?: string) {
  const log = join(temporaryFolder(), "log");
  const env = { FAKE_CODEX_LOG: log, ...(config === undefined ? {} : { HOME: codexHome(config) }) };
  await runExec(args, { mode: "ok", env });
  return { text: readFileSync(log, "utf8"), start: readLog(log)[0], end: readLog(log).at(-1) };
}

describe("the log of the fake codex", () => {
  test.each([
    ["a key of a provider", ["-c", 'model_providers.mock.experimental_bearer_token="CANARY"', "hi"]],
    ["a system prompt", ["--config=developer_instructions=CANARY", "hi"]],
    ["a system prompt beside its flag", ["-cinstructions=CANARY", "hi"]],
    ["a setting without a value", ["-c", "CANARY", "hi"]],
    ["a value of the wrong type", ["-c", 'model_providers.mock.stream_max_retries="CANARY"', "hi"]],
    ["a second prompt", ["hi", "CANARY"]],
    ["a prompt beside an unknown flag", ["-zCANARY"]],
    ["the title of a review", ["review", "--base", "main", "--title", "CANARY"]],
  ])("holds no value of %s", async (_, args) => {
    expect((await logOfCodex(args)).text).not.toContain("CANARY");
  });

  test("shows the name of a private setting, and the value of a harmless one", async () => {
    const { start } = await logOfCodex(["-c", MODEL_SETTING, "-c", "notify=[7]", "-c", "a.b=3", "hi"]);
    const notify = expect.stringMatching(/^notify=<3 bytes, sha256 [0-9a-f]{64}>$/);
    expect(start?.["flags"]).toMatchObject({ config: [MODEL_SETTING, notify, "a.b=3"] });
  });

  test("says why, without the argument that the refusal quotes", async () => {
    const { end } = await logOfCodex(["hi", "CANARY"]);
    expect(end?.["refused"]).toContain("error: unexpected argument '<6 bytes>' found");
  });

  test("holds no line of config.toml", async () => {
    const { text, end } = await logOfCodex(["hi"], 'model = "a"\napi_thing = "CANARY');
    expect(text).not.toContain("CANARY");
    expect(end?.["refused"]).toContain("config.toml:2:20: invalid");
  });

  test("leaves stderr as it is", async () => {
    const run = await runCodex(["exec", "hi", "CANARY"], { mode: "ok" });
    expect(run.stderr).toContain("error: unexpected argument 'CANARY' found");
  });
});

describe("the log of the fake gemini", () => {
  test("holds no prompt that stands beside its flag", async () => {
    const log = join(temporaryFolder(), "log");
    await runGemini(["-pCANARY"], { mode: "ok", env: { FAKE_GEMINI_LOG: log } });
    expect(readLog(log).at(-1)).toMatchObject({ argv: ["-p<…>"], refused: expect.stringContaining("<…>") });
    expect(readFileSync(log, "utf8")).not.toMatch(/CANARY|C, A, N/);
  });

  test("shows a group of known flags", async () => {
    const log = join(temporaryFolder(), "log");
    await runGemini(["-yp", "CANARY"], { mode: "ok", env: { FAKE_GEMINI_LOG: log } });
    expect(readLog(log)[0]).toMatchObject({ argv: ["-yp", expect.stringMatching(/^<6 bytes/)] });
  });
});
