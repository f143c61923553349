import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeAnthropicApi, type FakeAnthropicApi } from "../../src/testing/index.ts";

const HEADERS = { "x-api-key": "sk-a-dummy", "anthropic-version": "2023-06-01" };
const USER = { role: "user", content: "say hi" };
const REQUEST = { model: "claude-test", max_tokens: 100, messages: [USER] };
const TOOL = { name: "look", input_schema: { type: "object" } };
const CALL = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] };
const RESULT = { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "…" }] };

interface Refusal {
  readonly error: { readonly message: string };
}

let api: FakeAnthropicApi;
beforeAll(async () => {
  api = await fakeAnthropicApi({ text: "Hi." });
});
afterAll(() => api[Symbol.asyncDispose]());

async function ask(body: unknown, headers: Record<string, string> = HEADERS, path = "/v1/messages") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${api.url}${path}`, { method: "POST", headers, body: text });
  return {
    status: response.status,
    id: response.headers.get("request-id"),
    body: (await response.json()) as Refusal,
  };
}

describe("a request without its headers", () => {
  it.each([
    [
      "a key",
      { "anthropic-version": "2023-06-01" },
      401,
      "authentication_error",
      "x-api-key header is required",
    ],
    [
      "a version",
      { "x-api-key": "sk-a-dummy" },
      400,
      "invalid_request_error",
      "anthropic-version: header is required",
    ],
  ])("%s", async (_, headers, status, type, message) => {
    const answer = await ask(REQUEST, headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ type: "error", error: { type, message }, request_id: answer.id });
    expect(answer.id).toMatch(/^req_\d+$/);
  });

  it("a bearer token is a key, an empty one is none", async () => {
    const { "x-api-key": _, ...version } = HEADERS;
    expect(await ask(REQUEST, { ...version, authorization: "Bearer x" })).toMatchObject({ status: 200 });
    expect(await ask(REQUEST, { ...version, authorization: "Bearer " })).toMatchObject({ status: 401 });
    expect(await ask(REQUEST, { ...version, "x-api-key": "" })).toMatchObject({ status: 401 });
  });
});

describe("a body that the real API refuses", () => {
  it.each<[message: string, body: unknown]>([
    ["The request body is not valid JSON", "{"],
    ["Input should be an object", []],
    ["model: Field required", { ...REQUEST, model: undefined }],
    ["max_tokens: Field required", { ...REQUEST, max_tokens: undefined }],
    ["max_tokens: Input should be a valid integer", { ...REQUEST, max_tokens: "100" }],
    ["messages: Field required", { ...REQUEST, messages: undefined }],
    ["stream: Input should be a valid boolean", { ...REQUEST, stream: "yes" }],
    ["system: Input should be a valid list", { ...REQUEST, system: 5 }],
    ["stop_sequences: Input should be a valid list", { ...REQUEST, stop_sequences: "x" }],
    ["temperature: Input should be a valid number", { ...REQUEST, temperature: "hot" }],
    ["temperature: range: 0..1", { ...REQUEST, temperature: 1.5 }],
    ["thinking.enabled.budget_tokens: Field required", { ...REQUEST, thinking: { type: "enabled" } }],
    [
      "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
      { ...REQUEST, thinking: { type: "enabled", budget_tokens: 200 } },
    ],
    [
      "thinking: Input tag 'on' found using 'type' does not match any of the expected tags: 'enabled', 'disabled', 'adaptive'",
      { ...REQUEST, thinking: { type: "on" } },
    ],
    [
      "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
      { ...REQUEST, tools: [{ ...TOOL, name: "two words" }] },
    ],
    ["messages: at least one message is required", { ...REQUEST, messages: [] }],
    ["messages.0.role: Field required", { ...REQUEST, messages: [{ content: "x" }] }],
    [
      'messages: Unexpected role "tool". Allowed roles are "user" or "assistant".',
      { ...REQUEST, messages: [USER, { role: "tool", content: "x" }] },
    ],
    [
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
      { ...REQUEST, messages: [{ role: "system", content: "x" }, USER] },
    ],
    [
      'messages: first message must use the "user" role',
      { ...REQUEST, messages: [{ role: "assistant", content: "x" }, USER] },
    ],
    ["messages.0.content: Field required", { ...REQUEST, messages: [{ role: "user" }] }],
    [
      "messages.0: all messages must have non-empty content except for the optional final assistant message",
      { ...REQUEST, messages: [{ role: "user", content: "" }] },
    ],
    [
      "messages: text content blocks must be non-empty",
      { ...REQUEST, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
    ],
    [
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
      { ...REQUEST, messages: [USER, CALL, USER] },
    ],
    [
      "messages.1.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
      { ...REQUEST, messages: [USER, RESULT] },
    ],
    ["tools.0.custom.input_schema: Field required", { ...REQUEST, tools: [{ name: "look" }] }],
    ["tools: Tool names must be unique.", { ...REQUEST, tools: [TOOL, TOOL] }],
    [
      "tool_choice: tool_choice may only be specified while providing tools",
      { ...REQUEST, tool_choice: { type: "any" } },
    ],
    ["tool_choice: Input should be an object", { ...REQUEST, tools: [TOOL], tool_choice: "auto" }],
    [
      "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
      { ...REQUEST, tools: [TOOL], tool_choice: { type: "required" } },
    ],
    [
      "tool_choice: Tool 'lok' not found in provided tools",
      { ...REQUEST, tools: [TOOL], tool_choice: { type: "tool", name: "lok" } },
    ],
  ])("%s", async (message, body) => {
    const answer = await ask(body);
    expect(answer).toMatchObject({
      status: 400,
      body: { type: "error", error: { type: "invalid_request_error", message }, request_id: answer.id },
    });
  });

  it("is as large as the real one takes at most", async () => {
    const answer = await ask({ ...REQUEST, system: "x".repeat(33 * 1024 * 1024) });
    expect(answer).toMatchObject({ status: 413, body: { error: { type: "request_too_large" } } });
  });

  it("takes a mode all the same, and is marked in the list of requests", async () => {
    await using other = await fakeAnthropicApi({ mode: ["529", "ok"] });
    const refused = await fetch(`${other.url}/v1/messages`, { method: "POST", headers: HEADERS, body: "{" });
    const good = await fetch(`${other.url}/v1/messages`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(REQUEST),
    });
    expect([refused.status, good.status]).toEqual([400, 200]);
    expect(await other.requests()).toMatchObject([{ mode: "529", refused: 400 }, { mode: "ok" }]);
  });
});

describe("a body that the real API takes", () => {
  it.each<[what: string, body: object]>([
    [
      "a system message after a user's, as claude 2.1.160 sends it",
      { messages: [USER, { ...USER, role: "system" }] },
    ],
    ["a result, then a system message", { messages: [USER, CALL, RESULT, { ...USER, role: "system" }] }],
    ["two messages of the user in a row", { messages: [USER, USER] }],
    ["the start of the answer", { messages: [USER, { role: "assistant", content: "" }] }],
    ["no token, to fill the cache", { max_tokens: 0 }],
    ["a tool that the servers run", { tools: [{ type: "web_search_20250305", name: "web_search" }] }],
    ["fields that are null", { tools: null, tool_choice: null }],
  ])("%s", async (_, more) => {
    expect(await ask({ ...REQUEST, ...more })).toMatchObject({ status: 200 });
  });
});

describe("other paths", () => {
  it("count_tokens needs no max_tokens, and refuses the same otherwise", async () => {
    const { max_tokens: _, ...counted } = REQUEST;
    expect(await ask(counted, HEADERS, "/v1/messages/count_tokens")).toMatchObject({ status: 200 });
    expect(await ask({ ...counted, messages: [] }, HEADERS, "/v1/messages/count_tokens")).toMatchObject({
      status: 400,
    });
  });

  it("models: a list, and any model by its name", async () => {
    const get = async (path: string) => (await fetch(`${api.url}${path}`, { headers: HEADERS })).json();
    expect(await get("/v1/models")).toMatchObject({ data: [{ type: "model" }, {}, {}], has_more: false });
    expect(await get("/v1/models/claude-mine")).toMatchObject({ type: "model", id: "claude-mine" });
  });

  it("what the fake does not have says that it is the fake, and what it has", async () => {
    const answer = await ask({}, HEADERS, "/v1/messages/batches");
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ type: "error", error: { type: "not_found_error" } });
    expect(answer.body.error.message).toBe(
      "this is hardcall's fake of the Messages API, and it has no POST /v1/messages/batches. It answers POST /v1/messages, POST /v1/messages/count_tokens, GET /v1/models and GET /v1/models/{id}. See fake-bin/README.md",
    );
  });

  it("another method is refused", async () => {
    const response = await fetch(`${api.url}/v1/messages`, { headers: HEADERS });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  it.each(["/v1/chat/completions", "/chat/completions", "/v1/responses", "/v1/embeddings"])(
    "%s of OpenAI gets an error in OpenAI's shape",
    async (path) => {
      const { status, body } = await ask({}, { authorization: "Bearer x" }, path);
      expect(status).toBe(404);
      expect(body).toEqual({
        error: {
          message: expect.any(String),
          type: "invalid_request_error",
          param: null,
          code: "unknown_url",
        },
      });
      expect(body.error.message).toContain("hardcall's fake of Anthropic's Messages API");
      expect(body.error.message).toContain("POST /v1/messages");
    },
  );
});
