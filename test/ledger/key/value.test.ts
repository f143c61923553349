import { assert, jsonValue, property } from "fast-check";
import { expect, it } from "vitest";
import { keepValue, readValue } from "../../../src/ledger/key/value.ts";

const MAX = 1000;

it("any JSON value comes back as it was", () => {
  assert(
    property(jsonValue(), (value) => {
      const stored = keepValue(value, "value", Number.MAX_SAFE_INTEGER);
      expect(stored.kept === "value" && readValue(stored)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it("undefined comes back as undefined", () => {
  const stored = keepValue(undefined, "value", MAX);
  expect(stored.kept === "value" && readValue(stored)).toBeUndefined();
});

it("a property that is undefined is left out, which no reader of it can tell", () => {
  expect(keepValue({ a: undefined }, "value", MAX)).toMatchObject({ kept: "value", json: "{}" });
});

it("the limit is in bytes and includes the limit itself", () => {
  expect(keepValue("é".repeat(499), "value", MAX)).toMatchObject({ kept: "value", bytes: 1000 });
  expect(keepValue("é".repeat(500), "value", MAX)).toMatchObject({ kept: "too_large", bytes: 1002 });
});

it("with the hash alone nothing of the value is kept", () => {
  const stored = keepValue({ secret: "hunter2" }, "hash", MAX);
  expect(Object.keys(stored).toSorted()).toEqual(["bytes", "kept", "sha256"]);
});

const cycle: unknown[] = [];
cycle.push({ cycle });

it.each([
  [new Map(), "value is an instance of Map"],
  [{ rows: [{ at: new Date(0) }] }, "value.rows[0].at is an instance of Date"],
  [12n, "value is a bigint"],
  [[undefined], "value[0] is undefined"],
  [{ a: Infinity }, "value.a is Infinity"],
  [cycle, "value[0].cycle refers back to an object that contains it"],
  [
    {
      get secret(): never {
        throw new RangeError("no");
      },
    },
    "value cannot be read: RangeError",
  ],
])("case %#: what JSON would change is not kept, and says why", (value, reason) => {
  expect(keepValue(value, "value", MAX)).toEqual({ kept: "not_json", reason });
});

it("at no depth does it throw, and what JSON.stringify can still write is kept", () => {
  const kinds = new Set<string>();
  let value: unknown = [];
  for (let level = 1; level <= 20_000; level++) {
    value = [value];
    if (level % 250 === 0) kinds.add(keepValue(value, "hash", MAX).kept);
  }
  expect([...kinds]).toEqual(["hash", "not_json"]);
});
