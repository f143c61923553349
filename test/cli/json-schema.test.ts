import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, test } from "vitest";
import { issuePath } from "../../src/core/standard-schema.ts";
import { jsonSchema } from "../../src/cli/json-schema.ts";
import { tempFolder } from "../helpers/files.ts";
import { hardcall } from "../helpers/run.ts";

async function issuesOf(schema: Record<string, unknown>, value: unknown): Promise<string[]> {
  const { "~standard": standard } = await jsonSchema(schema);
  const checked = await standard.validate(value);
  return (checked.issues ?? []).map((issue) => `${issuePath(issue)}: ${issue.message}`);
}

describe("a JSON Schema is checked in full", () => {
  const DRAFT_7 = "http://json-schema.org/draft-07/schema#";
  test.each<[Record<string, unknown>, unknown]>([
    [{ type: "object", required: ["a"] }, {}],
    [{ required: ["a"] }, {}],
    [{ properties: { a: { type: "string" } }, required: ["a"] }, {}],
    [{ type: "object", required: ["toString"] }, {}],
    [{ type: "array", minItems: 3 }, [1, 1]],
    [{ type: "array", uniqueItems: true }, [1, 1]],
    [{ minLength: 3 }, "ab"],
    [{ minimum: 3 }, 2],
    [{ enum: ["abc", "b"], minLength: 3 }, "b"],
    [{ allOf: [{ required: ["a"] }] }, {}],
    [{ anyOf: [{ required: ["a"] }, { required: ["b"] }] }, {}],
    [{ $ref: "#/$defs/text", minLength: 3, $defs: { text: { type: "string" } } }, "ab"],
    [{ $ref: "#/definitions/text", definitions: { text: { type: "string", minLength: 3 } } }, "ab"],
    [{ properties: { x: { type: "string" }, y: { $ref: "#/properties/x" } } }, { y: 1 }],
    [{ $schema: DRAFT_7, dependencies: { a: ["b"] } }, { a: 1 }],
    [{ dependencies: { a: ["b"] } }, { a: 1 }],
    [{ items: [{ type: "string" }], additionalItems: false }, ["a", 1]],
    [{ $schema: "http://json-schema.org/draft-06/schema#", const: 1 }, 2],
    [{ $schema: "https://json-schema.org/draft/2019-09/schema", dependentRequired: { a: ["b"] } }, { a: 1 }],
    [{ type: "string", format: "date" }, "2026-02-30"],
    [{ type: "string", format: "regex" }, "("],
    [{ if: { required: ["a"] }, else: { required: ["b"] } }, {}],
    [{ unevaluatedProperties: false, properties: { a: {} } }, { b: 1 }],
    [{ not: {} }, 1],
  ])("%j does not fit %j", async (schema, value) => {
    expect(await issuesOf(schema, value)).not.toEqual([]);
  });
});

it("names the place, a missing property included", async () => {
  const schema = { properties: { a: { type: "array", items: { required: ["b/c"] } } } };
  expect(await issuesOf(schema, { a: [{ "b/c": 1 }, {}] })).toEqual([
    "a[1].b/c: must have required property 'b/c'",
  ]);
});

test.each([
  [{ type: "object", requried: ["a"] }, 'unknown keyword: "requried"'],
  [{ type: "string", format: "isbn" }, 'unknown format "isbn"'],
  [{ type: "strng" }, "type"],
  [{ $ref: "#/$defs/nowhere" }, "can't resolve reference"],
  [{ $schema: "http://json-schema.org/draft-04/schema#" }, "draft-04"],
])("what cannot be checked is refused: %j", async (schema, why) => {
  await expect(jsonSchema(schema)).rejects.toThrow(why);
});

test("a pattern that would compute for years is stopped when the call's time is over", async () => {
  const file = path.join(tempFolder(), "schema.json");
  writeFileSync(file, JSON.stringify({ type: "string", pattern: "^(a+)+$" }));
  const args = ["run", "--timeout", "2s", "--schema", file, "--", "echo", `"${"a".repeat(60)}!"`];
  const end = await hardcall(args);
  expect(end).toMatchObject({ exitCode: 65 });
  expect(end.stderr).toContain("could not be validated: the schema took longer than ");
  expect(end.ms).toBeLessThan(10_000);
});
