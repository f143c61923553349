import { fingerprintOf } from "./canonical.ts";
import { LedgerError } from "../../database/errors.ts";

/** Named parts of an input. A part that is `undefined` is left out. */
export type FingerprintParts = Readonly<Record<string, unknown>>;

const IN_PARTS = "v2:sha256:";
const WHOLE = "v1:sha256:";
/** Under this name the parts hold the hash that ledgers had before there were parts. */
const FORMER = "v1";

/**
 * A fingerprint in parts, each hashed by itself, so that a conflict names the part that differs.
 *
 * @param former what made the fingerprint before there were parts: rows of old ledgers are compared by it
 * @returns `v2:sha256:` and a JSON object with 64 hex digits per part
 * @throws LedgerError `invalid_config` naming the path of what cannot be part of a fingerprint.
 */
export function fingerprintOfParts(parts: FingerprintParts, former: unknown): string {
  const hashes: Record<string, string> = {};
  for (const [name, value] of Object.entries(parts)) {
    if (name === FORMER) throw new LedgerError("invalid_config", `"${FORMER}" cannot be the name of a part.`);
    if (value !== undefined) hashes[name] = hashOf(value, name);
  }
  return `${IN_PARTS}${JSON.stringify({ ...hashes, [FORMER]: hashOf(former) })}`;
}

/**
 * What keeps two fingerprints from being of the same input.
 *
 * @returns `undefined` when they are of the same input as far as both can tell; else the names of the parts that differ, none
 * when one of them has no parts
 */
export function differenceOf(one: string, other: string): readonly string[] | undefined {
  if (one === other) return undefined;
  const [left, right] = [read(one), read(other)];
  if (left === undefined || right === undefined) return [];
  // An old row knows nothing of the folder or the handed-on stdin: what it knows is compared.
  if (isWhole(left) || isWhole(right)) return left[FORMER] === right[FORMER] ? undefined : [];
  const names = new Set([...Object.keys(right), ...Object.keys(left)]);
  names.delete(FORMER);
  const differing = [...names].filter((name) => left[name] !== right[name]);
  return differing.length === 0 ? undefined : differing;
}

type Hashes = Readonly<Record<string, string>>;

function read(fingerprint: string): Hashes | undefined {
  if (fingerprint.startsWith(WHOLE)) return { [FORMER]: fingerprint.slice(WHOLE.length) };
  if (!fingerprint.startsWith(IN_PARTS)) return undefined;
  try {
    return JSON.parse(fingerprint.slice(IN_PARTS.length)) as Hashes;
  } catch {
    // Damaged: it equals no other.
    return undefined;
  }
}

const isWhole = (hashes: Hashes) => Object.keys(hashes).every((name) => name === FORMER);

const hashOf = (value: unknown, label?: string) => fingerprintOf(value, label).slice(WHOLE.length);
