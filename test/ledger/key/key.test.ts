import { createHash } from "node:crypto";
import { array, assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { isBlank } from "../../../src/core/blank.ts";
import { isHashOfNothing } from "../../../src/core/hash-of-nothing.ts";
import { checkKey, keyFor, type KeyPart, toKey } from "../../../src/ledger/key/key.ts";

const ALGORITHMS = ["md5", "sha1", "sha256", "sha384", "sha512"];

describe("keyFor", () => {
  it.each<[readonly KeyPart[], string]>([
    [["lodge", "2026-11-20"], "lodge/2026-11-20"],
    [["a", "b/c"], "a/b%2Fc"],
    [["a/b", "c"], "a%2Fb/c"],
    [["100%", "~x", "a\nb"], "100%25/%7Ex/a%0Ab"],
    [[7, -0, 12n, true], "7/0/12/true"],
    [["at", new Date(0)], "at/1970-01-01T00:00:00.000Z"],
    [["Zürich 🏔"], "Zürich 🏔"],
  ])("joins parts, case %#", (parts, expected) => {
    expect(keyFor(...parts)).toBe(expected);
  });

  it("gives different keys to different parts", () => {
    const part = string({ unit: "grapheme", minLength: 1, maxLength: 6 }).map((text) => `x${text}`);
    const parts = array(part, { minLength: 1, maxLength: 4 });
    assert(
      property(parts, parts, (one, other) => {
        expect(keyFor(...one) === keyFor(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it("shortens a long key to its beginning and its hash", () => {
    const [one, other] = ["a", "b"].map((end) => keyFor("post", "y".repeat(2000) + end));
    expect(one).toMatch(/^post\/y{155}~v1:sha256:[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
    expect(checkKey(one ?? "")).toBe(one);
  });

  it.each<[string, readonly unknown[], string]>([
    ["no parts", [], "A key needs at least one part."],
    ["an empty part", ["a", ""], "Part 2 of the key is blank, so unrelated calls would share it."],
    ["spaces", ["\t \u00a0"], "Part 1 of the key is blank"],
    ["invisible characters", ["\u200b\ufeff\u2800"], "Part 1 of the key is blank"],
    ["undefined", [undefined], "Part 1 of the key is undefined"],
    ["null", ["a", null], "Part 2 of the key is null"],
    ["an object", [{ id: 1 }], "Part 1 of the key is an object"],
    ["NaN", [Number.NaN], "Part 1 of the key is NaN; use a finite number."],
    ["an id that lost digits", [2 ** 60], "above 2^53 and has lost digits"],
    ["an invalid date", [new Date("never")], "Part 1 of the key is an invalid date"],
    ["the text of a missing value", ["undefined"], 'Part 1 of the key is "undefined"'],
    ["the text of an object", ["[object Object]"], "which is how a missing value prints"],
    ["half a character", ["\ud83d"], "not well-formed Unicode"],
  ])("refuses %s", (_case, parts, message) => {
    // Callers in JavaScript pass what they have.
    expect(() => Reflect.apply(keyFor, undefined, parts)).toThrow(message);
  });
});

describe("the hash of nothing", () => {
  const hashes = ["", "\n"].flatMap((content) =>
    ALGORITHMS.map((algorithm) => createHash(algorithm).update(content).digest()),
  );

  it.each(hashes.map((hash) => [hash.toString("hex"), hash] as const))(
    "%s is refused in every form",
    (hex, hash) => {
      const forms = [
        hex,
        hex.toUpperCase(),
        `sha256:${hex}`,
        `draft-${hex}`,
        hex.slice(0, 12),
        hash.toString("base64"),
      ];
      expect(forms.filter((form) => !isHashOfNothing(form))).toEqual([]);
      expect(() => keyFor("draft", hex)).toThrow("Part 2 of the key is the hash of empty content");
      expect(() => checkKey(`draft/${hex}`)).toThrow("The key is the hash of empty content");
    },
  );

  it("is not every hash, and not every short word", () => {
    const real = createHash("sha256").update("a post").digest("hex");
    expect(
      [real, "e3b0", "d41d8cd", "da39a3ee5e6b4b0d3255bfef95601890afd80708"].filter(isHashOfNothing),
    ).toEqual([]);
  });
});

describe("a whole key", () => {
  it("is taken as it is, and means the same as its parts", () => {
    expect(toKey("lodge/2026-11-20")).toBe(toKey(["lodge", "2026-11-20"]));
  });

  it.each([
    ["", "blank"],
    ["a\nb", "control character"],
    ["x".repeat(1025), "has 1025 characters; at most 1024 are allowed"],
    ["null", '"null"'],
  ])("%j is refused", (key, message) => {
    expect(() => checkKey(key)).toThrow(message);
  });
});

it("blank is what a person cannot see", () => {
  expect(["", " ", "\r\n", "\u3164", "\u200d\u2060"].filter((text) => !isBlank(text))).toEqual([]);
  expect(["0", ".", "é", "🏔"].filter(isBlank)).toEqual([]);
});
