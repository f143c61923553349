import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AGENTS } from "../conformance/agents/agents.ts";
import { FAKE_VERSIONS } from "../conformance/agents/claude/genuine.ts";
import { compare } from "../conformance/compare.ts";
import { observe, type Seen } from "../conformance/observe.ts";
import { run } from "../helpers/run.ts";

const { claude } = AGENTS;
const OLD = "2.1.197";

// What the genuine 2.1.197 did: `conformance.mjs --version 2.1.197 --record FILE`, of which these conditions are kept.
const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/claude-2.1.197.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Seen>>;

describe(`the fake, asked for ${OLD}, does what the genuine one was seen to do`, () => {
  it.each(Object.entries(recorded))("%s", async (name, genuine) => {
    const condition = claude.conditions.find((candidate) => candidate.name === name)!;
    const seen = await observe(claude, { kind: "fake", file: claude.fake, version: OLD }, condition, []);
    expect(compare(genuine, seen)).toEqual([]);
  });
});

const fake = (args: readonly string[], version: string) =>
  run(claude.fake, args, {
    env: { FAKE_CLAUDE_MODE: "ok", FAKE_CLAUDE_VERSION: version, ANTHROPIC_API_KEY: "x" },
  });

it.each(FAKE_VERSIONS)("says that it is %s when it is asked for it", async (version) => {
  expect((await fake(["--version"], version)).stdout.toString()).toBe(`${version} (Claude Code) [fake]\n`);
});

it("refuses a version that it does not know, with the list", async () => {
  for (const args of [["--version"], ["-p", "x"]]) {
    const { exitCode, stderr } = await fake(args, "2.1.3");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `fake claude: FAKE_CLAUDE_VERSION has the unknown version '2.1.3'. Known are ${FAKE_VERSIONS.join(", ")}.\n`,
    });
  }
});

it("names the messages that it began to print when it is asked for 2.1.330", async () => {
  const args = ["-p", "x", "--output-format", "stream-json", "--verbose", "--include-partial-messages"];
  const printed = async (version: string) => {
    const { stdout } = await fake(args, version);
    return stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const events = await printed("2.1.330");
  const begun = events.flatMap(({ event }) => {
    const { type, message } = (event ?? {}) as {
      readonly type?: string;
      readonly message?: { readonly id: string };
    };
    return type === "message_start" && message ? [message.id] : [];
  });
  expect(begun).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: "result", begun_message_ids: begun });
  expect((await printed("2.1.329")).at(-1)).not.toHaveProperty("begun_message_ids");
});
