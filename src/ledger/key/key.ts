import { LedgerError } from "../../database/errors.ts";
import { isBlank } from "../../core/blank.ts";
import { show } from "../../core/options.ts";
import { isHashOfNothing } from "../../core/hash-of-nothing.ts";

/** What a key can be made of. Numbers and their text give the same key: `42` and `"42"` name one thing. */
export type KeyPart = string | number | bigint | boolean | Date;

const LONGEST_KEY = 1024;
const SHOWN_OF_A_LONG_KEY = 160;

/** Texts that come from a value that was missing: `${post.id}` of a post without an id. */
const ACCIDENTS = new Set(["undefined", "null", "NaN", "[object Object]", "Invalid Date"]);

/**
 * Makes a key a person can read: parts joined by `/`, with `/`, `%`, `~` and control characters inside a part
 * percent-encoded, so that `["a", "b/c"]` and `["a/b", "c"]` differ. A key longer than 1024 characters becomes
 * its beginning, `~` and its SHA-256.
 *
 * @throws LedgerError `invalid_config` for a part that is blank, missing, not finite, or the hash of nothing.
 * @example keyFor("alpine-lodge", "2026-11-20T18:00") // "alpine-lodge/2026-11-20T18:00"
 */
export function keyFor(...parts: readonly KeyPart[]): string {
  if (parts.length === 0) throw invalid("A key needs at least one part.");
  const key = parts.map((part, index) => encodePart(part, `Part ${index + 1} of the key`)).join("/");
  if (key.length <= LONGEST_KEY) return key;
  // Loaded here and not above: node:crypto is a third of what loading all of hardcall costs, and few keys are so long.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(key).digest("hex");
  return `${key.slice(0, SHOWN_OF_A_LONG_KEY).toWellFormed()}~v1:sha256:${hash}`;
}

/**
 * Checks a key that was given whole and returns it unchanged.
 *
 * @throws LedgerError `invalid_config` for a key that is blank, longer than 1024 characters, the hash of nothing,
 * or holds control characters (an environment variable could not carry it).
 */
export function checkKey(key: string): string {
  if (typeof key !== "string") throw invalid(`A key must be text, not ${typeof key}.`);
  checkText(key, "The key");
  if (/\p{Cc}/u.test(key))
    throw invalid("The key contains a control character. Remove it (in code, keyFor() encodes it).");
  if (key.length > LONGEST_KEY) {
    throw invalid(
      `The key has ${key.length} characters; at most ${LONGEST_KEY} are allowed. Shorten it (in code, keyFor() does so safely).`,
    );
  }
  return key;
}

/** A key as callers give it: whole, or as parts. */
export function toKey(key: string | readonly KeyPart[]): string {
  if (typeof key === "string") return checkKey(key);
  if (Array.isArray(key)) return keyFor(...(key as readonly KeyPart[]));
  throw invalid(
    `The key is ${show(key)}; give a string or a list of parts. Without a key nothing keeps the call from happening twice.`,
  );
}

function encodePart(part: KeyPart, label: string): string {
  const text = partText(part, label);
  checkText(text, label);
  return text.replace(/[%/~\p{Cc}]/gu, (char) => (char === "~" ? "%7E" : encodeURIComponent(char)));
}

function partText(part: KeyPart, label: string): string {
  switch (typeof part) {
    case "string":
      return part;
    case "bigint":
    case "boolean":
      return String(part);
    case "number":
      if (!Number.isFinite(part)) throw invalid(`${label} is ${part}; use a finite number.`);
      if (Number.isInteger(part) && !Number.isSafeInteger(part)) {
        throw invalid(
          `${label} is a whole number above 2^53 and has lost digits; pass it as a string or a bigint.`,
        );
      }
      return String(part);
    default:
      if (part instanceof Date && !Number.isNaN(part.getTime())) return part.toISOString();
      throw invalid(
        `${label} is ${part === null ? "null" : describe(part)}; use a text, a number, true, false or a date.`,
      );
  }
}

/**
 * Refuses a text that would name what has no name: blank, a missing value written out, the hash of nothing.
 *
 * @throws LedgerError `invalid_config`
 */
export function checkText(text: string, label: string): void {
  if (isBlank(text)) throw invalid(`${label} is blank, so unrelated calls would share it.`);
  if (ACCIDENTS.has(text)) throw invalid(`${label} is "${text}", which is how a missing value prints.`);
  if (isHashOfNothing(text)) {
    throw invalid(`${label} is the hash of empty content, which every run that produced nothing shares.`);
  }
  // Stored as UTF-8, two different lone surrogates would become one and the same key.
  if (!text.isWellFormed()) throw invalid(`${label} is not well-formed Unicode.`);
}

function describe(part: unknown): string {
  return part instanceof Date ? "an invalid date" : typeof part === "object" ? "an object" : typeof part;
}

function invalid(message: string): LedgerError {
  return new LedgerError("invalid_config", message);
}
