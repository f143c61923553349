import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { AGENTS } from "./agents/agents.ts";
import { changesBetween, eventOf, inCommon, isSeen, newsIn, type Change } from "./changes.ts";
import { shortened, table, writeBetweenMarkers } from "./markdown.ts";
import { readPrinted } from "./normalise.ts";
import { streamsOf } from "./observe.ts";
import { versionsMarkdown } from "./versions-markdown.ts";
import { formatVersions } from "./versions-table.ts";

const { claude } = AGENTS;
const HERE = { home: "/tmp/h", cwd: "/tmp/h/work", gateway: "http://127.0.0.1:4711", version: "2.1.329" };

function seen(events: readonly object[] | string, exit = "0", stderr = "") {
  const stdout =
    typeof events === "string" ? events : events.map((event) => JSON.stringify(event)).join("\n");
  const printed = readPrinted(stdout, HERE, claude.rules);
  return { exit, streams: streamsOf({ stdout, stderr }), stdout: printed, stderr };
}

const INIT = { type: "system", subtype: "init", model: "a" };
const RESULT = { type: "result", subtype: "success", is_error: false };
const named = (changes: readonly Change[]) =>
  changes.map(({ aspect, path: at, from, to }) => [aspect, at, from, to]);

describe("changesBetween", () => {
  it("finds nothing in what is the same", () => {
    expect(changesBetween(seen([INIT, RESULT]), seen([INIT, RESULT]))).toEqual([]);
  });

  it("says of an event that it is new or gone, and compares the others", () => {
    const status = { type: "system", subtype: "status" };
    const older = seen([INIT, RESULT]);
    const newer = seen([INIT, status, { ...RESULT, is_error: true }]);
    expect(named(changesBetween(older, newer))).toEqual([
      ["fields", "result.is_error", false, true],
      ["events", "system/status", undefined, "printed"],
    ]);
    expect(named(changesBetween(newer, older)).at(-1)).toEqual([
      "events",
      "system/status",
      "printed",
      undefined,
    ]);
  });

  it("says what became of the exit code, the stream, and the form", () => {
    expect(named(changesBetween(seen("no\n", "1"), seen([RESULT], "0", "no\n")))).toEqual([
      ["exit", "exit", "1", "0"],
      ["stream", "stream", "stdout", "stdout+stderr"],
      ["text", "stderr", "", "no\n"],
      ["events", "form", "text", "value"],
    ]);
  });

  it.each([
    ["abc", "abc", 3],
    ["abcd", "xbd", 2],
    ["", "a", 0],
    ["aab", "aba", 2],
  ])("%s and %s have %s in common", (a, b, expected) => {
    const pairs = inCommon(a.split(""), b.split(""));
    expect(pairs.map(([n]) => a[n])).toEqual(pairs.map(([, m]) => b[m]));
    expect(pairs).toHaveLength(expected);
  });
});

const change = (aspect: Change["aspect"], at: string, from: unknown = 1, to: unknown = 2): Change => ({
  aspect,
  path: at,
  from,
  to,
});

it.each([
  [change("exit", "exit"), true],
  [change("stream", "stream"), true],
  [change("events", "form"), true],
  [change("fields", "result.subtype"), true],
  [change("fields", "result.permission_denials.0.tool_name"), true],
  [change("fields", "result.subtypes"), false],
  [change("events", "result"), true],
  [change("events", "system/status"), false],
  [change("text", "stderr"), false],
])("a caller sees %o: %s", (made, expected) => {
  expect(isSeen(claude, made)).toBe(expected);
});

it("a change is no news from the version on that an accepted difference names", () => {
  const accepted = [
    { condition: "ok/*", path: "result.new", since: "1.10", reason: "because" },
    { condition: "*", path: "result.always", reason: "because" },
  ];
  const steps = [
    [change("fields", "result.new")],
    [change("fields", "result.new"), change("fields", "result.always")],
  ];
  const news = (name: string, ...versions: string[]) =>
    newsIn({ name, steps }, accepted, versions).map(({ path: at }) => at);
  expect(news("ok/json", "1.9", "1.10", "1.11")).toEqual(["result.new", "result.always"]);
  expect(news("ok/json", "1.8", "1.9", "1.10")).toEqual(["result.new", "result.always"]);
  expect(news("fail", "1.9", "1.10", "1.11")).toEqual(["result.new", "result.new", "result.always"]);
});

describe("the tables", () => {
  const versions = ["1.9", "1.10"];
  const rows = [
    { name: "ok/json", steps: [[{ ...change("fields", "result.new"), from: undefined }]] },
    { name: "ok/text", steps: [[]] },
    { name: "fail/text", steps: [[change("exit", "exit", "0", "1"), change("text", "stderr", "a", "b")]] },
    { name: "fail/json", steps: [[change("exit", "exit", "0", "1")]] },
  ];

  it("have a line for each condition in the terminal", () => {
    expect(rows.map((row) => formatVersions(versions, row).replaceAll(/ +/g, " "))).toEqual([
      "ok/json 1.10: 1 fields",
      "ok/text 1.10: same",
      "fail/text 1.10: exit 0 → 1, 1 text",
      "fail/json 1.10: exit 0 → 1",
    ]);
  });

  it("have in Markdown the exit codes and what hardcall reads by change, and the rest by event", () => {
    const more = {
      name: "y",
      steps: [[change("fields", "result.subtype"), change("events", "system/x", undefined)]],
    };
    const text = versionsMarkdown(claude, versions, [...rows, more]);
    expect(text).toContain("1.9, 1.10 in 5 conditions. Nothing changed in 1. In 3 a caller sees a change");
    expect(text).toContain("| 1.10 | exit `0` → `1` | `fail/{text,json}` |");
    expect(text).toContain("| 1.10 | `result.subtype` `1` → `2` | `y` |");
    expect(text).toContain("| 1.10 | `result`: new `new` | `ok/json` |");
    expect(text).toContain("| 1.10 | event `system/x` `1` → `2` | `y` |");
    expect(text).toContain('| 1.10 | `stderr` `"a"` → `"b"` | `fail/text` |');
  });

  it.each([
    ["result.usage.speed", "result"],
    ["system/init.model", "system/init"],
    ["thread.started.thread_id", "thread.started"],
    ["item.completed/agent_message.item.text", "item.completed/agent_message"],
    ["turn.failed", "turn.failed"],
  ])("take %s as of the event %s", (at, event) => {
    expect(eventOf(at)).toBe(event);
  });

  it("escape what ends a cell, and shorten names", () => {
    expect(table(["a"], [["b|c"]])).toBe("| a |\n| --- |\n| b\\|c |");
    expect(shortened(["ok/text", "ok/json", "x", "y/a/b", "z"])).toBe("`ok/{text,json}`, `x`, `z`, `y/a/b`");
    expect(shortened(["ok/text", "no/text", "ok/json", "no/json"])).toBe("`{ok,no}/{text,json}`");
  });

  it("go between the markers of a page, and nowhere else", async () => {
    const file = path.join(tempFolder(), "page.md");
    const section = (name: string, inner: string) =>
      `<!-- conformance: ${name} -->\n\n${inner}\n\n<!-- end -->\n`;
    const kept = (inner: string) =>
      `<!-- prettier-ignore-start -->\n\n${inner}\n\n<!-- prettier-ignore-end -->`;
    writeFileSync(file, `# A\n\n${section("a", "Old.")}\n${section("b", "B.")}`);
    await writeBetweenMarkers(file, "a", "New.");
    await writeBetweenMarkers(file, "a", "Newer.");
    expect(readFileSync(file, "utf8")).toBe(`# A\n\n${section("a", kept("Newer."))}\n${section("b", "B.")}`);
    await expect(writeBetweenMarkers(file, "c", "New.")).rejects.toThrow("has no markers");
    const other = path.join(tempFolder(), "new.md");
    await writeBetweenMarkers(other, "c", "New.");
    expect(readFileSync(other, "utf8")).toBe(section("c", kept("New.")));
  });
});

it("the command compares no version with itself", async () => {
  const script = path.join(ROOT, "test/conformance/conformance.mjs");
  const ended = await run(process.execPath, [script, "--versions", `fake,${claude.version}`]);
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ended.stdout.toString()).toBe(
    `claude ${claude.version} is the only version: there is nothing to compare\n`,
  );
});

it.each([
  [["--agent", "cursor"], "there is no agent 'cursor', only claude, codex, gemini"],
  [["--only", "nosuch"], "no condition has 'nosuch' in its name"],
  [["--agents", "codex"], "Unknown option '--agents'"],
])("the command refuses %j", async (args, message) => {
  const script = path.join(ROOT, "test/conformance/conformance.mjs");
  const ended = await run(process.execPath, [script, ...args]);
  // Exit code 1 would mean that the versions differ.
  expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) as string });
  expect(ended.stderr).not.toContain("    at ");
});
