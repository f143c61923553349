import { access, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../../../src/callees/agent/json-schema.ts";
import { strictSchema, writeSchema } from "../../../src/callees/codex/schema.ts";

const strict = (schema: z.ZodType) => {
  const text = strictSchema(jsonSchemaOf(schema)!);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
};

describe("a schema in strict mode", () => {
  it("has every object closed, in lists, unions and definitions too", () => {
    const Node = z.object({
      name: z.string().min(1),
      kind: z.enum(["a", "b"]),
      get children() {
        return z.array(Node);
      },
    });
    const schema = z.object({
      post: z.object({ title: z.string() }),
      tags: z.array(z.object({ tag: z.string().nullable() })),
      either: z.union([z.object({ a: z.number() }), z.null()]),
      tree: Node,
    });
    const text = JSON.stringify(strict(schema));
    expect(text.match(/"type":"object"/g)).toHaveLength(5);
    expect(text.match(/"additionalProperties":false/g)).toHaveLength(5);
  });

  it("keeps what else the schema says", () => {
    expect(strict(z.object({ a: z.string().min(2).describe("a name") }))).toEqual({
      type: "object",
      properties: { a: { type: "string", minLength: 2, description: "a name" } },
      required: ["a"],
      additionalProperties: false,
    });
  });

  it.each([
    ["an optional property", z.object({ a: z.string().optional() })],
    ["a property with a default", z.object({ a: z.string().default("x") })],
    ["an optional property inside", z.object({ list: z.array(z.object({ a: z.string().optional() })) })],
    ["any keys", z.object({ scores: z.record(z.string(), z.number()) })],
    ["other properties", z.looseObject({ a: z.string() })],
    ["anything", z.object({ a: z.unknown() })],
    ["a list of fixed places", z.object({ pair: z.tuple([z.string(), z.number()]) })],
    ["a list at the top", z.array(z.string())],
    ["a union at the top", z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
  ])("cannot say: %s", (_, schema) => {
    expect(strict(schema)).toBeUndefined();
  });
});

it("lies in a folder of its own that only its user reads, and is removed", async () => {
  const file = await writeSchema("{}");
  expect(await readFile(file.path, "utf8")).toBe("{}");
  if (process.platform !== "win32") {
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file.path))).mode & 0o777).toBe(0o700);
  }
  await file.remove();
  await expect(access(path.dirname(file.path))).rejects.toThrow("ENOENT");
  await file.remove();
});
