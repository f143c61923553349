import { readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { defineResource } from "../../src/resources/define-resource.ts";
import { ROOT } from "../helpers/files.ts";

const SCHEMA = JSON.parse(readFileSync(path.join(ROOT, "resources.schema.json"), "utf8")) as {
  readonly $defs: { readonly resource: { readonly properties: Readonly<Record<string, SchemaNode>> } };
};
interface SchemaNode {
  readonly description?: string;
}

// Not strict about types beside `anyOf`: an editor is not, either.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
const fits = ajv.compile(SCHEMA);

function problemsOf(name: string, entry: object): readonly string[] {
  try {
    defineResource({ ...entry, name });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const shows = (name: string, entry: object): boolean => fits({ resources: { [name]: entry } });

const DURATIONS = ["90s", "10m", "1h30m", "1.5h", "250ms", " 2 h ", 1000, 2 ** 31 - 1];
const ZONES = ["UTC", "Europe/Berlin", "America/New_York"];

/** As JSON has it: without what is undefined. */
const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>, requiredKeys: string[] = []) =>
  fc.record(fields, { requiredKeys });
const duration = fc.constantFrom(...DURATIONS);
const day = fc.record(
  { per: fc.constant("day"), timeZone: fc.constantFrom(...ZONES) },
  { requiredKeys: ["per"] },
);
const window = fc.oneof(day, fc.record({ per: duration }));
const joined = (limit: fc.Arbitrary<object>) =>
  fc.tuple(limit, window).map((parts) => Object.assign({}, ...parts) as object);
const rate = joined(fc.record({ starts: fc.integer({ min: 1, max: 100_000 }) }));
const usd = fc.double({ min: 0.01, max: 100_000, noNaN: true });
const budget = joined(fc.record({ usd }));
const breaker = record({
  failures: fc.integer({ min: 1, max: 1000 }),
  cooldown: fc.constant("1m"),
  maxCooldown: fc.constant("2h"),
});
const limits = record({
  concurrency: fc.integer({ min: 1, max: 1000 }),
  rate,
  budget,
  circuitBreaker: fc.oneof(fc.boolean(), breaker),
}).filter(
  ({ circuitBreaker, ...others }) => Object.keys(others).length > 0 || (circuitBreaker ?? false) !== false,
);
const prices = record({ cost: usd, usdPerTiB: usd });

/** One of everything. */
const WHOLE = {
  concurrency: 3,
  rate: { starts: 50, per: "1h" },
  budget: { usd: 25, per: "day", timeZone: "Europe/Berlin" },
  circuitBreaker: { failures: 5, cooldown: "5m", maxCooldown: "1h" },
  cost: 0.5,
  usdPerTiB: 6.25,
};

/** `WHOLE` with another value at a place; `undefined` takes it out. */
function changed(place: string, value: unknown): object {
  const entry = structuredClone(WHOLE) as Record<string, unknown>;
  const names = place.split(".");
  const last = names.pop() ?? "";
  const target = names.reduce((inside, name) => inside[name] as Record<string, unknown>, entry);
  if (value === undefined) delete target[last];
  else target[last] = value;
  return entry;
}

const COUNTS = ["concurrency", "rate.starts", "circuitBreaker.failures"];
const AMOUNTS = ["budget.usd", "cost", "usdPerTiB"];
const TIMES = ["rate.per", "budget.per", "circuitBreaker.cooldown", "circuitBreaker.maxCooldown"];
const WRONG: readonly (readonly [string, unknown])[] = [
  ...COUNTS.flatMap((place) => [0, -1, 1.5, "3", null, true, [], {}].map((value) => [place, value] as const)),
  ...AMOUNTS.flatMap((place) => [0, -1, "3", null, true, [], {}].map((value) => [place, value] as const)),
  ...TIMES.flatMap((place) =>
    ["", "soon", "10x", "-1h", 0, -1, 2 ** 31, null, true].map((value) => [place, value] as const),
  ),
  ...["rate", "budget"].flatMap((place) => [3, null, [], {}, "50/h"].map((value) => [place, value] as const)),
  ...[3, null, [], "on"].map((value) => ["circuitBreaker", value] as const),
  ...["", 3, null].map((value) => ["budget.timeZone", value] as const),
  ...["strange", "rate.strange", "budget.strange", "circuitBreaker.strange"].map(
    (place) => [place, 1] as const,
  ),
  ...["rate.starts", "rate.per", "budget.usd", "budget.per"].map((place) => [place, undefined] as const),
  ["concurrency", 1001],
  ["circuitBreaker.cooldown", "day"],
];

describe("resources.schema.json takes what defineResource takes", () => {
  test("one of everything", () => {
    expect([shows("anthropic", WHOLE), problemsOf("anthropic", WHOLE)]).toEqual([true, []]);
  });

  test("whatever is right", () => {
    fc.assert(
      fc.property(limits, prices, (limit, price) => {
        const entry = { ...limit, ...price };
        expect(problemsOf("anthropic", entry)).toEqual([]);
        expect(shows("anthropic", entry)).toBe(true);
      }),
    );
  });

  test.each(WRONG)("and refuses what it refuses: %s is %j", (place, value) => {
    const entry = changed(place, value);
    expect(problemsOf("anthropic", entry)).not.toEqual([]);
    expect(shows("anthropic", entry)).toBe(false);
  });

  test.each([{}, { cost: 1 }, { circuitBreaker: false }])("and refuses %j, which limits nothing", (entry) => {
    expect(problemsOf("anthropic", entry)).not.toEqual([]);
    expect(shows("anthropic", entry)).toBe(false);
  });

  test.each(["Anthropic", "a_b", "-a", "a--b", "", "a".repeat(65)])("and refuses the name %j", (name) => {
    expect(problemsOf(name, { concurrency: 1 })).not.toEqual([]);
    expect(shows(name, { concurrency: 1 })).toBe(false);
  });

  // No pattern tells them; hardcall does when it reads the file.
  test.each([
    ["rate.per", "0s"],
    ["budget.timeZone", "Europe/Atlantis"],
    ["budget.per", "1d"],
  ])("but not that %s cannot be %j", (place, value) => {
    expect(problemsOf("anthropic", changed(place, value))).not.toEqual([]);
    expect(shows("anthropic", changed(place, value))).toBe(true);
  });
});

test("resources.schema.json has every option of defineResource, and tells what each is for", () => {
  const said = problemsOf("anthropic", { strange: 1, concurrency: 1 }).join();
  const [, options = ""] = /the options are ([\w, ]+)/.exec(said) ?? [];
  const { properties } = SCHEMA.$defs.resource;
  expect(["name", ...Object.keys(properties)].toSorted()).toEqual(options.split(", ").toSorted());
  expect(Object.values(properties).filter(({ description }) => !description?.endsWith("."))).toEqual([]);
});
