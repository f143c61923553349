import { describe, expect, it } from "vitest";
import { StderrLog } from "../../../src/callees/codex/stderr-log.ts";

const AT = "2026-11-22T08:51:01.092253Z ";
const STARTS = `${AT} INFO codex_otel.trace_safe: event.name="codex.conversation_starts" provider_name=mock sandbox_policy=read-only mcp_servers="" model=gpt-5.5 slug=gpt-5.5\n`;
const DELTA = `${AT}TRACE codex_app_server::outgoing_message: app-server event: item/agentMessage/delta targeted_connections=1\n`;
const WAITS = `${AT}TRACE codex_app_server::outgoing_message: app-server event: error targeted_connections=1\n`;
const piece = (kind: string) =>
  `${AT} INFO codex_otel.log_only: event.name="codex.sse_event" event.kind=${kind} duration_ms=100 app.version=0.169.0 model=gpt-5.5\n`;
const CALLED = `${AT} INFO codex_otel.trace_safe: event.name="codex.tool_call_received" turn_id="x" tool_name="exec_command"\n`;
const ANSWERED = `${AT} INFO codex_otel.trace_safe: event.name="codex.sse_event" event.kind=response.completed input_token_count=10 output_token_count=5 cached_token_count=4 cache_write_token_count=0 reasoning_token_count=2 tool_token_count=15\n`;
const REFUSED = `${AT}ERROR codex_core::tools::router: error=patch rejected: writing outside of the project; rejected by user approval settings\n`;
const MINE = "WARNING: this is for people\n";

function read(...chunks: readonly string[]) {
  const log = new StderrLog();
  const seen = chunks.map((chunk) => log.take(Buffer.from(chunk)));
  const shown = Buffer.concat([...seen.map((one) => one.shown), log.end()]).toString("utf8");
  return { log, shown, alive: seen.map((one) => one.isSignOfLife) };
}

describe("codex's log on stderr", () => {
  it("is left out of what people see", () => {
    const { shown } = read(STARTS + MINE, DELTA, REFUSED, CALLED + MINE.trimEnd());
    expect(shown).toBe(MINE + REFUSED + MINE.trimEnd());
  });

  it("tells of tools, of the model and of the tokens of this run", () => {
    const { log } = read(STARTS + CALLED + ANSWERED, CALLED + ANSWERED);
    expect(log).toMatchObject({
      works: true,
      toolCalls: 2,
      model: "gpt-5.5",
      tokens: {
        input_tokens: 20,
        cached_input_tokens: 8,
        cache_write_input_tokens: 0,
        output_tokens: 10,
        reasoning_output_tokens: 4,
      },
    });
  });

  it("shows that the model writes, and not that codex waits", () => {
    expect(read(STARTS, DELTA, WAITS, MINE, WAITS + DELTA).alive).toEqual([false, true, false, false, true]);
  });

  it.each(["function_call_arguments", "custom_tool_call_input"])(
    "shows that the model writes a tool call (%s), which no event tells",
    (kind) => {
      const { alive, shown } = read(STARTS, piece(`response.${kind}.delta`), piece("response.completed"));
      expect({ alive, shown }).toEqual({ alive: [false, true, false], shown: "" });
    },
  );

  it("counts no token twice: two lines tell of the end of an answer", () => {
    const { log } = read(STARTS, ANSWERED, ANSWERED.replace("trace_safe", "log_only"));
    expect(log.tokens).toMatchObject({ input_tokens: 10 });
  });

  it("is read also where a chunk ends within a line or a character", () => {
    const all = Buffer.from(`${STARTS}größer\n${CALLED}${DELTA}`);
    const log = new StderrLog();
    const shown = [...all].map((byte) => log.take(Buffer.from([byte])).shown);
    expect(Buffer.concat([...shown, log.end()]).toString("utf8")).toBe("größer\n");
    expect(log).toMatchObject({ works: true, toolCalls: 1 });
  });

  it("is nothing that a text for people only quotes", () => {
    const quoted = `the log says: ${STARTS}`;
    const { log, shown } = read(quoted);
    expect(shown).toBe(quoted);
    expect(log.works).toBe(false);
  });

  it("keeps no line that never ends", () => {
    const { shown, log } = read("2".repeat(100_000), "3\n", MINE);
    expect(shown).toHaveLength(100_000 + 2 + MINE.length);
    expect(log.head.length).toBeLessThanOrEqual(8192);
  });

  it("passes a prompt for a password on at once", () => {
    const log = new StderrLog();
    expect(log.take(Buffer.from("Password: ")).shown.toString()).toBe("Password: ");
  });
});

describe("a refused tool", () => {
  it.each([
    [
      "patch rejected: writing is blocked by read-only sandbox; rejected by user approval settings",
      "apply_patch",
    ],
    ["approval policy is Never; reject command — you cannot ask for escalated permissions", "exec_command"],
    [
      'exec_command failed: CreateProcess { message: "Rejected(\\"`rm` rejected: no rm here\\")" }',
      "exec_command",
    ],
  ])("%s", (error, tool) => {
    const { log } = read(`${AT}ERROR codex_core::tools::router: error=${error}\n`);
    expect(log.denials).toEqual([{ tool_name: tool }]);
  });

  it.each([
    "unsupported call: no_such_tool",
    "request_user_input is unavailable in Default mode",
    "apply_patch verification failed: Failed to read file to update /x: No such file or directory",
    'exec_command failed: CreateProcess { message: "No such file or directory" }',
  ])("is not a tool that fails: %s", (error) => {
    const { log } = read(`${AT}ERROR codex_core::tools::router: error=${error}\n`);
    expect(log.denials).toEqual([]);
  });

  it("a thousand are enough", () => {
    expect(read(REFUSED.repeat(3000)).log.denials).toHaveLength(1000);
  });
});
