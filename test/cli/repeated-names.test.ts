import * as fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedNames } from "../../src/cli/repeated-names.ts";

test.each([
  ["nothing", "{}", []],
  ["a list and words", '[1, "a", "a", null]', []],
  ["the same name in two objects", '{"a":{"x":1},"b":{"x":2}}', []],
  ["the same name in the objects of a list", '[{"x":1},{"x":2}]', []],
  ["a name twice", '{"resources":{"a":1},"resources":{}}', ["resources"]],
  ["a name twice, deeper", '{"resources":{"a":{"rate":1},"b":{},"a":{}}}', ["resources.a"]],
  ["a name three times", '{"a":1,"a":2,"a":3}', ["a"]],
  ["a name twice inside a list", '{"list":[0,{"x":1,"y":[],"x":2}]}', ["list.1.x"]],
  ["a name that is written in two ways", '{"a":1,"\\u0061":2}', ["a"]],
  ["signs and names inside strings", '{"a":"{\\"a\\":[,:","b":"\\\\","c":"a"}', []],
  ["a byte order mark", '\uFEFF{"a":1,"a":2}', ["a"]],
])("%s", (_, text, places) => {
  expect(repeatedNames(text)).toEqual(places);
});

test("finds nothing in what JSON.stringify wrote", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(repeatedNames(JSON.stringify(value, null, 1))).toEqual([]);
    }),
  );
});
