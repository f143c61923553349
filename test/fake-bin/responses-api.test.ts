import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readFor, refusedFakeServer, startFakeServer } from "./fake-server.ts";

const REQUEST = { model: "gpt-test", input: "say hi" };
const EXEC = { type: "function", name: "exec_command", parameters: { type: "object" } };
const HEADERS = { authorization: "Bearer sk-a-dummy" };

const start = (...args: readonly string[]) => startFakeServer("responses-api", args);

function post(url: string, body: object = REQUEST) {
  return fetch(`${url}/v1/responses`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
}

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Item = z.looseObject({
  type: z.string(),
  id: z.string(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  arguments: z.string().optional(),
  input: z.string().optional(),
  content: z.array(Part).optional(),
});
const Event = z.looseObject({
  type: z.string(),
  sequence_number: z.number(),
  delta: z.string().optional(),
  item: Item.optional(),
  response: z
    .looseObject({
      status: z.string(),
      output: z.array(Item),
      error: z.looseObject({ code: z.string() }).nullish(),
      incomplete_details: z.looseObject({ reason: z.string() }).nullish(),
    })
    .optional(),
});
type Event = z.infer<typeof Event>;

/** The events of a stream; their names must agree with what they carry, and their numbers have no gap. */
function parseSse(body: string): Event[] {
  const events = body
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
      const event = Event.parse(JSON.parse(data ?? "null"));
      expect(event.type).toBe(name);
      return event;
    });
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, n) => n));
  return events;
}

async function streamed(url: string, extra: object = {}) {
  const response = await post(url, { ...REQUEST, stream: true, ...extra });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return parseSse(await response.text());
}

/** The finished items of a stream: text, or what else the item is. */
const finished = (events: readonly Event[]) =>
  events
    .filter(({ type }) => type === "response.output_item.done")
    .map(({ item }) => item?.content?.[0]?.text ?? item?.name ?? item?.content?.[0]?.type ?? item?.type);
const last = (events: readonly Event[]) => events.at(-1)?.type.replace("response.", "");

describe("answers", () => {
  it("streams the events of the Responses API", async () => {
    const { url } = await start("--text", "Hi.");
    const events = await streamed(url);
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(finished(events)).toEqual(["Hi."]);
    expect(events.at(-1)?.response).toMatchObject({ status: "completed", output: [{ id: "msg_1" }] });
  });

  it("answers in one object without stream", async () => {
    const { url } = await start("--text", "Hi.");
    const response = await post(url);
    expect(response.headers.get("x-request-id")).toBe("req_1");
    expect(await response.json()).toMatchObject({
      object: "response",
      status: "completed",
      model: "gpt-test",
      output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi." }] }],
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    });
  });

  it("one for each mode", async () => {
    const table = [
      { mode: "two-messages", items: ["first message", "second message"], ending: "completed" },
      { mode: "with-reasoning", items: ["reasoning", "Hello from the fake API"], ending: "completed" },
      { mode: "web-search", items: ["web_search_call", "Hello from the fake API"], ending: "completed" },
      { mode: "empty", items: [""], ending: "completed" },
      { mode: "blank", items: ["   \n "], ending: "completed" },
      { mode: "no-items", items: [], ending: "completed" },
      { mode: "deltas-only", items: [], ending: "completed" },
      { mode: "refusal", items: ["refusal"], ending: "completed" },
      { mode: "incomplete-max", items: ["partial text"], ending: "incomplete" },
      { mode: "incomplete-max-partial", items: [], ending: "incomplete" },
      { mode: "incomplete-filter", items: ["partial text"], ending: "incomplete" },
      { mode: "failed-rate-limit", items: [], ending: "failed" },
      { mode: "failed-context", items: [], ending: "failed" },
      { mode: "failed-quota", items: [], ending: "failed" },
      { mode: "failed-server", items: [], ending: "failed" },
      { mode: "failed-invalid-prompt", items: [], ending: "failed" },
      { mode: "failed-policy", items: [], ending: "failed" },
      { mode: "error-event", items: ["partial text"], ending: "error" },
      { mode: "no-completed", items: ["partial text"], ending: "output_item.done" },
      { mode: "no-completed-empty", items: [], ending: "in_progress" },
      { mode: "no-done-items", items: [], ending: "output_text.delta" },
    ];
    const { url } = await start("--mode", table.map(({ mode }) => mode).join());
    const seen = [];
    for (const { mode } of table) {
      const events = await streamed(url);
      seen.push({ mode, items: finished(events), ending: last(events) });
    }
    expect(seen).toEqual(table);
  });

  it("says why an answer is not complete", async () => {
    const { url } = await start("--mode", "incomplete-max,incomplete-filter,failed-quota,failed-context");
    const responses = [];
    for (let n = 0; n < 4; n += 1) responses.push((await streamed(url)).at(-1)?.response);
    expect(responses).toMatchObject([
      { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      { status: "incomplete", incomplete_details: { reason: "content_filter" } },
      { status: "failed", error: { code: "insufficient_quota" } },
      { status: "failed", error: { code: "context_length_exceeded" } },
    ]);
  });

  it("answers a schema with a value that fits it", async () => {
    const { url } = await start();
    const schema = { type: "object", properties: { n: { type: "integer", minimum: 3 } } };
    const text = { format: { type: "json_schema", name: "answer", schema } };
    expect(finished(await streamed(url, { text }))).toEqual(['{"n":3}']);
  });
});

describe("tools", () => {
  const call = { type: "function_call", call_id: "call_1", name: "exec_command", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "call_1", output: "denied" };
  const user = { role: "user", content: "say hi" };

  it("calls exec_command until a result comes, whatever the result says", async () => {
    const { url } = await start("--mode", "tool", "--tool-command", "date");
    const [event] = (await streamed(url, { tools: [EXEC] })).filter(({ item }) => item?.arguments);
    expect(event?.item).toMatchObject({ ...call, arguments: '{"cmd":"date"}' });
    const after = await streamed(url, { tools: [EXEC], input: [user, call, result] });
    expect(finished(after)).toEqual(["Hello from the fake API"]);
  });

  it.each([
    { args: ["tool"], tools: [{ ...EXEC, name: "other" }], items: ["other"] },
    { args: ["tool", "--tool", "other"], tools: [EXEC], items: ["Hello from the fake API"] },
    { args: ["tool"], tools: [], items: ["Hello from the fake API"] },
    { args: ["two-tools"], tools: [EXEC], items: ["exec_command", "exec_command"] },
    { args: ["tool-with-text"], tools: [EXEC], items: ["I will run it.", "exec_command"] },
    { args: ["tool-unknown"], tools: [EXEC], items: ["no_such_tool"] },
    { args: ["tool-unknown", "--tool", "other"], tools: [EXEC], items: ["other"] },
    { args: ["tool-no-completed"], tools: [EXEC], items: ["exec_command"], ending: "output_item.done" },
    { args: ["tool-forever"], tools: [EXEC], items: ["exec_command"] },
    { args: ["patch"], tools: [], items: ["apply_patch"] },
  ])("$args", async ({ args, tools, items, ending = "completed" }) => {
    const { url } = await start("--mode", ...args);
    const events = await streamed(url, { tools });
    expect(finished(events)).toEqual(items);
    expect(last(events)).toBe(ending);
  });

  it("calls the function of an MCP server, which no request lists", async () => {
    const { url } = await start("--mode", "tool", "--tool", "mcp__srv.echo", "--tool-input", '{"a":1}');
    const items = (await streamed(url)).flatMap(({ item }) => item ?? []);
    expect(items.at(-1)).toMatchObject({ namespace: "mcp__srv", name: "echo", arguments: '{"a":1}' });
  });

  it("tool-forever calls again after every result", async () => {
    const { url } = await start("--mode", "tool-forever");
    const after = await streamed(url, { tools: [EXEC], input: [user, call, result] });
    expect(after.at(-1)?.response?.output).toMatchObject([{ call_id: "call_2" }]);
  });

  it("obeys tool_choice", async () => {
    const { url } = await start();
    const tools = [EXEC, { ...EXEC, name: "other" }];
    expect(finished(await streamed(url, { tools, tool_choice: "required" }))).toEqual(["exec_command"]);
    const tool_choice = { type: "function", name: "other" };
    expect(finished(await streamed(url, { tools, tool_choice }))).toEqual(["other"]);
  });
});

describe("errors", () => {
  it("one for each mode", async () => {
    const table = [
      { mode: "400", status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
      { mode: "400-invalid", status: 400, type: "invalid_request_error", code: "invalid_value" },
      { mode: "401", status: 401, type: "invalid_request_error", code: "invalid_api_key" },
      { mode: "403", status: 403, type: "request_forbidden", code: "unsupported_country_region_territory" },
      { mode: "404", status: 404, type: "invalid_request_error", code: "model_not_found" },
      { mode: "413", status: 413, type: "invalid_request_error", code: null },
      { mode: "429", status: 429, type: "tokens", code: "rate_limit_exceeded" },
      { mode: "quota", status: 429, type: "insufficient_quota", code: "insufficient_quota" },
      { mode: "usage-limit", status: 429, type: "usage_limit_reached", code: null, resets_in_seconds: 7200 },
      { mode: "usage-not-included", status: 429, type: "usage_not_included", code: null },
      { mode: "500", status: 500, type: "server_error", code: null },
      { mode: "503", status: 503, type: "service_unavailable_error", code: "server_is_overloaded" },
      { mode: "503-slow-down", status: 503, type: "service_unavailable_error", code: "slow_down" },
    ];
    const { url } = await start("--mode", table.map(({ mode }) => mode).join());
    for (const { mode, status, ...error } of table) {
      const response = await post(url, { ...REQUEST, stream: true });
      expect(response.headers.get("retry-after")).toBeNull();
      expect({ mode, status: response.status, body: await response.json() }).toEqual({
        mode,
        status,
        body: { error: expect.objectContaining({ ...error, param: null }) },
      });
    }
  });

  it("429-retry-after says to come back in a second, 429-long in an hour", async () => {
    const { url } = await start("--mode", "429-retry-after,429-long");
    expect((await post(url)).headers.get("retry-after")).toBe("1");
    expect((await post(url)).headers.get("retry-after")).toBe("3600");
  });

  it.each([
    { mode: "403-html", status: 403 },
    { mode: "502-html", status: 502 },
    { mode: "not-sse", status: 200 },
  ])("$mode is a page", async ({ mode, status }) => {
    const { url } = await start("--mode", mode);
    const response = await post(url, { ...REQUEST, stream: true });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain("<html>");
  });

  it("--error-message replaces the message, of errors inside a stream too", async () => {
    const { url } = await start("--mode", "404,failed-server", "--error-message", "nope");
    expect(await (await post(url)).json()).toMatchObject({ error: { message: "nope" } });
    expect((await streamed(url)).at(-1)?.response?.error).toMatchObject({ message: "nope" });
  });
});

describe("broken answers", () => {
  const stream = (url: string) => post(url, { ...REQUEST, stream: true });

  it("reset closes before any answer", async () => {
    const { url } = await start("--mode", "reset");
    await expect(stream(url)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  });

  it("hang accepts and never answers", async () => {
    const { url } = await start("--mode", "hang");
    const asked = fetch(`${url}/v1/responses`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(REQUEST),
      signal: AbortSignal.timeout(300),
    });
    await expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it.each([
    { mode: "midreset", how: "reset", says: "partial text" },
    { mode: "midhang", how: "silent", says: "partial text" },
    { mode: "comment-drip", how: "silent", says: ": keep-alive" },
    { mode: "drip", how: "silent", says: '"delta":"."' },
    { mode: "ok-no-close", how: "silent", says: "response.completed" },
    { mode: "hang-headers", how: "silent", says: "" },
  ])("$mode", async ({ mode, how, says }) => {
    const { url } = await start("--mode", mode);
    const read = await readFor(1500, await stream(url));
    expect(read.how).toBe(how);
    expect(read.body).toContain(says);
  });

  it.each([
    { mode: "malformed", broken: ['data: {"type":"response.output_te', "data: junk"], completed: false },
    { mode: "malformed-once", broken: ["data: this is not JSON"], completed: true },
  ])("$mode", async ({ mode, broken, completed }) => {
    const { url } = await start("--mode", mode);
    const body = await (await stream(url)).text();
    expect(body.split("\n\n").filter((block) => !block.startsWith("event: "))).toEqual(
      completed ? [...broken, ""] : broken,
    );
    expect(body.includes("response.completed")).toBe(completed);
  });

  it("json-body answers a stream with one object", async () => {
    const { url } = await start("--mode", "json-body");
    expect(await (await stream(url)).json()).toMatchObject({ object: "response", status: "completed" });
  });

  it("without streaming, an answer that breaks off is half of a body", async () => {
    const { url } = await start("--mode", "midreset");
    const { how, body } = await readFor(1500, await post(url));
    expect(how).toBe("reset");
    expect(body).toMatch(/^\{"id":"resp_1"/);
  });
});

describe("the server", () => {
  it("takes the modes in turn and lists what was asked, without key and prompt", async () => {
    const { url } = await start("--mode", "500,ok");
    const waiting = fetch(`${url}/__requests?wait=2`).then((response) => response.text());
    expect((await post(url, { ...REQUEST, input: "a secret prompt" })).status).toBe(500);
    await streamed(url);
    const models = await fetch(`${url}/v1/models`, { headers: HEADERS });
    expect(await models.json()).toMatchObject({ object: "list" });
    const body = await waiting;
    expect(body).not.toMatch(/secret|dummy/);
    expect(JSON.parse(body)).toMatchObject({
      responses: 2,
      requests: [
        { n: 1, path: "/v1/responses", mode: "500", stream: false, items: 1 },
        { n: 2, path: "/v1/responses", mode: "ok", stream: true },
      ],
    });
  });

  it("ends at the end of stdin", async () => {
    const { child, exited } = await start();
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    { args: ["--mode", "ok,nosuch"], env: {}, says: "responses-api: unknown mode 'nosuch'. Modes are: " },
    { args: ["--tool-input", "{"], env: {}, says: "responses-api: --tool-input is not JSON: " },
    {
      args: [],
      env: { FAKE_RESPONSES_API_MOD: "429" },
      says: "did you mean FAKE_RESPONSES_API_MODE?",
    },
  ])("refuses $args $env", async ({ args, env, says }) => {
    const { exit, stderr } = await refusedFakeServer("responses-api", args, env);
    expect(exit).toEqual([2, null]);
    expect(stderr).toContain(says);
  });
});
