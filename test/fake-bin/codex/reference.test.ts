import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OPEN, temporaryFolder, type FakeOptions } from "../harness.ts";
import { codexHome, startCodex, USUAL_CONFIG } from "./harness.ts";
import { normalised, reference, type Observed } from "./reference.ts";

/** The mode that stands for what the server did. */
const MODE_OF_API: Readonly<Record<string, string>> = {
  "one turn with two assistant messages": "two-messages",
  "a reasoning item with a summary, then one message": "reasoning",
  "one message item with empty text, response.completed": "empty",
  "response.created and response.completed, no item at all": "no-message",
  "one message of blanks and a newline": "blank",
  "text deltas and response.completed, but no response.output_item.done": "no-message",
  "one message, then response.incomplete with reason max_output_tokens": "max-tokens",
  "one message, then response.incomplete with reason content_filter": "content-filter",
  'response.failed, code rate_limit_exceeded, "try again in 1s"': "rate-limit-wait",
  "response.failed, code context_length_exceeded": "context",
  "response.failed, code insufficient_quota": "quota",
  "response.failed, code invalid_prompt": "invalid-request",
  "response.failed, code cyber_policy": "policy",
  'one message, then an "error" event, stream closed': "stream-broken",
  "401 code invalid_api_key": "auth",
  "403 unsupported country": "forbidden",
  "403 with an HTML page (proxy, Cloudflare)": "forbidden-html",
  "404 code model_not_found": "model-not-found",
  "413 too large": "too-large",
  "429, retry-after 1": "rate-limit-retried",
  "429 insufficient_quota": "quota",
  "429 usage_limit_reached, resets_in_seconds 7200, plan plus": "usage-limit",
  "429 usage_not_included": "usage-not-included",
  "500 server_error": "server-error",
  "502 with an HTML page": "bad-gateway",
  "503 server_is_overloaded": "overloaded",
  "503 slow_down": "slow-down",
  "response.created, then the stream ends": "stream-closed",
  "text deltas, then the stream ends": "stream-closed",
  "one event that is not JSON, then one message and response.completed": "ok",
  "200 with an HTML page": "stream-closed",
  "200 with a plain JSON response object instead of events": "stream-closed",
  "connection reset before any answer": "connection-reset",
  "partial text, then connection reset": "stream-reset",
  "partial text, then silence": "hang-midstream",
  "partial text, then an SSE comment (keep-alive) every 0.5 s for ever": "hang-midstream",
  "500, then ok": "ok",
  "partial text and reset, then ok": "recovered",
  "one finished message without response.completed, then ok": "reconnecting",
  "no server": "waits-for-network",
  "accepts the request and never answers": "hang",
  "first turn calls exec_command twice, second turn answers ok": "two-tools",
  "first turn calls exec_command with toolCommand, then 500 for ever": "tools-then-error",
  '200, one message "Hello from mock", response.completed': "ok",
  'one message {"a":"b"}': "ok",
  "one message of prose": "schema-ignored",
  "429 rate_limit_exceeded, no retry-after": "rate-limit",
  "one finished message, then the stream ends without response.completed": "stream-broken",
  "a web_search_call item, then one message": "web-search",
  "200, one message, response.completed, but the connection stays open": "ok",
  "200, ok": "ok",
  "one delta every 0.5 s for ever": "drip",
  'one message whose only part is {"type":"refusal"}': "refusal",
  "400 invalid_request_error, code context_length_exceeded": "context",
};

/** Where the tool, the settings or the home decide, and not the server. */
const MODE_OF_RUN: Readonly<Record<string, string>> = {
  "tool-ok": "tools",
  "tool-fails": "tool-failed",
  "tool-escalation-asked": "permission-denied",
  "tool-approval-on-request-escalation": "permission-denied",
  "tool-rule-forbidden": "rule-forbidden",
  "tool-approval-untrusted": "ok",
  "patch-ok": "patch",
  "patch-denied": "patch-denied",
  "mcp-tool-echo": "mcp-tool",
  "mcp-tool-change": "mcp-denied",
  "no-key": "no-key",
  "empty-key": "no-key",
  "mcp-server-required-missing": "mcp-required",
  "unresolvable-host": "waits-for-network",
  "resume-unknown-name": "new-thread",
};

/** What no mode is for, each with a reason. */
const NOT_MADE: readonly (readonly [RegExp, string])[] = [
  [/^(?:version|exec-version|exec-help|help)$/, "the fake says that it is one"],
  [/^builtin-provider-|^not-logged-in\//, "the gateway of the observed run spoke no WebSocket"],
  [/^chatgpt-(?!not)/, "lines of the log about servers that could not be reached"],
  [/^launcher-/, "the launcher of npm is not imitated"],
  [/^stdout-/, "where stdout goes is a test of its own: processes.test.ts"],
  [/^output-big-slow-reader/, "the reference has the length of it only"],
  [/^(?:prompt-argument-too-large|prompt-large-argument)/, "the reference has the prompt's size only"],
  [/^(?:stdin-not-utf8|prompt-too-large-stdin)/, "the reference describes the prompt: refusals.test.ts"],
  [/^resume-(?:ok|500)/, "the thread of an earlier run: sessions.test.ts"],
  [/^codex-home-under-tmpdir/, "every home of the tests is below it, and the fake does not warn"],
  [/^tool-(?!ok|fails|esc|approval|rule|then)/, "no mode has this tool"],
  [/^(?:mcp-tool-fail|patch-(?!ok|denied\/))/, "no mode has this end of a tool"],
  [
    /^(?:failed-server|incomplete-max-partial|malformed|429-retry-after,ok)\//,
    "as other modes, in other words",
  ],
  [/^review-bad|^hang-SIGPIPE/, "as another run"],
  [/^schema-not-an-object/, "the model of the fake heeds the schema"],
  [/^long-midhang/, "after 300 s"],
];

const plainName = (name: string) => name.replace(/\/(?:text|json)$/, "");
const reasonNotMade = ({ name }: Observed) => NOT_MADE.find(([pattern]) => pattern.test(name))?.[1];
const made = reference.filter((run) => reasonNotMade(run) === undefined);

const modeOf = ({ name, api }: Observed): string => {
  const mode = MODE_OF_RUN[plainName(name)] ?? MODE_OF_API[api];
  if (mode === undefined) throw new Error(`no mode for ${name}: ${api}`);
  return mode;
};

const withoutNulls = (env: Observed["env"] = {}) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== null)) as Record<string, string>;

function prepare(run: Observed) {
  const home = codexHome((run.config ?? USUAL_CONFIG).replaceAll("<gateway>", "gateway.test:8080"));
  const cwd = temporaryFolder();
  const folders = { "<home>": home, "<cwd>": cwd };
  const real = (text: string) =>
    Object.entries(folders)
      .reduce((found, [name, folder]) => found.replaceAll(name, folder), text)
      .replaceAll("<gateway>", "gateway.test:8080");
  if (run.name.startsWith("inside-git")) mkdirSync(join(cwd, ".git"));
  for (const [path, text] of Object.entries(run.files ?? {})) {
    if (path.startsWith("<cwd>")) writeFileSync(real(path), text);
  }
  const options: FakeOptions = {
    mode: modeOf(run),
    cwd,
    env: {
      HOME: home,
      MOCK_API_KEY: "dummy",
      FAKE_CODEX_TEXT: modeOf(run) === "two-messages" ? "second message" : "Hello from mock",
      FAKE_CODEX_DELAY_MS: "200",
      ...(run.api.includes('{"a":"b"}') ? { FAKE_CODEX_STRUCTURED: '{"a":"b"}' } : {}),
      ...Object.fromEntries(
        Object.entries(withoutNulls(run.env)).map(([name, value]) => [name, real(value)]),
      ),
    },
    ...(run.stdin === undefined ? {} : { stdin: run.stdin }),
    ...(run.stdinLeftOpen === true ? { stdin: OPEN } : {}),
  };
  return { folders, options, args: run.args.map(real), real };
}

/** The end of what is printed before the run is ended from outside: the beginning of its last line. */
const untilTheEnd = (text: string) => {
  const before = text.replace("turn interrupted\n", "").trimEnd();
  const line = before.split("\n").at(-1)?.slice(0, 20) ?? "";
  return { line, times: before.split(line).length - 1 };
};

test("every run is made by a mode, or says why not", () => {
  expect(reference).toHaveLength(273);
  expect(made).toHaveLength(197);
  expect(() => made.map((run) => modeOf(run))).not.toThrow();
});

test.each(made.map((run) => [run.name, run] as const))("%s", async (_, run) => {
  const { args, options, folders, real } = prepare(run);
  const started = startCodex(args, options);
  const sent = run.signalSent ?? (run.killedByUsAfterSeconds === undefined ? undefined : "SIGKILL");
  if (sent !== undefined) {
    const stream = run.stdout === "" ? started.child.stderr! : started.child.stdout!;
    await printedOn(stream, untilTheEnd(run.stdout === "" ? run.stderr : run.stdout));
    started.child.kill(sent);
  }
  const { exitCode, signal, stdout, stderr } = await started.ended;
  // The server's text named another model than the one that was asked for.
  const clean = (text: string) =>
    normalised(text, folders).replaceAll("The model `gpt-5.5`", "The model `nope`");
  expect({ exitCode, signal }).toEqual({ exitCode: run.exitCode, signal: run.signal });
  expect(clean(stdout)).toBe(run.stdout);
  expect(clean(stderr)).toBe(run.stderr);
  for (const [path, text] of Object.entries(run.filesAfter ?? {})) {
    if (path.endsWith("last.txt") && text !== null) expect(readFileSync(real(path), "utf8")).toBe(text);
  }
});

/** Resolves when a stream has had this text so many times. The output is collected elsewhere too. */
async function printedOn(
  stream: NodeJS.ReadableStream,
  { line, times }: ReturnType<typeof untilTheEnd>,
): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    stream.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.split(line).length > times) resolve();
    });
    stream.once("end", () => reject(new Error(`it never printed ${line}`)));
  });
}
