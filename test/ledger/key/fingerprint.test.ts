import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../../src/ledger/key/canonical.ts";
import { differenceOf, fingerprintOfParts } from "../../../src/ledger/key/fingerprint.ts";

const BEFORE = { file: "backup", args: [] };
const one = fingerprintOfParts({ command: "backup", arguments: [], folder: "/a", stdin: "" }, BEFORE);

describe("two fingerprints in parts", () => {
  it.each([
    ["the same", { command: "backup", arguments: [], folder: "/a", stdin: "" }, undefined],
    ["another order", { stdin: "", folder: "/a", arguments: [], command: "backup" }, undefined],
    ["one part", { command: "backup", arguments: [], folder: "/b", stdin: "" }, ["folder"]],
    ["two parts", { command: "backup", arguments: ["x"], folder: "/a", stdin: "1" }, ["arguments", "stdin"]],
    ["a part more", { command: "backup", arguments: [], folder: "/a", stdin: "", model: "m" }, ["model"]],
    ["a part less", { command: "backup", arguments: [], folder: "/a" }, ["stdin"]],
    [
      "a part that is undefined is none",
      { command: "backup", arguments: [], folder: "/a", stdin: "", model: undefined },
      undefined,
    ],
  ])("%s", (_case, parts, expected) => {
    // What an old ledger would compare is the same throughout: between two in parts it does not count.
    expect(differenceOf(one, fingerprintOfParts(parts, BEFORE))).toEqual(expected);
    expect(differenceOf(fingerprintOfParts(parts, BEFORE), one)?.toSorted()).toEqual(expected?.toSorted());
  });
});

it("one of an old ledger is compared by what it was made of", () => {
  const old = fingerprintOf(BEFORE);
  expect(differenceOf(old, one)).toBeUndefined();
  expect(differenceOf(one, old)).toBeUndefined();
  expect(differenceOf(fingerprintOf({ file: "restore", args: [] }), one)).toEqual([]);
  expect(differenceOf(old, fingerprintOf({ file: "restore", args: [] }))).toEqual([]);
  expect(differenceOf(old, old)).toBeUndefined();
});

it.each(["v3:sha256:abc", "v2:sha256:{", ""])("%j, which cannot be read, equals no other", (odd) => {
  expect(differenceOf(odd, one)).toEqual([]);
  expect(differenceOf(odd, odd)).toBeUndefined();
});

it("says which part cannot have one", () => {
  const parts = { arguments: ["a", Number.NaN] };
  expect(() => fingerprintOfParts(parts, BEFORE)).toThrow("arguments[1] is NaN");
});
