import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { fakeAnthropicApi } from "../../src/testing/index.ts";

const HEADERS = { "x-api-key": "sk-a-dummy", "anthropic-version": "2023-06-01" };
const USER = { role: "user", content: "say hi" };

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly text?: string;
}

const tool = (name: string, properties: object = {}, more: object = {}) => ({
  name,
  input_schema: { type: "object", properties, ...more },
});
const BASH = tool("Bash", { command: { type: "string" } });
const LOOK = tool("look");
const FIND = tool("find", { where: { type: "string" } }, { required: ["where"] });

/** The content of the answer to one request. */
async function content(args: readonly string[], body: object, mode = "tool"): Promise<readonly Block[]> {
  await using api = await fakeAnthropicApi({ mode, text: "Hi.", args });
  return await contentFrom(api.url, body);
}

async function contentFrom(url: string, body: object): Promise<readonly Block[]> {
  const response = await fetch(`${url}/v1/messages`, {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ model: "m", max_tokens: 100, messages: [USER], ...body }),
  });
  const answer = (await response.json()) as { content: readonly Block[]; stop_reason: string };
  expect(response.status).toBe(200);
  expect(answer.stop_reason).toBe(answer.content[0]!.type === "tool_use" ? "tool_use" : "end_turn");
  return answer.content;
}

const TEXT = [{ type: "text", text: "Hi." }];
const calls = (name: string) => [expect.objectContaining({ type: "tool_use", name })];

describe("mode tool asks for a tool that is offered", () => {
  it.each<[what: string, args: string[], body: object, expected: unknown]>([
    ["none offered", [], {}, TEXT],
    ["Bash before others", [], { tools: [LOOK, BASH] }, calls("Bash")],
    ["else the first", [], { tools: [LOOK, FIND] }, calls("look")],
    ["the one of --tool", ["--tool", "find"], { tools: [BASH, LOOK, FIND] }, calls("find")],
    ["not the one of --tool, if it is not offered", ["--tool", "find"], { tools: [BASH, LOOK] }, TEXT],
    [
      "none that the real servers run themselves",
      [],
      { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      TEXT,
    ],
    [
      "one that Anthropic defines",
      ["--tool-command", "ls"],
      { tools: [{ type: "bash_20250124", name: "bash" }] },
      [{ type: "tool_use", id: "toolu_1", name: "bash", input: { command: "ls" } }],
    ],
    ["tool_choice none", [], { tools: [LOOK], tool_choice: { type: "none" } }, TEXT],
    ["tool_choice auto", [], { tools: [LOOK], tool_choice: { type: "auto" } }, calls("look")],
    [
      "tool_choice any, in spite of --tool",
      ["--tool", "x"],
      { tools: [LOOK], tool_choice: { type: "any" } },
      calls("look"),
    ],
    [
      "tool_choice tool",
      [],
      { tools: [LOOK, FIND], tool_choice: { type: "tool", name: "find" } },
      calls("find"),
    ],
  ])("%s", async (_, args, body, expected) => {
    expect(await content(args, body)).toEqual(expected);
  });

  it("in mode ok, too, a tool_choice that demands a tool gets one", async () => {
    expect(await content([], { tools: [LOOK] }, "ok")).toEqual(TEXT);
    expect(await content([], { tools: [LOOK], tool_choice: { type: "any" } }, "ok")).toEqual(calls("look"));
  });
});

describe("the input of the call", () => {
  it("fits the tool's input_schema", async () => {
    const { input_schema: schema, ...named } = tool(
      "book",
      {
        city: { type: "string", minLength: 3 },
        when: { type: "string", format: "date" },
        seats: { type: "integer", minimum: 2, maximum: 4 },
        class: { enum: ["first", "second"] },
        stops: {
          type: "array",
          items: { type: "object", properties: { at: { type: "string" } } },
          minItems: 2,
        },
      },
      { required: ["city", "seats", "class", "stops"], additionalProperties: false },
    );
    const [call] = await content([], { tools: [{ ...named, input_schema: schema }] });
    const validate = new Ajv2020({ formats: { date: true } }).compile(schema);
    validate(call!.input);
    expect({ input: call!.input, errors: validate.errors }).toMatchObject({ errors: null });
  });

  it("is the one of --tool-input", async () => {
    expect(await content(["--tool-input", '{"where":"here"}'], { tools: [FIND] })).toMatchObject([
      { name: "find", input: { where: "here" } },
    ]);
  });

  it("of Bash is the command of --tool-command", async () => {
    expect(await content(["--tool-command", "rm -r x"], { tools: [BASH] })).toMatchObject([
      { input: { command: "rm -r x" } },
    ]);
  });
});

describe("a result ends the loop", () => {
  const call = { type: "tool_use", id: "toolu_1", name: "look", input: {} };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "denied", is_error: true };
  const after = [USER, { role: "assistant", content: [call] }, { role: "user", content: [result] }];

  it.each<[what: string, messages: readonly object[]]>([
    ["at the end", after],
    ["with a system message after it, as from claude 2.1.240", [...after, { role: "system", content: "…" }]],
    ["with a message of the user after it", [...after, USER]],
    [
      "with text beside it",
      [...after.slice(0, 2), { role: "user", content: [result, { type: "text", text: "…" }] }],
    ],
  ])("%s", async (_, messages) => {
    expect(await content([], { tools: [LOOK], messages })).toEqual(TEXT);
  });

  it("a new question asks for a tool again, with an id of its own", async () => {
    const messages = [...after, { role: "assistant", content: "Hi." }, USER];
    expect(await content([], { tools: [LOOK], messages })).toMatchObject([{ name: "look", id: "toolu_2" }]);
  });
});

describe("a broken stream of a tool call", () => {
  it("cut sends half of the input", async () => {
    await using api = await fakeAnthropicApi({ mode: "cut", args: ["--tool-input", '{"where":"here"}'] });
    const response = await fetch(`${api.url}/v1/messages`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({
        model: "m",
        max_tokens: 100,
        stream: true,
        messages: [USER],
        tools: [FIND],
        tool_choice: { type: "any" },
      }),
    });
    let seen = "";
    await expect(async () => {
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) seen += text;
    }).rejects.toThrow("terminated");
    expect(seen).toContain(JSON.stringify({ type: "input_json_delta", partial_json: '{"where"' }));
    expect(seen).not.toContain("message_stop");
  });
});

it("ok answers a request for JSON with JSON that fits its schema", async () => {
  const schema = {
    type: "object",
    properties: { title: { type: "string" }, tags: { type: "array", items: { type: "string" } } },
    required: ["title", "tags"],
    additionalProperties: false,
  };
  await using api = await fakeAnthropicApi();
  const [block] = await contentFrom(api.url, { output_config: { format: { type: "json_schema", schema } } });
  expect(new Ajv2020().validate(schema, JSON.parse(block!.text!))).toBe(true);
});
