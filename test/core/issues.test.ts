import { expect, test } from "vitest";
import { z } from "zod";
import { CallError, defineCall, task, type StandardSchema } from "../../src/index.ts";

const SECRET = "alice@example.com";
const bare: StandardSchema = {
  "~standard": {
    version: 1,
    vendor: "bare",
    validate: () => ({ issues: [{ message: "no", path: ["rows", 2, SECRET] }] }),
  },
};

test.each([
  ["a record", z.record(z.string(), z.number()), { [SECRET]: "x" }, "1 issue, at [*]"],
  [
    "a record inside of an object inside of a list",
    z.object({ rows: z.array(z.object({ by: z.record(z.string(), z.number()) })) }),
    { rows: [{ by: {} }, { by: { [SECRET]: "x" } }] },
    "1 issue, at rows[1].by[*]",
  ],
  [
    "a schema without a JSON Schema",
    z.object({ at: z.date(), by: z.record(z.string(), z.number()) }),
    { at: 1, by: { [SECRET]: "x" } },
    "2 issues, at at, by[*]",
  ],
  ["a schema that declares nothing", bare, {}, "1 issue, at [*][2][*]"],
])("the keys of %s are data: in no message and no record", async (_, output: StandardSchema, value, told) => {
  const call = defineCall({
    name: "keys",
    callee: task(async (): Promise<unknown> => value),
    timeout: "10s",
    effects: "none",
    output,
  });
  const error = (await call.settle()) as CallError;
  expect(error.message).toContain(told);
  expect(error.message + JSON.stringify(error)).not.toContain(SECRET);
  // For the caller's own code they are there.
  expect(JSON.stringify((error as { issues?: unknown }).issues)).toContain(SECRET);
});
