import { describe, expect, it } from "vitest";
import { CodexTranscript } from "../../../src/callees/codex/transcript.ts";
import { codexRetryAfterMs } from "../../../src/callees/codex/retry-after.ts";
import { codexErrorCode } from "../../../src/callees/codex/classify.ts";
import { judge, LOGS } from "./observed.ts";

type Event = Readonly<Record<string, unknown>>;

const BEGIN: readonly Event[] = [{ type: "thread.started", thread_id: "t" }, { type: "turn.started" }];
const DONE: Event = { type: "turn.completed", usage: { input_tokens: 1 } };
const says = (text: string): Event => ({
  type: "item.completed",
  item: { id: "m", type: "agent_message", text },
});
const fails = (message: string): readonly Event[] => [
  { type: "error", message },
  { type: "turn.failed", error: { message } },
];
const ran = (id: string, type = "command_execution"): readonly Event[] => [
  { type: "item.started", item: { id, type } },
  { type: "item.completed", item: { id, type, status: "completed" } },
];

interface Ran {
  readonly exitCode?: number;
  readonly stderr?: string;
}

const of = (events: readonly Event[], { exitCode = 0, stderr = "" }: Ran = {}, facts = {}) =>
  judge(
    { exitCode, signal: null, stderr, stdout: events.map((event) => `${JSON.stringify(event)}\n`).join("") },
    facts,
  );

describe("the answer", () => {
  it.each([
    ["the last message", [says("first"), says("second")], "says second"],
    [
      "not of a broken attempt",
      [says("half"), { type: "error", message: "Reconnecting... 1/5 (x)" }],
      "empty_output completed",
    ],
    [
      "not of an attempt before the fall-back",
      [
        says("half"),
        {
          type: "item.completed",
          item: { type: "error", message: "Falling back from WebSockets to HTTPS transport. x" },
        },
      ],
      "empty_output completed",
    ],
    ["not what was said before a tool", [says("I will run it."), ...ran("1")], "empty_output completed"],
    [
      "not what was said before a search",
      [says("I will look."), ...ran("1", "web_search")],
      "empty_output completed",
    ],
    ["what was said while a tool still ran", [ran("1")[0]!, says("done"), ran("1")[1]!], "says done"],
    [
      "what was said before a thought",
      [says("done"), { type: "item.completed", item: { type: "reasoning", text: "x" } }],
      "says done",
    ],
    [
      "what was said before the list of plans closed",
      [says("done"), { type: "item.completed", item: { type: "todo_list" } }],
      "says done",
    ],
    [
      "a warning is none",
      [
        says("done"),
        { type: "item.completed", item: { type: "error", message: "Model metadata for `x` not found." } },
      ],
      "says done",
    ],
    ["events of unknown kinds are none", [says("done"), { type: "weather.changed", item: 3 }], "says done"],
    ["an empty last message is no answer", [says("first"), says("")], "empty_output completed"],
  ] as const)("%s", (_, events, expected) => {
    expect(of([...BEGIN, ...events, DONE])).toBe(expected);
  });

  it("is that of the newest turn", () => {
    const second = [{ type: "turn.started" }, DONE];
    expect(of([...BEGIN, says("first"), DONE, ...second])).toBe("empty_output completed");
    expect(of([...BEGIN, says("first"), DONE, { type: "turn.started" }])).toBe("no_result unknown");
  });

  it("does not count after a turn that failed in the end", () => {
    expect(
      of([...BEGIN, says("done"), DONE, ...fails("stream disconnected before completion: x")], {
        exitCode: 1,
      }),
    ).toBe("unavailable unknown");
  });

  it.each([
    "exceeded retry limit, last status: 429 Too Many Requests",
    "unexpected status 401 Unauthorized: x",
    "You’ve hit your usage limit. Try again at 8:57 AM.",
    "Reconnecting... 1/5 (rate limit exceeded: x)",
    "MCP tool call requires approval, but approval policy is never",
    "Error loading config.toml: x",
    "2026-11-22T08:51:01Z ERROR codex_core::tools::router: error=patch rejected: x",
  ])("may quote an error of codex: %s", (text) => {
    expect(of([...BEGIN, says(text), DONE])).toBe(`says ${text.slice(0, 60)}`);
  });
});

describe("the prompt may quote an error of codex", () => {
  it("in a turn that fails with another", () => {
    const quoted = "Provider says: You’ve hit your usage limit";
    expect(of([...BEGIN, ...fails(quoted)], { exitCode: 1, stderr: LOGS })).toBe("job_failed rejected");
  });

  it("on stderr of a run that had begun its turn", () => {
    expect(of(BEGIN, { exitCode: 1, stderr: "Error loading config.toml: x\n" })).toBe("exit_nonzero unknown");
  });
});

describe("what is known of the effect after an error", () => {
  const failed = [...BEGIN, ...fails("unexpected status 500 Internal Server Error: x")];
  const called = `${LOGS}2026-11-22T08:51:02Z  INFO codex_otel.trace_safe: event.name="codex.tool_call_received" tool_name="exec_command"\n`;

  it.each([
    ["nothing, where the log shows that codex called no tool", LOGS, undefined, "rejected"],
    [
      "unknown, where only the log tells of a tool: a command that the sandbox stopped has no event",
      called,
      undefined,
      "unknown",
    ],
    ["unknown without the log", "", undefined, "unknown"],
    ["unknown without the log, in a sandbox that may write", "", "workspace-write", "unknown"],
    ["nothing, in a sandbox that writes nothing", "", "read-only", "rejected"],
    ["nothing, without a sandbox that stops commands", "", "danger-full-access", "rejected"],
  ] as const)("%s", (_, stderr, sandbox, effect) => {
    expect(of(failed, { exitCode: 1, stderr }, { sandbox })).toBe(`unavailable ${effect}`);
  });

  it("unknown after a tool", () => {
    const events = [...BEGIN, ...ran("1"), ...fails("unexpected status 500 x")];
    expect(of(events, { exitCode: 1, stderr: LOGS })).toBe("unavailable unknown");
  });
});

describe("codex's own retry", () => {
  const reason = "stream disconnected before completion: stream closed before response.completed";
  const retries = (text = reason, which = "1/5"): Event => ({
    type: "error",
    message: `Reconnecting... ${which} (${text})`,
  });
  const AT = "2026-11-22T08:51:02.092253Z  INFO codex_otel.trace_safe: ";
  const called = `${AT}event.name="codex.tool_call_received" tool_name="exec_command"\n`;
  const request = (rest: string) => `${AT}event.name="codex.api_request" duration_ms=4 ${rest}\n`;
  const failed = (status: number, endpoint = "/responses") =>
    request(
      `http.response.status_code=${status} error.message="http ${status}" attempt=0 endpoint="${endpoint}"`,
    );

  function ends(
    events: readonly Event[],
    stderr: string,
    sandbox?: "workspace-write" | "read-only",
  ): boolean {
    const transcript = new CodexTranscript(undefined, sandbox);
    const [begin, rest] = [events.slice(0, 2), events.slice(2)];
    for (const event of begin) transcript.take(JSON.stringify(event));
    transcript.takeStderr(Buffer.from(stderr));
    for (const event of rest) transcript.take(JSON.stringify(event));
    return transcript.abandoned;
  }

  it.each([
    ["is the end, where the log shows that no tool was called", [retries()], LOGS, undefined, true],
    ["is the end in a sandbox that writes nothing, without the log", [retries()], "", "read-only", true],
    ["is left to codex where a tool may have run", [retries()], "", "workspace-write", false],
    ["is left to codex after a tool", [...ran("1"), retries()], LOGS, "read-only", false],
    ["is left to codex after a tool that only the log tells", [retries()], LOGS + called, "read-only", false],
    [
      "over WebSocket is left to codex, which goes on to HTTP",
      [
        retries("unexpected status 404 Not Found: x, url: ws://h/v1/responses", "2/5"),
        says("x"),
        {
          type: "item.completed",
          item: { type: "error", message: "Falling back from WebSockets to HTTPS transport. x" },
        },
      ],
      LOGS,
      undefined,
      false,
    ],
    [
      "while it waits for a network has no reason yet",
      [{ type: "error", message: "Reconnecting... waiting for network (Connection failed: x)" }],
      LOGS,
      undefined,
      false,
    ],
    ["quoted in an answer is none", [says("Reconnecting... 1/5 (x)")], LOGS, undefined, false],
    ["is known from the log before codex tells it", [], LOGS + failed(500), undefined, true],
    ["of a 503 is not: only its text tells what it is", [], LOGS + failed(503), undefined, false],
    ["of a 429 is not: it may be a quota", [], LOGS + failed(429), undefined, false],
    ["of another request does not count", [], LOGS + failed(500, "/models"), undefined, false],
    [
      "is none where the request succeeded",
      [],
      LOGS + request('http.response.status_code=200 attempt=0 endpoint="/responses"'),
      undefined,
      false,
    ],
    ["in the log after a tool is left to codex", [], LOGS + called + failed(500), undefined, false],
  ] as const)("%s", (_, events, stderr, sandbox, expected) => {
    expect(ends([...BEGIN, ...events], stderr, sandbox)).toBe(expected);
  });

  it.each([
    ["rate limit exceeded: Please try again in 1s.", "rate_limited rejected"],
    ["unexpected status 401 Unauthorized: line one\nline two, url: http://h", "auth rejected"],
    [reason, "unavailable rejected"],
  ])("%s", (text, expected) => {
    const ended = { sandbox: "read-only", finished: true };
    expect(of([...BEGIN, retries(text)], {}, ended)).toBe(expected);
    // The repeated request was answered while hardcall ended codex.
    expect(of([...BEGIN, retries(text), says("x"), DONE], {}, ended)).toBe(expected);
  });
});

describe("a resumed run", () => {
  it("may come back when another process has ended that writes to the thread", () => {
    const stderr =
      "Error: thread/resume: thread/resume failed: thread 01a2 already has an active writer (code -32600)\n";
    expect(judge({ exitCode: 1, signal: null, stdout: "", stderr })).toBe("unavailable rejected");
  });

  it("is ended when codex begins another thread, and not when it writes the id in capitals", () => {
    const asked = "01A20277-7F37-7622-8A5E-BA0A90F991BA";
    const transcript = new CodexTranscript(asked);
    transcript.take(`{"type":"thread.started","thread_id":"${asked.toLowerCase()}"}`);
    expect(transcript.abandoned).toBe(false);
    const other = new CodexTranscript(asked);
    other.take('{"type":"thread.started","thread_id":"01a20277-0000-7622-8a5e-ba0a90f991ba"}');
    expect(other.abandoned).toBe(true);
  });
});

describe("completed, but", () => {
  it.each([
    ["with an exit code", [...BEGIN, says("done"), DONE], { exitCode: 101 }, "exit_nonzero unknown"],
    ["cut in the middle of an event", [], { exitCode: 0 }, "empty_output completed"],
  ] as const)("%s", (_, events, end, expected) => {
    expect(of(events, end)).toBe(expected);
  });

  it("stdout larger than what is kept: the answer may be among what was dropped", () => {
    expect(of([...BEGIN, says("x".repeat(100)), DONE], {}, { maxOutput: 50 })).toBe(
      "output_too_large completed",
    );
  });

  it("cut off within an event", () => {
    const stdout = `${BEGIN.map((event) => JSON.stringify(event)).join("\n")}\n{"type":"item.comp`;
    expect(judge({ exitCode: 0, signal: null, stdout, stderr: "" })).toBe("truncated_output unknown");
  });
});

describe("when to come back", () => {
  const now = new Date(2026, 10, 22, 8, 54, 30).getTime();
  it.each([
    ["rate limit exceeded: Rate limit reached. Please try again in 1s.", 1000],
    ["rate limit exceeded: Please try again in 1m2.5s. Visit x", 62_500],
    ["rate limit exceeded: Please try again in 350ms.", 350],
    ["You’ve hit your usage limit. Upgrade or try again at 8:57 AM.", 210_000],
    ["You’ve hit your usage limit. Try again at Nov 23rd, 2026 8:54 AM.", 86_400_000 + 30_000],
    ["You’ve hit your usage limit. Try again at 8:50 AM.", undefined],
    ["You’ve hit your usage limit. Try again at Jan 7th, 2027 4:02 PM.", undefined],
    ["You’ve hit your usage limit. Try again at <time>.", undefined],
    ["exceeded retry limit, last status: 429 Too Many Requests", undefined],
  ])("%s", (message, ms) => {
    expect(codexRetryAfterMs(message, now)).toBe(ms);
  });
});

it.each([
  ["unexpected status 529 x", "overloaded"],
  ["unexpected status 402 Payment Required: x", "billing"],
  // codex prints the body of a 400 as it is.
  [
    '{\n  "error": {"message": "Invalid schema for response_format", "code": "invalid_json_schema"}\n}',
    "invalid_request",
  ],
  ['{"detail":"The model is not supported when using Codex with a ChatGPT account."}', "invalid_request"],
  ["{not JSON}", "job_failed"],
  ["stream disconnected before completion: Incomplete response returned, reason: content_filter", "refused"],
  [
    "stream disconnected before completion: Incomplete response returned, reason: max_output_tokens",
    "truncated_output",
  ],
  ["This content has been flagged for possible risk", "refused"],
  ["Your access token could not be refreshed because your refresh token was revoked.", "auth"],
  [
    '{\n  "error": {\n    "message": "Your input exceeds the context window of this model.",\n    "code": "context_length_exceeded"\n  }\n}',
    "invalid_request",
  ],
  ["A new error of a later version", "job_failed"],
])("%s is %s", (message, code) => {
  expect(codexErrorCode(message)).toBe(code);
});
