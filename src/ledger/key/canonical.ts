import { createHash } from "node:crypto";
import { types } from "node:util";
import { LedgerError } from "../../database/errors.ts";
import { childPath, indexPath, type Path, showPath } from "./path.ts";

const DEEPEST = 500;

/**
 * The fingerprint of an input: equal inputs (up to the order of keys) share it, different ones do not.
 *
 * @returns `v1:sha256:` and 64 hex digits. The tag changes with the algorithm, so old rows stay readable.
 * @throws LedgerError `invalid_config` naming the path of what cannot be part of a fingerprint.
 */
export function fingerprintOf(value: unknown, label = "input"): string {
  return `v1:sha256:${createHash("sha256").update(canonicalize(value, label)).digest("hex")}`;
}

/**
 * One text per value. JSON, but typed: a missing property, `undefined`, `null` and `""` differ, as do `1` and
 * `1n`, a date and its text, bytes and their text, a Map and an object. Keys of objects and Maps and members of
 * Sets are sorted. `-0` is `0`, since `===` says so and JSON cannot carry it; a Buffer is the bytes of a
 * Uint8Array.
 *
 * Refused, with the path: NaN, Infinity, functions, symbols, cycles, holes in arrays, invalid dates and
 * instances of classes, whose state may be private.
 */
export function canonicalize(value: unknown, label = "input"): string {
  return write(value, { label }, new Set());
}

function write(value: unknown, path: Path, above: Set<object>): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "number":
      if (!Number.isFinite(value)) throw refused(path, `is ${value}: only finite numbers have one meaning`);
      return value === 0 ? "0" : String(value);
    case "function":
      throw refused(path, "is a function");
    case "symbol":
      throw refused(path, "is a symbol");
    default:
      return writeObject(value, path, above);
  }
}

function writeObject(value: object, path: Path, above: Set<object>): string {
  if (above.has(value)) throw refused(path, "refers back to an object that contains it");
  if (above.size >= DEEPEST) throw refused(path, `is nested deeper than ${DEEPEST} levels`);
  above.add(value);
  try {
    return writeLeaf(value, path) ?? writeCollection(value, path, above);
  } finally {
    above.delete(value);
  }
}

function writeLeaf(value: object, path: Path): string | undefined {
  if (types.isDate(value)) {
    if (Number.isNaN(value.getTime())) throw refused(path, "is an invalid date");
    return `Date("${value.toISOString()}")`;
  }
  if (value instanceof URL) return `URL(${JSON.stringify(value.href)})`;
  if (ArrayBuffer.isView(value)) {
    return bytes(tagOf(value), new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (types.isAnyArrayBuffer(value)) return bytes(tagOf(value), new Uint8Array(value));
  return undefined;
}

function writeCollection(value: object, path: Path, above: Set<object>): string {
  if (Array.isArray(value)) return writeArray(value, path, above);
  if (types.isMap(value)) {
    const entries = [...value].map(([key, item], index) => {
      const at = indexPath(path, index);
      return `${write(key, at, above)}=>${write(item, at, above)}`;
    });
    return `Map(${entries.toSorted().join(",")})`;
  }
  if (types.isSet(value)) {
    const members = [...value].map((member, index) => write(member, indexPath(path, index), above));
    return `Set(${members.toSorted().join(",")})`;
  }
  if (types.isPromise(value)) throw refused(path, "is a promise; await it first");
  if (!isPlain(value))
    throw refused(path, `is an instance of ${className(value)}; pass its plain data instead`);
  if (enumerableSymbols(value)) throw refused(path, "has a property named by a symbol");
  const properties = Object.entries(value)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${write(item, childPath(path, key), above)}`);
  return `{${properties.join(",")}}`;
}

function writeArray(array: readonly unknown[], path: Path, above: Set<object>): string {
  const items: string[] = [];
  for (let index = 0; index < array.length; index++) {
    const at = indexPath(path, index);
    if (!Object.hasOwn(array, index)) throw refused(at, "is a hole in a sparse array");
    items.push(write(array[index], at, above));
  }
  if (Object.keys(array).length !== array.length) throw refused(path, "is an array with named properties");
  return `[${items.join(",")}]`;
}

/** Plain objects of any realm, and those without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  if (typeof prototype !== "object") return false;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

export function className(value: object): string {
  const { constructor } = value;
  return (typeof constructor === "function" && constructor.name) || "an unnamed class";
}

function enumerableSymbols(value: object): boolean {
  return Object.getOwnPropertySymbols(value).some((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
}

/** The length is part of the text so that a person reading it can see what was hashed. */
function bytes(tag: string, data: Uint8Array): string {
  return `${tag}(${data.byteLength},sha256:${createHash("sha256").update(data).digest("hex")})`;
}

/** `Uint8Array` for a Buffer, whose own class is Node's. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function refused(path: Path, why: string): LedgerError {
  return new LedgerError(
    "invalid_config",
    `${showPath(path)} ${why}, so hardcall cannot compute a fingerprint of the input.`,
  );
}
