import { describe, expect, it } from "vitest";
import { startFakeServer } from "./fake-server.ts";

const REQUEST = { model: "gpt-test", input: "say hi" };
const EXEC = { type: "function", name: "exec_command", parameters: { type: "object" } };
const HEADERS = { authorization: "Bearer sk-a-dummy" };

const start = () => startFakeServer("responses-api");

function post(url: string, body: object | string = REQUEST, headers: Record<string, string> = HEADERS) {
  return fetch(`${url}/v1/responses`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("a request that the real API refuses", () => {
  const format = (schema: unknown) => ({
    text: { format: { type: "json_schema", name: "a", strict: true, schema } },
  });
  const output = { type: "function_call_output", call_id: "call_9", output: "" };
  const unanswered = { type: "function_call", call_id: "call_9", name: "x", arguments: "{}" };

  it("is answered in its words", async () => {
    const table = [
      {
        extra: { model: undefined },
        code: "missing_required_parameter",
        says: "Missing required parameter: 'model'.",
      },
      { extra: { input: undefined }, code: "missing_required_parameter", says: 'One of "input"' },
      {
        extra: { input: 3 },
        code: "invalid_type",
        says: "'input': expected one of an array of objects or string",
      },
      {
        extra: { stream: "yes" },
        code: "invalid_type",
        says: "'stream': expected a boolean, but got a string",
      },
      { extra: { messages: [] }, code: "unsupported_parameter", says: "has moved to 'input'" },
      { extra: { response_format: {} }, code: "unsupported_parameter", says: "has moved to 'text.format'" },
      { extra: { max_output_tokens: 5 }, code: "integer_below_min_value", says: ">= 16, but got 5" },
      {
        extra: { tools: [{ type: "function", function: {} }] },
        code: "missing_required_parameter",
        says: "'tools[0].name'",
      },
      { extra: { tools: [{ ...EXEC, name: "a b" }] }, code: "invalid_value", says: "does not match pattern" },
      {
        extra: { previous_response_id: "resp_0" },
        code: "previous_response_not_found",
        says: "'resp_0' not found",
      },
      {
        extra: { input: [output] },
        code: null,
        says: "No tool call found for function call output with call_id call_9.",
      },
      { extra: { input: [unanswered] }, code: null, says: "No tool output found for function call call_9." },
      { extra: format([1]), code: "invalid_type", says: "expected an object, but got an array" },
      { extra: format({ type: "string" }), code: "invalid_json_schema", says: `got 'type: "string"'` },
      {
        extra: format({ type: "object", properties: {} }),
        code: "invalid_json_schema",
        says: "In context=(), 'additionalProperties' is required to be supplied and to be false.",
      },
      {
        extra: format({
          type: "object",
          additionalProperties: false,
          required: ["a"],
          properties: {
            a: {
              type: "object",
              additionalProperties: false,
              required: [],
              properties: { b: { type: "string" } },
            },
          },
        }),
        code: "invalid_json_schema",
        says: "In context=('properties', 'a'), 'required' is required to be supplied and to be an array including every key in properties. Missing 'b'.",
      },
    ];
    const { url } = await start();
    for (const { extra, code, says } of table) {
      const response = await post(url, { ...REQUEST, ...extra });
      expect(response.status).toBe(400);
      const message: unknown = expect.stringContaining(says);
      expect(await response.json()).toEqual({
        error: expect.objectContaining({ type: "invalid_request_error", code, message }),
      });
    }
  });

  it("a body that is no JSON, and a request without a key", async () => {
    const { url } = await start();
    expect((await post(url, "{")).status).toBe(400);
    expect((await post(url, REQUEST, {})).status).toBe(401);
  });

  it("another path, another method, and a WebSocket, after which a client takes HTTP", async () => {
    const { url } = await start();
    expect((await fetch(`${url}/v1/chat/completions`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/v1/responses`)).status).toBe(405);
    const closed = await new Promise<number>((resolve) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/v1/responses`);
      socket.addEventListener("close", ({ code }) => resolve(code));
    });
    expect(closed).toBe(1006);
    expect(await (await fetch(`${url}/__requests`)).json()).toMatchObject({
      responses: 0,
      requests: [{ refused: 404 }, { refused: 405 }, { refused: 426 }],
    });
  });
});
