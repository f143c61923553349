import { describe, expect, test } from "vitest";
import * as z from "zod";
import { jsonLines, resultOf, runFake } from "./harness.ts";

const answerTo = async (schema: unknown, env: Record<string, string> = {}) => {
  const args = ["-p", "x", "--output-format", "json", "--json-schema", JSON.stringify(schema)];
  const run = await runFake(args, { mode: "ok", env });
  expect(run).toMatchObject({ exitCode: 0, stderr: "" });
  const result = resultOf(run.stdout);
  expect(result["result"]).toBe(JSON.stringify(result["structured_output"]));
  return result["structured_output"];
};

const category: z.ZodType = z.object({
  name: z.string(),
  get children() {
    return z.array(category);
  },
});

// Each schema judges the value made from it.
const SCHEMAS: Record<string, z.ZodType> = {
  draft: z.object({ title: z.string().min(1), body: z.string().min(200) }),
  nested: z.object({
    post: z.object({ tags: z.array(z.string().min(3)).min(3), author: z.object({ age: z.int() }) }),
  }),
  choices: z.object({ kind: z.enum(["reel", "story"]), version: z.literal(2), flag: z.boolean() }),
  numbers: z.object({
    a: z.number().min(7),
    b: z.int().gt(10).lt(13),
    c: z.number().max(-3),
    d: z.number().multipleOf(5),
  }),
  nullable: z.object({ a: z.string().nullable(), b: z.number().nullish(), c: z.null() }),
  union: z.union([z.object({ type: z.literal("a"), n: z.number() }), z.string()]),
  formats: z.object({
    day: z.iso.date(),
    at: z.iso.datetime(),
    id: z.uuid(),
    mail: z.email(),
    link: z.url(),
  }),
  bounded: z.object({ short: z.string().min(2).max(5), list: z.array(z.int()).min(2).max(2) }),
  tuple: z.tuple([z.string(), z.number(), z.boolean()]),
  record: z.record(z.string(), z.number()),
  recursive: category,
  intersection: z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
  defaulted: z.object({ lang: z.string().default("en") }),
};

describe("--json-schema is honoured from the schema itself", () => {
  test.each(Object.entries(SCHEMAS))("%s", async (_, schema) => {
    const value = await answerTo(z.toJSONSchema(schema));
    expect(schema.safeParse(value)).toMatchObject({ success: true });
  });

  test("$ref, oneOf, allOf and a list of types", async () => {
    const value = await answerTo({
      $defs: {
        name: { type: "string", const: "Ada" },
        base: { type: "object", properties: { x: { type: "integer" } } },
      },
      type: "object",
      required: ["who", "what", "either", "maybe"],
      properties: {
        who: { $ref: "#/$defs/name" },
        what: { allOf: [{ $ref: "#/$defs/base" }, { properties: { y: { type: "boolean" } } }] },
        either: { oneOf: [{ type: "null" }, { type: "array", minItems: 2, items: { type: "integer" } }] },
        maybe: { type: ["null", "string"] },
      },
    });
    const maybe = expect.any(String);
    expect(value).toMatchObject({ who: "Ada", what: { x: 1, y: true }, either: [1, 1], maybe });
  });

  test("unless FAKE_CLAUDE_STRUCTURED says what to give", async () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    expect(await answerTo(schema, { FAKE_CLAUDE_STRUCTURED: '{"a":"exactly"}' })).toEqual({ a: "exactly" });
  });

  test("which has to be JSON", async () => {
    const args = ["-p", "x", "--json-schema", "{}"];
    const run = await runFake(args, { mode: "ok", env: { FAKE_CLAUDE_STRUCTURED: "{a" } });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^fake claude: FAKE_CLAUDE_STRUCTURED is not valid JSON: /);
  });

  test("with the events of the StructuredOutput tool", async () => {
    const args = ["-p", "x", "--output-format", "stream-json", "--verbose", "--include-partial-messages"];
    const run = await runFake([...args, "--json-schema", '{"type":"object"}'], { mode: "ok" });
    const events = jsonLines(run.stdout);
    expect(events[0]?.["tools"]).toContain("StructuredOutput");
    const deltas = events.filter((event) => JSON.stringify(event).includes("input_json_delta"));
    expect(deltas).toHaveLength(1);
    expect(resultOf(run.stdout)).toMatchObject({
      stop_reason: "tool_use",
      num_turns: 2,
      structured_output: {},
    });
  });
});
