import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";

const FOLDER = fileURLToPath(new URL("../../fake-bin", import.meta.url));
const EXECUTABLE = join(FOLDER, "anthropic-api");
const REQUEST = { model: "claude-test", max_tokens: 100, messages: [{ role: "user", content: "say hi" }] };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function track(child: ChildProcess): Promise<[code: number | null, signal: string | null]> {
  const exited = new Promise<[number | null, string | null]>((resolve) => {
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
  cleanups.push(() => (child.kill("SIGKILL"), exited));
  return exited;
}

async function start(args: readonly string[] = [], env: Record<string, string> = {}, file = EXECUTABLE) {
  // ast-grep-ignore: js-subprocess-timeout, reason: a server; `track` has it ended after the test
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, FAKE_ANTHROPIC_API_MODE: "", ...env },
  });
  const exited = track(child);
  const url = await firstLine(child.stdout);
  return { child, exited, url };
}

async function firstLine(stream: Readable): Promise<string> {
  const [line] = await once(createInterface(stream), "line");
  return String(line);
}

const HEADERS = { "x-api-key": "sk-a-dummy", "anthropic-version": "2023-06-01" };

function post(url: string, body: object, { headers, ...init }: RequestInit = {}) {
  return fetch(`${url}/v1/messages?beta=true`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...HEADERS, ...(headers as Record<string, string>) },
    ...init,
  });
}

const SseEvent = z.object({
  type: z.string(),
  delta: z
    .object({ text: z.string(), partial_json: z.string(), stop_reason: z.string() })
    .partial()
    .optional(),
  content_block: z.object({ type: z.string(), name: z.string().optional() }).optional(),
});
type SseEvent = z.infer<typeof SseEvent>;

/** The events of a stream; their names must agree with what they carry. */
function parseSse(body: string): SseEvent[] {
  return body
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? [];
      const event = SseEvent.parse(JSON.parse(data ?? "null"));
      expect(event.type).toBe(name);
      return event;
    });
}

async function streamed(url: string, extra: object = {}) {
  const response = await post(url, { ...REQUEST, stream: true, ...extra });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return parseSse(await response.text());
}

const spoken = (events: readonly SseEvent[]) => events.map(({ delta }) => delta?.text ?? "").join("");
const stopReason = (events: readonly SseEvent[]) =>
  events.find(({ type }) => type === "message_delta")?.delta?.stop_reason;
const asksFor = (events: readonly SseEvent[]) =>
  events.flatMap(({ content_block }) => content_block?.name ?? []);

const WHOLE = [
  "message_start",
  "content_block_start",
  "ping",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
];

describe("answers", () => {
  it("streams the events of the Messages API", async () => {
    const { url } = await start(["--text", "Hi."]);
    const events = await streamed(url);
    expect(events.map(({ type }) => type)).toEqual(WHOLE);
    expect(spoken(events)).toBe("Hi.");
    expect(stopReason(events)).toBe("end_turn");
  });

  it("answers in one message without stream", async () => {
    const { url } = await start(["--text", "Hi."]);
    const response = await post(url, REQUEST);
    expect(response.headers.get("request-id")).toBe("req_1");
    expect(await response.json()).toEqual({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-test",
      content: [{ type: "text", text: "Hi." }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5 },
    });
  });

  it.each([
    { mode: "empty", said: "", reason: "end_turn" },
    { mode: "blank", said: "   \n ", reason: "end_turn" },
    { mode: "max-tokens", said: "Hello from the fake API", reason: "max_tokens" },
    { mode: "refusal", said: "I cannot", reason: "refusal" },
    { mode: "structured-ignored", said: "Hello from the fake API", reason: "end_turn" },
  ])("$mode", async ({ mode, said, reason }) => {
    const { url } = await start(["--mode", mode]);
    const events = await streamed(url);
    expect(spoken(events)).toBe(said);
    expect(stopReason(events)).toBe(reason);
  });

  it("thinking-only has no text block", async () => {
    const { url } = await start(["--mode", "thinking-only"]);
    const events = await streamed(url);
    expect(events.flatMap(({ content_block }) => content_block?.type ?? [])).toEqual(["thinking"]);
    expect(spoken(events)).toBe("");
  });

  it("structured hands its JSON in again until it is taken", async () => {
    const { url } = await start(["--mode", "structured", "--structured", '{"a":1}']);
    const tools = [{ name: "StructuredOutput", input_schema: { type: "object" } }];
    const after = (is_error: boolean) => ({
      tools,
      messages: [
        ...REQUEST.messages,
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "StructuredOutput", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "…", is_error }] },
      ],
    });
    expect(asksFor(await streamed(url, { tools }))).toEqual(["StructuredOutput"]);
    expect(asksFor(await streamed(url, after(true)))).toEqual(["StructuredOutput"]);
    expect(asksFor(await streamed(url, after(false)))).toEqual([]);
    // Not offered, the tool is not called.
    expect(spoken(await streamed(url))).toBe('{"a":1}');
  });

  it("counts tokens", async () => {
    const { url } = await start(["--mode", "529"]);
    const { model, messages } = REQUEST;
    const response = await fetch(`${url}/v1/messages/count_tokens`, {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify({ model, messages }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
  });
});

describe("errors", () => {
  it.each([
    { mode: "429", status: 429, type: "rate_limit_error", said: "This request would exceed" },
    { mode: "429-long", status: 429, type: "rate_limit_error", said: "rate limit" },
    { mode: "529", status: 529, type: "overloaded_error", said: "Overloaded" },
    { mode: "500", status: 500, type: "api_error", said: "Internal server error" },
    { mode: "400-prompt-too-long", status: 400, type: "invalid_request_error", said: "prompt is too long" },
    { mode: "400-credit", status: 400, type: "invalid_request_error", said: "credit balance is too low" },
    { mode: "400-invalid", status: 400, type: "invalid_request_error", said: "messages" },
    { mode: "401", status: 401, type: "authentication_error", said: "x-api-key" },
    { mode: "403", status: 403, type: "permission_error", said: "permission" },
    { mode: "404-model", status: 404, type: "not_found_error", said: "model: claude-test" },
  ])("$mode", async ({ mode, status, type, said }) => {
    const { url } = await start(["--mode", mode]);
    const response = await post(url, { ...REQUEST, stream: true });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      type: "error",
      error: {
        type,
        message: expect.stringContaining(said),
      },
      request_id: "req_1",
    });
  });

  it("429 says to come back in a second, 429-long in an hour", async () => {
    const { url } = await start(["--mode", "429,429-long"]);
    const short = await post(url, REQUEST);
    expect(short.headers.get("retry-after")).toBe("1");
    expect(short.headers.get("anthropic-ratelimit-unified-status")).toBeNull();
    const long = await post(url, REQUEST);
    expect(long.headers.get("retry-after")).toBe("3600");
    expect(long.headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
    const reset = Number(long.headers.get("anthropic-ratelimit-unified-reset")) * 1000;
    expect(Math.abs(reset - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  it("--error-message replaces the message", async () => {
    const { url } = await start(["--mode", "403", "--error-message", "nope"]);
    expect(await (await post(url, REQUEST)).json()).toMatchObject({ error: { message: "nope" } });
  });
});

/** What a client with patience for that long gets to see. */
async function readFor(ms: number, url: string) {
  const response = await post(url, { ...REQUEST, stream: true });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const end = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "ended";
      seen += value;
    }
  })().catch(() => "cut");
  const how = await Promise.race([end, delay(ms, "silent")]);
  await reader.cancel().catch(() => {}); // already cut
  return { how, events: parseSse(seen) };
}

describe("broken connections", () => {
  it("reset closes before any answer", async () => {
    const { url } = await start(["--mode", "reset"]);
    await expect(post(url, REQUEST)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  });

  it("cut ends a stream after half of the text, and answers whole without streaming", async () => {
    const { url } = await start(["--mode", "cut", "--text", "0123456789"]);
    const { how, events } = await readFor(5000, url);
    expect(how).toBe("cut");
    expect(events.map(({ type }) => type)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
    ]);
    expect(spoken(events)).toBe("01234");
    expect(await (await post(url, REQUEST)).json()).toMatchObject({ content: [{ text: "0123456789" }] });
  });

  it("stall begins and is never heard of again", async () => {
    const { url } = await start(["--mode", "stall", "--text", "Well"]);
    const { how, events } = await readFor(500, url);
    expect(how).toBe("silent");
    expect(spoken(events)).toBe("Well");
    expect(stopReason(events)).toBeUndefined();
  });

  it("hang accepts and never answers", async () => {
    const { url } = await start(["--mode", "hang"]);
    await expect(post(url, REQUEST, { signal: AbortSignal.timeout(500) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
  });
});

it("closes no idle connection: a client that is slow between two requests keeps it", async () => {
  const { url } = await start();
  // With a limit of its own a server of Node announces "timeout=5".
  expect((await post(url, REQUEST)).headers.get("keep-alive")).toBeNull();
});

describe("modes in turn", () => {
  it("takes one for each request to /v1/messages, and the last again and again", async () => {
    const { url } = await start([], { FAKE_ANTHROPIC_API_MODE: "529,500,ok" });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await post(url, REQUEST)).status);
    expect(statuses).toEqual([529, 500, 200, 200]);
  });

  it("prefers --mode to the environment", async () => {
    const { url } = await start(["--mode", "ok"], { FAKE_ANTHROPIC_API_MODE: "500" });
    expect((await post(url, REQUEST)).status).toBe(200);
  });

  it.each([
    { args: ["--mode", "ok,nosuch"], said: "anthropic-api: unknown mode 'nosuch'. Modes are: " },
    {
      args: ["--port", "http"],
      said: "anthropic-api: --port must be a whole number from 0 to 65535, not 'http'",
    },
    { args: ["--structured", "{"], said: "anthropic-api: --structured is not JSON: " },
    { args: ["--nosuch"], said: "anthropic-api: Unknown option '--nosuch'" },
    {
      args: [],
      env: { FAKE_ANTHROPIC_API_MOD: "429" },
      said: "anthropic-api: The environment has FAKE_ANTHROPIC_API_MOD, which the fake does not read; did you mean FAKE_ANTHROPIC_API_MODE?",
    },
  ])("refuses $args $env", async ({ args, env, said }) => {
    const child = spawn(process.execPath, [EXECUTABLE, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000,
    });
    const exited = track(child);
    const [stderr, stdout] = await Promise.all([text(child.stderr), text(child.stdout)]);
    expect(await exited).toEqual([2, null]);
    expect(stderr).toContain(said);
    expect(stdout).toBe("");
  });
});

describe("/__requests", () => {
  it("lists what was asked, and neither key nor prompt", async () => {
    const { url } = await start(["--mode", "500,ok"]);
    const headers = { ...HEADERS, "x-api-key": "sk-secret-key", authorization: "Bearer secret-token" };
    await post(url, { ...REQUEST, messages: [{ role: "user", content: "a secret prompt" }] }, { headers });
    await streamed(url);
    await fetch(`${url}/v1/models`, { headers });
    const response = await fetch(`${url}/__requests`);
    const body = await response.text();
    expect(body).not.toMatch(/secret|say hi/);
    const request = {
      method: "POST",
      path: "/v1/messages",
      bytes: expect.any(Number),
      messages: 1,
    };
    expect(JSON.parse(body)).toEqual({
      count: 3,
      messages: 2,
      requests: [
        { ...request, n: 1, mode: "500", stream: false },
        { ...request, n: 2, mode: "ok", stream: true },
        { n: 3, method: "GET", path: "/v1/models", bytes: 0 },
      ],
    });
  });

  it("?wait=N answers when N messages were asked for", async () => {
    const { url } = await start(["--mode", "ok,hang"]);
    let answered = false;
    const waiting = fetch(`${url}/__requests?wait=2`).then((response) => {
      answered = true;
      return response.json();
    });
    await post(url, REQUEST);
    expect(answered).toBe(false);
    const hanging = new AbortController();
    const hung = post(url, REQUEST, { signal: hanging.signal }).catch(() => "aborted");
    expect(await waiting).toMatchObject({ messages: 2 });
    hanging.abort();
    expect(await hung).toBe("aborted");
  });
});

describe("the process", () => {
  it("listens on the loopback interface only", async () => {
    const { url } = await start();
    const { hostname, port } = new URL(url);
    expect(hostname).toBe("127.0.0.1");
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const socket = connect(Number(port), address);
      await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    }
  });

  it.runIf(process.platform === "linux")("has one listening socket, at 127.0.0.1", async () => {
    const { url, child } = await start();
    expect(await listeningAddresses(child.pid!)).toEqual([`0100007F:${hex(new URL(url).port)}`]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends on %s, also while a client waits", async (signal) => {
    const { child, exited, url } = await start(["--mode", "hang"]);
    const hung = post(url, REQUEST).catch(() => "cut off");
    await fetch(`${url}/__requests?wait=1`);
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(await hung).toBe("cut off");
  });

  it("ends at the end of stdin when that is a pipe", async () => {
    const { child, exited } = await start();
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
  });

  it("ends when its parent is killed, with stdin from /dev/null", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, [process.argv[1]], { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.on("data", (url) => process.stdout.write(child.pid + " " + url));`;
    // ast-grep-ignore: js-subprocess-timeout, reason: the test kills it, and `track` does after the test
    const parent = spawn(process.execPath, ["-e", script, EXECUTABLE], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = track(parent);
    const [pid, url] = (await firstLine(parent.stdout)).split(" ");
    cleanups.push(() => kill(Number(pid)));
    expect((await post(url!, REQUEST)).status).toBe(200);

    // A request that never ends is the sign of life: its connection breaks when the process is gone.
    const waiting = fetch(`${url}/__requests?wait=1000`).catch(() => "gone");
    parent.kill("SIGKILL");
    await exited;
    expect(await Promise.race([waiting, delay(10_000, "still there")])).toBe("gone");
  });

  it("runs from a copied folder, as ESM, as CommonJS and through a symbolic link", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fake-bin-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    for (const type of ["module", "commonjs"]) {
      const copy = join(folder, type, "bin");
      await cp(FOLDER, copy, { recursive: true, filter: (source) => !source.endsWith("package.json") });
      await writeFile(join(folder, type, "package.json"), JSON.stringify({ type }));
      await symlink(join(copy, "anthropic-api"), join(folder, `${type}-link`));
      for (const file of [join(copy, "anthropic-api"), join(folder, `${type}-link`)]) {
        const { url } = await start([], {}, file);
        const { status } = await post(url, REQUEST);
        expect({ file, status }).toEqual({ file, status: 200 });
      }
    }
  });
});

const hex = (port: string) => Number(port).toString(16).toUpperCase().padStart(4, "0");

/** Local addresses of the listening sockets of a process: `/proc/<pid>/net/tcp`, of those whose inode it holds. */
async function listeningAddresses(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => "")));
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8")),
  );
  return tables
    .flatMap((table) => table.trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && targets.includes(`socket:[${fields[9]}]`))
    .map((fields) => fields[1]!);
}

function kill(pid: number) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already, as it should be
  }
}
