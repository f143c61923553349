import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readFor, refusedFakeServer, startFakeServer } from "./fake-server.ts";

const CONTENTS = [{ role: "user", parts: [{ text: "say hi" }] }];
const SHELL = { name: "run_shell_command", parametersJsonSchema: { type: "object" } };
const OFFERED = { tools: [{ functionDeclarations: [SHELL] }] };
const HEADERS = { "x-goog-api-key": "a-dummy" };

const start = (...args: readonly string[]) => startFakeServer("gemini-api", args);

function post(url: string, verb: string, extra: object = {}) {
  return fetch(`${url}/v1beta/models/gemini-test:${verb}`, {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ contents: CONTENTS, ...extra }),
  });
}

const stream = (url: string, extra: object = {}) => post(url, "streamGenerateContent?alt=sse", extra);

const Part = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: z.object({ name: z.string(), args: z.record(z.string(), z.unknown()) }).optional(),
});
const Chunk = z.looseObject({
  candidates: z
    .array(
      z.looseObject({
        content: z.looseObject({ role: z.literal("model"), parts: z.array(Part) }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .optional(),
  modelVersion: z.string().optional(),
});
type Chunk = z.infer<typeof Chunk>;

async function streamed(url: string, extra: object = {}): Promise<Chunk[]> {
  const response = await stream(url, extra);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const blocks = (await response.text()).split("\r\n\r\n").filter((block) => block !== "");
  return blocks.map((block) => Chunk.parse(JSON.parse(block.replace(/^data: /, ""))));
}

/** The parts of an answer: text, `call` of a function, or a thought. */
const said = (chunks: readonly Chunk[]) =>
  chunks
    .flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
    .map(({ text, thought, functionCall }) => (thought ? "(thought)" : (text ?? functionCall?.name)));
const reason = (chunks: readonly Chunk[]) => chunks.at(-1)?.candidates?.[0]?.finishReason;
const inputOf = (chunks: readonly Chunk[]) =>
  chunks[0]?.candidates?.[0]?.content?.parts[0]?.functionCall?.args;

describe("answers", () => {
  it("streams chunks of the Gemini API", async () => {
    const { url } = await start("--text", "Hi.");
    expect(await streamed(url)).toEqual([
      {
        candidates: [
          { content: { parts: [{ text: "Hi." }], role: "model" }, finishReason: "STOP", index: 0 },
        ],
        usageMetadata: {
          promptTokenCount: 10,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 2,
          totalTokenCount: 17,
        },
        modelVersion: "gemini-test",
        responseId: "response_1",
      },
    ]);
  });

  it("answers in one object without stream, and in an array without alt=sse", async () => {
    const { url } = await start("--text", "Hi there", "--mode", "ok-chunks", "--model-version", "m");
    const whole = Chunk.parse(await (await post(url, "generateContent")).json());
    expect(said([whole])).toEqual(["Hi there"]);
    expect(whole.modelVersion).toBe("m");
    const array = z.array(Chunk).parse(await (await post(url, "streamGenerateContent")).json());
    expect(said(array)).toEqual(["Hi ", "there"]);
  });

  it("one for each mode", async () => {
    const table = [
      { mode: "ok-chunks", parts: ["Hello ", "from ", "the ", "fake ", "API"], ends: "STOP" },
      { mode: "thought-only", parts: ["(thought)"], ends: "STOP" },
      { mode: "empty", parts: [""], ends: "STOP" },
      { mode: "blank", parts: ["   \n "], ends: "STOP" },
      { mode: "no-parts", parts: [], ends: "STOP" },
      { mode: "no-candidates", parts: [], ends: undefined },
      { mode: "empty-object", parts: [], ends: undefined },
      { mode: "prompt-blocked", parts: [], ends: undefined },
      { mode: "max-tokens", parts: ["partial text"], ends: "MAX_TOKENS" },
      { mode: "max-tokens-no-text", parts: [], ends: "MAX_TOKENS" },
      { mode: "safety", parts: ["partial text"], ends: "SAFETY" },
      { mode: "safety-no-text", parts: [], ends: "SAFETY" },
      { mode: "recitation", parts: ["partial text"], ends: "RECITATION" },
      { mode: "prohibited", parts: ["partial text"], ends: "PROHIBITED_CONTENT" },
      { mode: "other", parts: ["partial text"], ends: "OTHER" },
      { mode: "new-reason", parts: ["partial text"], ends: "SOME_NEW_REASON" },
      { mode: "malformed-call", parts: ["partial text"], ends: "MALFORMED_FUNCTION_CALL" },
      { mode: "malformed-call-no-text", parts: [], ends: "MALFORMED_FUNCTION_CALL" },
      { mode: "no-finish", parts: ["partial text"], ends: undefined },
      { mode: "no-finish-empty", parts: [], ends: undefined },
      { mode: "error-in-stream", parts: ["partial text"], ends: undefined },
    ];
    const { url } = await start("--mode", table.map(({ mode }) => mode).join());
    const seen = [];
    for (const { mode } of table) {
      const chunks = await streamed(url);
      seen.push({ mode, parts: said(chunks), ends: reason(chunks) });
    }
    expect(seen).toEqual(table);
  });

  it("answers a schema with a value that fits it, in either way to write one", async () => {
    const { url } = await start();
    const json = { responseMimeType: "application/json" };
    const schema = { type: "OBJECT", properties: { n: { type: "INTEGER", minimum: 3 } } };
    const small = { type: "object", properties: { n: { type: "integer", minimum: 3 } } };
    const asks = [{ responseSchema: schema }, { responseJsonSchema: small }];
    for (const ask of asks) {
      const chunks = await streamed(url, { generationConfig: { ...json, ...ask } });
      expect(said(chunks)).toEqual(['{"n":3}']);
    }
  });

  it("counts tokens and describes models", async () => {
    const { url } = await start("--mode", "500");
    expect(await (await post(url, "countTokens")).json()).toEqual({ totalTokens: expect.any(Number) });
    const models = await fetch(`${url}/v1beta/models`, { headers: HEADERS });
    expect(await models.json()).toMatchObject({ models: [{ name: "models/gemini-2.5-pro" }, {}] });
    const model = await fetch(`${url}/v1beta/models/x-1`, { headers: HEADERS });
    expect(await model.json()).toMatchObject({ name: "models/x-1" });
  });
});

describe("tools", () => {
  const called = (name: string) => [
    ...CONTENTS,
    { role: "model", parts: [{ functionCall: { name, args: {} } }] },
    { role: "user", parts: [{ functionResponse: { name, response: { error: "denied" } } }] },
  ];

  it("calls run_shell_command until a result comes, also one that says that the call failed", async () => {
    const { url } = await start("--mode", "tool", "--tool-command", "date");
    expect(inputOf(await streamed(url, OFFERED))).toEqual({ command: "date", description: "x" });
    const after = await streamed(url, { ...OFFERED, contents: called(SHELL.name) });
    expect(said(after)).toEqual(["Hello from the fake API"]);
  });

  it.each([
    { args: ["tool"], names: ["other"], parts: ["other"] },
    { args: ["tool", "--tool", "other"], names: [SHELL.name], parts: ["Hello from the fake API"] },
    { args: ["tool"], names: [], parts: ["Hello from the fake API"] },
    { args: ["two-tools"], names: [SHELL.name], parts: [SHELL.name, SHELL.name] },
    { args: ["tool-with-text"], names: [SHELL.name], parts: ["I will run it. ", SHELL.name] },
    { args: ["tool-unknown"], names: [SHELL.name], parts: ["no_such_tool"] },
    { args: ["tool-no-finish"], names: [SHELL.name], parts: [SHELL.name], ends: undefined },
    { args: ["tool-unknown", "--tool", "other"], names: [SHELL.name], parts: ["other"] },
    { args: ["tool-forever"], names: [SHELL.name], parts: [SHELL.name] },
  ])("$args with $names", async ({ args, names, parts, ...rest }) => {
    const { url } = await start("--mode", ...args);
    const functionDeclarations = names.map((name) => ({ ...SHELL, name }));
    const chunks = await streamed(url, { tools: [{ functionDeclarations }] });
    expect(said(chunks)).toEqual(parts);
    expect(reason(chunks)).toBe("ends" in rest ? rest.ends : "STOP");
  });

  it("puts the number of the call into its input, so that tool-forever is not one call repeated", async () => {
    const { url } = await start("--mode", "tool-forever", "--tool-command", "echo %n");
    expect(inputOf(await streamed(url, OFFERED))).toMatchObject({ command: "echo 1" });
    const contents = called(SHELL.name);
    expect(inputOf(await streamed(url, { ...OFFERED, contents }))).toMatchObject({ command: "echo 2" });
  });

  it("obeys the function calling config", async () => {
    const { url } = await start("--mode", "ok,ok,tool");
    const tools = [{ functionDeclarations: [SHELL, { ...SHELL, name: "other" }] }];
    const config = (value: object) => ({ tools, toolConfig: { functionCallingConfig: value } });
    expect(said(await streamed(url, config({ mode: "ANY" })))).toEqual([SHELL.name]);
    const other = config({ mode: "ANY", allowedFunctionNames: ["other"] });
    expect(said(await streamed(url, other))).toEqual(["other"]);
    expect(said(await streamed(url, config({ mode: "NONE" })))).toEqual(["Hello from the fake API"]);
  });
});

describe("errors", () => {
  it("one for each mode", async () => {
    const table = [
      { mode: "400", code: 400, status: "INVALID_ARGUMENT", says: "token count" },
      { mode: "400-key", code: 400, status: "INVALID_ARGUMENT", says: "API key not valid" },
      { mode: "401", code: 401, status: "UNAUTHENTICATED", says: "credentials" },
      { mode: "403", code: 403, status: "PERMISSION_DENIED", says: "Permission denied" },
      { mode: "404", code: 404, status: "NOT_FOUND", says: "models/gemini-test is not found" },
      { mode: "413", code: 413, status: "INVALID_ARGUMENT", says: "payload size" },
      { mode: "429", code: 429, status: "RESOURCE_EXHAUSTED", says: "exhausted" },
      { mode: "429-retry-info", code: 429, status: "RESOURCE_EXHAUSTED", says: "retry in 1s" },
      { mode: "429-day", code: 429, status: "RESOURCE_EXHAUSTED", says: "billing" },
      { mode: "500", code: 500, status: "INTERNAL", says: "internal error" },
      { mode: "503", code: 503, status: "UNAVAILABLE", says: "overloaded" },
      { mode: "504", code: 504, status: "DEADLINE_EXCEEDED", says: "Deadline" },
      { mode: "512", code: 512, status: "UNKNOWN", says: "proxy" },
    ];
    const { url } = await start("--mode", table.map(({ mode }) => mode).join());
    for (const { mode, code, status, says } of table) {
      const response = await stream(url);
      expect({ mode, code: response.status, body: await response.json() }).toEqual({
        mode,
        code,
        body: { error: { code, status, message: expect.stringContaining(says), details: expect.any(Array) } },
      });
    }
  });

  it("429-retry-info says when to come back", async () => {
    const { url } = await start("--mode", "429-retry-info");
    expect(await (await stream(url)).json()).toMatchObject({
      error: { details: [{}, { retryDelay: "1s" }] },
    });
  });

  it.each([
    { mode: "403-html", status: 403 },
    { mode: "502-html", status: 502 },
    { mode: "not-sse", status: 200 },
  ])("$mode is a page", async ({ mode, status }) => {
    const { url } = await start("--mode", mode);
    const response = await stream(url);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain("<html>");
  });

  it("--error-message replaces the message", async () => {
    const { url } = await start("--mode", "404", "--error-message", "nope");
    expect(await (await stream(url)).json()).toMatchObject({ error: { message: "nope" } });
  });
});

describe("broken answers", () => {
  it("reset closes before any answer", async () => {
    const { url } = await start("--mode", "reset");
    await expect(stream(url)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  });

  it("hang accepts and never answers", async () => {
    const { url } = await start("--mode", "hang");
    const asked = fetch(`${url}/v1beta/models/gemini-test:generateContent`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({ contents: CONTENTS }),
      signal: AbortSignal.timeout(300),
    });
    await expect(asked).rejects.toMatchObject({ name: "TimeoutError" });
  });

  it.each([
    { mode: "midreset", how: "reset", says: "partial text" },
    { mode: "midreset-rst", how: "reset", says: "partial text" },
    { mode: "midhang", how: "silent", says: "partial text" },
    { mode: "drip", how: "silent", says: '"text":"."' },
    { mode: "ok-no-close", how: "silent", says: "STOP" },
    { mode: "hang-headers", how: "silent", says: "" },
    { mode: "malformed", how: "ended", says: '"parts":[{"te\r\n\r\n' },
    { mode: "malformed-once", how: "ended", says: "data: oops, no JSON" },
    { mode: "json-body", how: "ended", says: '{"candidates"' },
  ])("$mode", async ({ mode, how, says }) => {
    const { url } = await start("--mode", mode);
    const read = await readFor(1500, await stream(url));
    expect(read.how).toBe(how);
    expect(read.body).toContain(says);
  });

  it("without streaming, an answer that breaks off is half of a body", async () => {
    const { url } = await start("--mode", "midreset,midhang");
    expect(await readFor(1500, await post(url, "generateContent"))).toMatchObject({ how: "reset" });
    expect(await readFor(500, await post(url, "generateContent"))).toMatchObject({ how: "silent" });
  });
});

describe("a request that the real API refuses", () => {
  const user = CONTENTS[0];
  const call = { role: "model", parts: [{ functionCall: { name: "x", args: {} } }] };
  const result = { role: "user", parts: [{ functionResponse: { name: "x", response: {} } }] };

  it("is answered in its words", async () => {
    const table = [
      { extra: { contents: undefined }, says: "contents is not specified" },
      { extra: { contents: [] }, says: "contents is not specified" },
      { extra: { messages: [] }, says: 'Unknown name "messages": Cannot find field.' },
      {
        extra: { contents: [{ role: "assistant", parts: [{ text: "a" }] }] },
        says: "Please use a valid role",
      },
      {
        extra: { contents: [{ role: "user", parts: [] }] },
        says: "contents[0].parts: contents.parts must not",
      },
      {
        extra: { contents: [{ role: "user", parts: [{}] }] },
        says: "contents[0].parts[0].data: required oneof",
      },
      {
        extra: { contents: [user, result] },
        says: "response turn comes immediately after a function call turn",
      },
      { extra: { contents: [user, call, user] }, says: "number of function response parts is equal" },
      { extra: { contents: [user, call] }, says: "number of function response parts is equal" },
      { extra: { contents: [call, result] }, says: "call turn comes immediately after a user turn" },
      { extra: { tools: [{ functionDeclarations: [{ name: "a b" }] }] }, says: "Invalid function name" },
      {
        extra: { tools: [{ functionDeclarations: [{ name: "a" }, { name: "a" }] }] },
        says: "Duplicate function declaration found: a",
      },
    ];
    const { url } = await start();
    for (const { extra, says } of table) {
      const response = await stream(url, extra);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        error: { code: 400, status: "INVALID_ARGUMENT", message: expect.stringContaining(says) },
      });
    }
  });

  it("no key, another path, a body that is no JSON", async () => {
    const { url } = await start();
    const path = `${url}/v1beta/models/gemini-test:generateContent`;
    const body = JSON.stringify({ contents: CONTENTS });
    expect((await fetch(path, { method: "POST", body })).status).toBe(403);
    expect((await fetch(`${path}?key=a-dummy`, { method: "POST", body })).status).toBe(200);
    expect((await fetch(path, { method: "POST", headers: HEADERS, body: "{" })).status).toBe(400);
    expect((await post(url, "embedContent")).status).toBe(404);
  });
});

describe("the server", () => {
  it("takes the modes in turn and lists what was asked, without key and prompt", async () => {
    const { url } = await start("--mode", "500,ok");
    const waiting = fetch(`${url}/__requests?wait=2`).then((response) => response.text());
    const contents = [{ role: "user", parts: [{ text: "a secret prompt" }] }];
    expect((await post(url, "generateContent?key=secret", { contents })).status).toBe(500);
    await streamed(url);
    const body = await waiting;
    expect(body).not.toMatch(/secret|dummy/);
    const path = "/v1beta/models/gemini-test:";
    expect(JSON.parse(body)).toMatchObject({
      generations: 2,
      requests: [
        { n: 1, path: `${path}generateContent`, mode: "500", stream: false, contents: 1 },
        { n: 2, path: `${path}streamGenerateContent`, mode: "ok", stream: true },
      ],
    });
  });

  it("ends at the end of stdin", async () => {
    const { child, exited } = await start();
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    { args: ["--mode", "nosuch"], env: {}, says: "gemini-api: unknown mode 'nosuch'. Modes are: " },
    { args: ["--tool-input", "{"], env: {}, says: "gemini-api: --tool-input is not JSON: " },
    { args: [], env: { FAKE_GEMINI_API_MOD: "429" }, says: "did you mean FAKE_GEMINI_API_MODE?" },
  ])("refuses $args $env", async ({ args, env, says }) => {
    const { exit, stderr } = await refusedFakeServer("gemini-api", args, env);
    expect(exit).toEqual([2, null]);
    expect(stderr).toContain(says);
  });
});
