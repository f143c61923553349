import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import * as z from "zod";
import { fakeAnthropicApi } from "../../src/testing/index.ts";
import { clientTest } from "./harness/client-test.ts";

const part = "fake-bin/anthropic-api";
const REQUEST = { model: "claude-opus-5-5", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] };
const TOOL = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

interface Message {
  readonly content: readonly { readonly type: string; readonly id?: string }[];
  readonly stop_reason: string;
}
interface Anthropic {
  readonly messages: {
    create(body: object): Promise<Message>;
    stream(body: object): { finalMessage(): Promise<Message> };
  };
}
type Client = new (options: { baseURL: string; apiKey: string; maxRetries: number }) => Anthropic;

const SDK = "@anthropic-ai/sdk";

// From the first with tools that are out of beta to the newest.
for (const version of ["0.24.0", "0.39.0", "0.71.2", "0.98.1", "1.0.0", "1.12.0"]) {
  clientTest(
    { client: SDK, version, part, from: "npm" },
    "a tool loop ends, streamed and whole; retries after 529; a refusal has its status and words",
    async ({ folder }) => {
      const file = path.join(folder, SDK, "index.mjs");
      const { default: Sdk } = (await import(pathToFileURL(file).href)) as { default: Client };
      await using api = await fakeAnthropicApi({ mode: ["tool", "529", "tool"], text: "Sunny." });
      const client = new Sdk({ baseURL: api.url, apiKey: "sk-a-dummy", maxRetries: 1 });
      const body = { ...REQUEST, tools: [TOOL] };
      const first = await client.messages.stream(body).finalMessage();
      expect(first).toMatchObject({
        stop_reason: "tool_use",
        content: [{ type: "tool_use", name: "get_weather", input: { city: expect.any(String) } }],
      });
      const result = { type: "tool_result", tool_use_id: first.content[0]!.id, content: "sun" };
      const messages = [
        ...REQUEST.messages,
        { role: "assistant", content: first.content },
        { role: "user", content: [result] },
      ];
      const last = await client.messages.create({ ...body, messages });
      expect(last).toMatchObject({ stop_reason: "end_turn", content: [{ type: "text", text: "Sunny." }] });
      expect(await api.requests()).toHaveLength(3);

      await expect(client.messages.create({ ...REQUEST, messages: [] })).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining("messages: at least one message is required"),
      });
    },
  );
}

interface AiSdk {
  readonly generateText: (options: object) => Promise<{ text: string; steps: readonly unknown[] }>;
  readonly generateObject: (options: object) => Promise<{ object: unknown }>;
  readonly tool: (definition: object) => object;
  readonly stepCountIs: (count: number) => object;
}

clientTest(
  {
    client: "@ai-sdk/anthropic",
    version: "3.0.138",
    part,
    from: "npm",
    flags: ["ai@6.0.326", "zod@4.6.7"],
  },
  "with ai 6.0.326: generateText runs a tool and ends with the answer; generateObject gets an object that fits",
  async ({ folder }) => {
    const entry = async (name: string) =>
      (await import(pathToFileURL(path.join(folder, name, "dist/index.mjs")).href)) as unknown;
    const { generateText, generateObject, tool, stepCountIs } = (await entry("ai")) as AiSdk;
    const { createAnthropic } = (await entry("@ai-sdk/anthropic")) as {
      createAnthropic: (options: object) => (model: string) => object;
    };
    await using api = await fakeAnthropicApi({ mode: "tool", text: "Sunny." });
    const model = createAnthropic({ baseURL: `${api.url}/v1`, apiKey: "x" })(REQUEST.model);
    const asked: unknown[] = [];
    const weather = tool({
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }: { city: string }) => asked.push(city),
    });
    const text = await generateText({ model, prompt: "Hi", tools: { weather }, stopWhen: stepCountIs(5) });
    expect([text.text, text.steps.length, asked]).toEqual(["Sunny.", 2, [expect.any(String)]]);

    await using other = await fakeAnthropicApi();
    const second = createAnthropic({ baseURL: `${other.url}/v1`, apiKey: "x" })(REQUEST.model);
    const schema = z.object({ title: z.string().min(5), count: z.number().int() });
    const { object } = await generateObject({ model: second, prompt: "Hi", schema });
    expect(schema.safeParse(object)).toMatchObject({ success: true });
  },
);

const CLAUDE = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;

// 2.1.240 sends a system message after each tool result.
for (const version of ["2.1.160", "2.1.240", "2.1.330"]) {
  clientTest(
    { client: "claude", version, part, from: "npm", package: CLAUDE },
    "asked for a tool, it runs it once, and the run ends with the answer",
    async ({ folder }) => {
      await using api = await fakeAnthropicApi({ mode: "tool", text: "Done." });
      const home = await mkdtemp(path.join(tmpdir(), "hardcall-claude-"));
      try {
        const { stdout } = await promisify(execFile)(
          path.join(folder, CLAUDE, "claude"),
          ["-p", "do it", "--allowedTools", "Bash", "--max-turns", "5"],
          {
            cwd: home,
            timeout: 60_000,
            env: {
              ...api.env,
              PATH: process.env["PATH"],
              HOME: home,
              CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
            },
          },
        );
        expect(stdout).toBe("Done.\n");
        const asked = (await api.requests()).filter(({ mode }) => mode === "tool");
        expect(asked).toHaveLength(2);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
  );
}
