import { runInNewContext } from "node:vm";
import { anything, assert, clone, dictionary, property, string } from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { canonicalize, fingerprintOf } from "../../../src/ledger/key/canonical.ts";

class Client {
  readonly token = "t";
}

describe("canonical text", () => {
  it.each<[string, unknown, string]>([
    ["keys in order", { b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    ["text", 'a"\u2028\ud83d', '"a\\"\u2028\\ud83d"'],
    ["minus zero", [-0, 0], "[0,0]"],
    ["numbers", [1e21, 0.1, -5], "[1e+21,0.1,-5]"],
    ["undefined", { a: undefined }, '{"a":undefined}'],
    ["a bigint", 12n, "12n"],
    ["a date", new Date(0), 'Date("1970-01-01T00:00:00.000Z")'],
    ["a URL", new URL("https://example.com/a b"), 'URL("https://example.com/a%20b")'],
    [
      "a map",
      new Map([
        ["b", 1],
        ["a", 2],
      ]),
      'Map("a"=>2,"b"=>1)',
    ],
    ["a set", new Set([2, 1]), "Set(1,2)"],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [
      "an object of another realm",
      runInNewContext("({ a: [new Date(0)] })"),
      '{"a":[Date("1970-01-01T00:00:00.000Z")]}',
    ],
    ["a key named __proto__", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])("of %s", (_case, value, expected) => {
    expect(canonicalize(value)).toBe(expected);
  });

  it("tells apart what JSON does not", () => {
    const bytes = new Uint8Array([1, 2]);
    const values: unknown[] = [
      undefined,
      null,
      "",
      "null",
      "undefined",
      0,
      "0",
      0n,
      false,
      [],
      {},
      { a: undefined },
      { a: null },
      { a: "" },
      [undefined],
      [null],
      new Date(0),
      new Date(0).toISOString(),
      new Map(),
      new Set(),
      bytes,
      new Uint16Array([1, 2]),
      new Uint8Array([2, 1]),
      [1, 2],
      bytes.buffer,
      new DataView(bytes.buffer),
      { 0: 1, 1: 2 },
      new URL("https://a.b/"),
      "https://a.b/",
      "12n",
      12n,
      'Date("1970-01-01T00:00:00.000Z")',
      [[1], 2],
      [[1, 2]],
    ];
    expect(new Set(values.map((value) => canonicalize(value))).size).toBe(values.length);
  });

  it("of a Buffer is that of its bytes", () => {
    const buffer = Buffer.from("--hello").subarray(2);
    expect(canonicalize(buffer)).toBe(canonicalize(new TextEncoder().encode("hello")));
    expect(canonicalize(buffer)).toMatch(/^Uint8Array\(5,sha256:[0-9a-f]{64}\)$/);
  });

  it("of one value used twice is written twice", () => {
    const shared = { a: 1 };
    expect(canonicalize([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });

  it("is the same exactly for values that are equal", () => {
    const values = anything({ withDate: true, withBigInt: true, withNullPrototype: false, maxDepth: 3 });
    assert(
      property(values, values, (one, other) => {
        const [first, second] = [attempt(one), attempt(other)];
        return (
          first === undefined ||
          second === undefined ||
          (first === second) === isDeepStrictEqual(zero(one), zero(other))
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same for a copy", () => {
    const values = anything({
      withDate: true,
      withBigInt: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    assert(property(clone(values, 2), ([one, copy]) => attempt(one) === attempt(copy)));
  });

  it("does not depend on the order of keys", () => {
    assert(
      property(dictionary(string(), string()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        expect(canonicalize(turned)).toBe(canonicalize(object));
      }),
    );
  });
});

describe("refused with its path is", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = [cycle];
  it.each<[string, unknown, string]>([
    [
      "NaN",
      { items: [0, 1, { price: Number.NaN }] },
      "input.items[2].price is NaN: only finite numbers have one meaning, so hardcall cannot compute a fingerprint of the input.",
    ],
    ["infinity", [-Infinity], "input[0] is -Infinity"],
    ["a function", { "on done": () => {} }, 'input["on done"] is a function'],
    ["a symbol", { a: Symbol("s") }, "input.a is a symbol"],
    ["a symbol as a name", { a: { [Symbol("s")]: 1 } }, "input.a has a property named by a symbol"],
    ["a cycle", cycle, "input.self[0] refers back to an object that contains it"],
    // oxlint-disable-next-line no-sparse-arrays -- it is what is tested
    ["a hole", [1, , 2], "input[1] is a hole in a sparse array"],
    ["an array with names", Object.assign([1], { index: 0 }), "input is an array with named properties"],
    ["an invalid date", { at: new Date("never") }, "input.at is an invalid date"],
    ["a promise", { body: Promise.resolve(1) }, "input.body is a promise; await it first"],
    [
      "an instance of a class",
      { client: new Client() },
      "input.client is an instance of Client; pass its plain data instead",
    ],
    ["an error", new Error("x"), "input is an instance of Error"],
    ["a deep nest", nest(501), "is nested deeper than 500 levels"],
  ])("%s", (_case, value, message) => {
    expect(() => canonicalize(value)).toThrow(message);
  });

  it("a value named by the caller", () => {
    expect(() => fingerprintOf([Number.NaN], "post")).toThrow("post[0] is NaN");
  });
});

it("a fingerprint carries its algorithm", () => {
  expect(fingerprintOf({ a: 1 })).toBe(
    "v1:sha256:015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
  );
});

function attempt(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined; // Refused; what is refused is tested above.
  }
}

/** `isDeepStrictEqual` tells -0 from 0, canonical text does not. */
function zero(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(zero);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, zero(item)]));
}

function nest(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}
