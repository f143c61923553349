import { describe, expect, it } from "vitest";
import { fakeClaude } from "../../src/testing/index.ts";
import { loadSdk, type Message } from "./sdk.ts";

const sdk = await loadSdk();
if (typeof sdk === "string") console.warn(`The official SDK's tests are skipped: ${sdk}`);

interface Queried {
  readonly messages: readonly Message[];
  readonly error: string | undefined;
}

/** What a program sees that iterates over `query()`, up to the time it gives up. */
async function query(
  mode: string,
  more: { readonly abortAfterInit?: boolean; readonly schema?: object } = {},
): Promise<Queried> {
  if (typeof sdk === "string") throw new Error(sdk);
  await using fake = await fakeClaude({
    mode,
    env: { FAKE_CLAUDE_TEXT: "A post.", FAKE_CLAUDE_MAX_LIFETIME_MS: "30000" },
  });
  const abortController = new AbortController();
  const messages: Message[] = [];
  try {
    const stream = sdk.query({
      prompt: "Write the post.",
      options: {
        pathToClaudeCodeExecutable: fake.path,
        env: { ...process.env, ...fake.env },
        abortController,
        ...(more.schema && { outputFormat: { type: "json_schema", schema: more.schema } }),
      },
    });
    for await (const message of stream) {
      messages.push(message);
      if (more.abortAfterInit) abortController.abort();
    }
    return { messages, error: undefined };
  } catch (error) {
    return { messages, error: (error as Error).message };
  }
}

const types = ({ messages }: Queried) => messages.map(({ type }) => type);
const last = ({ messages }: Queried) => messages.at(-1);

describe.skipIf(typeof sdk === "string")(
  "query() of the official SDK, with the fake as its executable",
  () => {
    it("completes in ok", async () => {
      const run = await query("ok");
      expect(run.error).toBeUndefined();
      expect(types(run)).toEqual(["system", "assistant", "result"]);
      expect(last(run)).toMatchObject({ subtype: "success", is_error: false, result: "A post." });
    });

    it("completes with a schema", async () => {
      const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
      const run = await query("ok", { schema });
      expect(last(run)).toMatchObject({ type: "result", structured_output: { n: 1 } });
    });

    // It ends normally, and no error says that there is no answer.
    it.each([
      ["empty-stdout", []],
      ["missing-result", ["system", "assistant"]],
      ["truncated", ["system", "assistant"]],
    ])("%s ends it without a word", async (mode, expected) => {
      const run = await query(mode);
      expect(run.error).toBeUndefined();
      expect(types(run)).toEqual(expected);
    });

    it.each([
      ["empty", { subtype: "success", is_error: false, result: "" }],
      ["blank", { subtype: "success", is_error: false }],
      ["prompt-lost", { subtype: "success", is_error: false }],
      ["refusal-exit0", { subtype: "success", is_error: false, stop_reason: "refusal" }],
      [
        "permission-denied",
        { subtype: "success", is_error: false, permission_denials: [{ tool_name: "Bash" }] },
      ],
      ["api-error-exit0", { is_error: true, api_error_status: 429 }],
      ["two-results", { result_index: 1 }],
      ["unknown-events", { result: "A post." }],
      ["noise-before", { result: "A post." }],
    ])("%s gives a result and no error", async (mode, expected) => {
      const run = await query(mode);
      expect(run.error).toBeUndefined();
      expect(last(run)).toMatchObject({ type: "result", ...expected });
    });

    it.each([
      ["rate-limit", /API Error: Request rejected \(429\)/],
      ["overloaded", /529 Overloaded/],
      ["auth", /Invalid API key/],
      ["credit", /Credit balance is too low/],
      ["max-turns", /maximum number of turns/],
      ["refusal", /safeguards flagged/],
      ["result-then-exit1", /exited with code 1/],
    ])("%s gives its result and then throws", async (mode, expected) => {
      const run = await query(mode);
      expect(last(run)).toMatchObject({ type: "result" });
      expect(run.error).toMatch(expected);
    });

    it.each([
      ["fail", /exited with code 1/],
      ["oom", /terminated by signal SIGKILL/],
      ["crash", /terminated by signal SIGABRT/],
    ])("%s throws", async (mode, expected) => {
      expect((await query(mode)).error).toMatch(expected);
    });

    it.each(["hang", "hang-midstream"])("%s hangs until it is aborted", async (mode) => {
      const run = await query(mode, { abortAfterInit: true });
      expect(types(run)).not.toContain("result");
      expect(run.error).toMatch(/aborted/);
    });
  },
);
