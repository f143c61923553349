import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { conversations } from "./conversations.ts";
import { DEFAULT_VERSION } from "./genuine.ts";
import { observe, type Seen } from "./observe.ts";

// What the genuine 2.1.329 did: `conformance.mjs --only control/ --record test/fixtures/claude-control.json`.
const recorded = JSON.parse(
  readFileSync(new URL("../fixtures/claude-control.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Seen>>;

const file = fileURLToPath(new URL("../../fake-bin/claude", import.meta.url));

describe("the fake answers control requests as the genuine one was seen to do", () => {
  it("has a record of every conversation", () => {
    expect(Object.keys(recorded)).toEqual(conversations.map(({ name }) => name));
  });

  it.each(conversations)("$name", async (condition) => {
    const seen = await observe({ kind: "fake", file, version: DEFAULT_VERSION }, condition, []);
    expect(compare(recorded[condition.name]!, seen)).toEqual([]);
  });
});
