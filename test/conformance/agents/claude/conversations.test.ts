import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compare } from "../../compare.ts";
import { observe, type Seen } from "../../observe.ts";
import { claude } from "./claude.ts";
import { conversations } from "./conversations.ts";

// What the genuine 2.1.329 did: `conformance.mjs --agent claude --only control/ --record test/fixtures/claude-control.json`.
const recorded = JSON.parse(
  readFileSync(new URL("../../../fixtures/claude-control.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Seen>>;

const fake = { kind: "fake", file: claude.fake, version: claude.version } as const;

describe("the fake answers control requests as the genuine one was seen to do", () => {
  it("has a record of every conversation", () => {
    expect(Object.keys(recorded)).toEqual(conversations.map(({ name }) => name));
  });

  it.each(conversations)("$name", async (condition) => {
    const seen = await observe(claude, fake, condition, []);
    expect(compare(recorded[condition.name]!, seen)).toEqual([]);
  });
});
