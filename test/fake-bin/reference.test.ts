import { describe, expect, test } from "vitest";
import {
  type FakeOptions,
  handlersInPlace,
  type Json,
  jsonLines,
  objectOf,
  OPEN,
  resultOf,
  runFake,
  startFake,
} from "./harness.ts";
import { flatShape, normalised, observed, reference, shape } from "./reference.ts";

/** Which mode stands for which observed behaviour of the API. */
const MODES: Record<string, FakeOptions> = {
  ok: { mode: "ok" },
  empty: { mode: "empty" },
  "429": { mode: "rate-limit" },
  "529": { mode: "overloaded" },
  "500": { mode: "server-error" },
  "400": { mode: "prompt-too-long" },
  credit: { mode: "credit" },
  "401": { mode: "auth" },
  "403": { mode: "forbidden" },
  "404": { mode: "model-not-found" },
  reset: { mode: "connection-reset" },
  recovered: { mode: "recovered" },
  maxtok: { mode: "max-tokens" },
  refusal: { mode: "refusal" },
  "not-logged-in": { mode: "not-logged-in", env: { ANTHROPIC_API_KEY: "" } },
  "max-turns": { mode: "max-turns" },
  "max-budget": { mode: "max-budget" },
  "json-schema-honoured": { mode: "ok", env: { FAKE_CLAUDE_STRUCTURED: '{"a":"b"}' } },
};

const options = (name: string): FakeOptions => {
  const { mode = "", env } = MODES[name.split("/")[0] ?? ""] ?? {};
  return { mode, env: { FAKE_CLAUDE_TEXT: "Hello from mock", ...env } };
};

const inFormat = (format: string) =>
  reference.filter(({ name }) => name.endsWith(`/${format}`) && (name.split("/")[0] ?? "") in MODES);

const kinds = (events: readonly Json[]) => events.map((event) => [event["type"], event["subtype"]]);

/** The types of the API events inside. */
const inner = (events: readonly Json[]) =>
  events.map(({ event }) => (event === undefined ? undefined : objectOf(event)["type"]));

const sameKeysAndTypes = (ours: Json, theirs: Json) => {
  const compare = ours["subtype"] === "init" ? flatShape : shape;
  expect(compare(ours)).toEqual(compare(theirs));
};

describe("text is what the real CLI printed", () => {
  test.each(inFormat("text"))("$name", async ({ name, args, exitCode, stdout, stderr }) => {
    const run = await runFake(args, options(name));
    expect(run.exitCode).toBe(exitCode);
    expect(normalised(run.stdout)).toBe(stdout);
    expect(run.stderr).toBe(stderr);
  });
});

describe("json has the keys, types and values of the real result", () => {
  test.each(inFormat("json"))("$name", async ({ name, args, exitCode, stdout, stderr }) => {
    const run = await runFake(args, options(name));
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toBe(stderr);
    const ours = resultOf(run.stdout);
    const theirs = resultOf(stdout);
    sameKeysAndTypes(ours, theirs);
    for (const key of [
      "subtype",
      "is_error",
      "stop_reason",
      "terminal_reason",
      "api_error_status",
      "num_turns",
    ]) {
      expect([key, ours[key]]).toEqual([key, theirs[key]]);
    }
    expect(normalised(String(ours["result"]))).toBe(String(theirs["result"]));
    expect(ours["errors"]).toEqual(theirs["errors"]);
    expect(ours["structured_output"]).toEqual(theirs["structured_output"]);
  });
});

describe("stream-json has the real sequence of events, with their keys and types", () => {
  test.each(inFormat("stream-json"))("$name", async ({ name, args, exitCode, stdout, stderr }) => {
    const run = await runFake(args, options(name));
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toBe(stderr);
    const ours = jsonLines(run.stdout);
    const theirs = jsonLines(stdout);
    expect(kinds(ours)).toEqual(kinds(theirs));
    for (const [index, event] of ours.entries()) sameKeysAndTypes(event, theirs[index]!);
    expect(run.stdout.endsWith("}\n")).toBe(true);
  });

  test("partial-messages", async () => {
    const { args, stdout } = observed("partial-messages");
    const run = await runFake(args, options("ok"));
    const ours = jsonLines(run.stdout);
    const theirs = jsonLines(stdout);
    expect(kinds(ours)).toEqual(kinds(theirs));
    expect(inner(ours)).toEqual(inner(theirs));
    for (const [index, event] of ours.entries()) sameKeysAndTypes(event, theirs[index]!);
  });

  test("blank text is asked for once more", async () => {
    const { args, stdout } = observed("ws/stream-json");
    const run = await runFake(args, { mode: "blank" });
    const ours = jsonLines(run.stdout);
    expect(kinds(ours)).toEqual(kinds(jsonLines(stdout)));
    expect(String(ours.at(-1)?.["result"]).replaceAll(/[\s\u200B\uFEFF]/g, "")).toBe("");
  });
});

describe("signals", () => {
  const cases = reference.filter(({ name }) => name.startsWith("hang-"));
  test.each(cases)("$name", async ({ args, signalSent, exitCode, stdout }) => {
    const fake = startFake(args, { mode: "hang", stdin: "" });
    // In text and json nothing is printed, so only /proc tells that the handlers are in place.
    if (args.includes("stream-json")) await fake.printed("\n");
    else await handlersInPlace(fake.pid);
    fake.child.kill(signalSent);
    const run = await fake.ended;
    expect([run.exitCode, run.signal]).toEqual([exitCode, null]);
    expect(kinds(jsonLines(run.stdout))).toEqual(kinds(jsonLines(stdout)));
  });
});

describe("the command line", () => {
  const NAMES = [
    "prompt-on-stdin",
    "no-prompt",
    "unknown-option",
    "bad-output-format",
    "stream-json-without-verbose",
    "bad-session-id",
    "resume-not-found",
    "bad-json-schema",
    "bad-permission-mode",
  ];
  test.each(NAMES.map(observed))("$name", async ({ args, stdin, exitCode, stdout, stderr }) => {
    const run = await runFake(args, { ...options("ok"), ...(stdin === undefined ? {} : { stdin }) });
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).toBe(stdout);
    expect(normalised(run.stderr).replace("00000000-0000-0000-0000-000000000000", "<uuid>")).toBe(stderr);
  });

  test("stdin-left-open", async () => {
    const { args, exitCode, stdout, stderr } = observed("stdin-left-open");
    const run = await runFake(args, { ...options("ok"), stdin: OPEN });
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([exitCode, stdout, stderr]);
  });

  test("session-id-echo", async () => {
    const { args, stdout } = observed("session-id-echo");
    const run = await runFake(args, options("ok"));
    expect(resultOf(run.stdout)["session_id"]).toBe(resultOf(stdout)["session_id"]);
  });
});
