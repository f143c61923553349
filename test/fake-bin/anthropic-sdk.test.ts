import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { fakeAnthropicApi } from "../../src/testing/index.ts";
import { cachedPackageOrReason } from "./cached-package.ts";

/** The parts of the official clients that the tests use. */
interface Messages {
  create(
    body: object,
  ): Promise<{ content: { type: string; name?: string; input?: unknown; text?: string }[] }>;
  countTokens(body: object): Promise<{ input_tokens: number }>;
  stream(body: object): { finalMessage(): Promise<{ content: object[]; stop_reason: string }> };
}
interface Anthropic {
  readonly messages: Messages;
  readonly models: {
    list(): Promise<{ data: { id: string }[] }>;
    retrieve(id: string): Promise<{ id: string }>;
  };
}
type Client<T> = new (options: { baseURL: string; apiKey: string; maxRetries: number }) => T;

/** The default export of a client of npm; undefined, with a word on the console, where it cannot be had. */
async function load<T>(name: string, version: string): Promise<Client<T> | undefined> {
  const found = await cachedPackageOrReason(name, version, [
    "--ignore-scripts",
    "--omit=optional",
    "--omit=peer",
  ]);
  if ("folder" in found) {
    const module = (await import(pathToFileURL(join(found.folder, name, "index.mjs")).href)) as object;
    return (module as { default: Client<T> }).default;
  }
  console.warn(`The tests of ${name} are skipped: ${found.reason}`);
  return undefined;
}

const Sdk = await load<Anthropic>("@anthropic-ai/sdk", "1.12.0");
const OpenAi = await load<{
  chat: { completions: Pick<Messages, "create"> };
  responses: Pick<Messages, "create">;
}>("openai", "7.57.0");

const REQUEST = { model: "claude-opus-5-5", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] };
const TOOL = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

describe.skipIf(Sdk === undefined)("the official TypeScript SDK", () => {
  const connect = (url: string) => new Sdk!({ baseURL: url, apiKey: "sk-a-dummy", maxRetries: 0 });

  it("runs a tool loop to its end, whole and streamed", async () => {
    await using api = await fakeAnthropicApi({ mode: "tool", text: "Sunny." });
    const { messages } = connect(api.url);
    const body = { ...REQUEST, tools: [TOOL] };
    const first = await messages.stream(body).finalMessage();
    expect(first).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "tool_use", name: "get_weather", input: { city: expect.any(String) } }],
    });
    const result = { type: "tool_result", tool_use_id: "toolu_1", content: "sun" };
    const second = await messages.create({
      ...body,
      messages: [
        ...REQUEST.messages,
        { role: "assistant", content: first.content },
        { role: "user", content: [result] },
      ],
    });
    expect(second.content).toMatchObject([{ type: "text", text: "Sunny." }]);
  });

  it("counts tokens, and lists models", async () => {
    await using api = await fakeAnthropicApi();
    const client = connect(api.url);
    const { max_tokens: _, ...counted } = REQUEST;
    expect((await client.messages.countTokens(counted)).input_tokens).toBeGreaterThan(0);
    const [first] = (await client.models.list()).data;
    expect(await client.models.retrieve(first!.id)).toMatchObject({ id: first!.id });
  });

  it("reports a refusal as it reports one of the real API", async () => {
    await using api = await fakeAnthropicApi();
    const refused = connect(api.url).messages.create({ ...REQUEST, messages: [] });
    await expect(refused).rejects.toMatchObject({
      name: "BadRequestError",
      status: 400,
      type: "invalid_request_error",
      requestID: "req_1",
      message: expect.stringContaining("messages: at least one message is required"),
    });
  });
});

describe.skipIf(OpenAi === undefined)("OpenAI's client, pointed at it by mistake", () => {
  it.each(["/v1", ""])("prints what this is and where to go, with base URL ending in %j", async (path) => {
    await using api = await fakeAnthropicApi();
    const client = new OpenAi!({ baseURL: `${api.url}${path}`, apiKey: "x", maxRetries: 0 });
    const said = {
      status: 404,
      message: expect.stringMatching(/fake of Anthropic's Messages API.*POST \/v1\/messages/),
    };
    await expect(client.chat.completions.create({ ...REQUEST })).rejects.toMatchObject(said);
    await expect(client.responses.create({ model: "m", input: "Hi" })).rejects.toMatchObject(said);
  });
});
