import { createHash } from "node:crypto";
import { className, isPlain } from "./canonical.ts";
import { childPath, indexPath, type Path, showPath } from "./path.ts";

/** Whether the result itself is kept, or only its hash and size. */
export type StorePolicy = "value" | "hash";

/** Whether the ledger keeps the value of a success, and why not. */
export type StoredValue =
  /** No value was reported: the operation has not ended, a probe found its effect, or an operator resolved it. */
  | { readonly kept: "none" }
  /** The value itself, as JSON; no `json` means the value was `undefined`. */
  | {
      readonly kept: "value";
      readonly json?: string | undefined;
      readonly bytes: number;
      readonly sha256: string;
    }
  /** The caller asked for `store: "hash"`. */
  | { readonly kept: "hash"; readonly bytes: number; readonly sha256: string }
  /** The JSON was longer than the ledger's limit. */
  | { readonly kept: "too_large"; readonly bytes: number; readonly sha256: string }
  /** JSON would have changed it; `reason` says where and why. */
  | { readonly kept: "not_json"; readonly reason: string }
  /** It was kept once and its retention is over. */
  | { readonly kept: "pruned" };

/** 1 MiB: above it a ledger becomes a file store, and every replay a long synchronous read. */
export const DEFAULT_MAX_VALUE_BYTES = 1024 * 1024;

/**
 * What the ledger keeps of a result. Never throws: the effect has happened, and a result that cannot be kept
 * must not turn a success into a failure. The reason it was not kept is part of the answer.
 */
export function keepValue(value: unknown, store: StorePolicy, maxBytes: number): StoredValue {
  const trouble = jsonTrouble(value);
  if (trouble !== undefined) return { kept: "not_json", reason: trouble };
  const written = jsonOf(value);
  if ("reason" in written) return { kept: "not_json", reason: written.reason };
  const { json } = written;
  const bytes = Buffer.byteLength(json ?? "");
  const sha256 = createHash("sha256")
    .update(json ?? "")
    .digest("hex");
  if (store === "hash") return { kept: "hash", bytes, sha256 };
  if (bytes > maxBytes) return { kept: "too_large", bytes, sha256 };
  return { kept: "value", json, bytes, sha256 };
}

/** The value as JSON; or why it has none: it refers to itself, holds a bigint, a getter threw, or it is nested too deeply. Never throws. */
export function jsonOf(value: unknown): { readonly json: string | undefined } | { readonly reason: string } {
  try {
    return { json: JSON.stringify(value) };
  } catch (error) {
    return { reason: unreadable(error) };
  }
}

const unreadable = (error: unknown): string =>
  `value cannot be read: ${error instanceof Error ? error.name : typeof error}`;

/** The kept value, as the first caller received it. */
export function readValue(stored: StoredValue & { readonly kept: "value" }): unknown {
  return stored.json === undefined ? undefined : JSON.parse(stored.json);
}

/** Why JSON would change the value. Otherwise a replay could return a text for a date, a bug that is hard to find. */
function jsonTrouble(value: unknown): string | undefined {
  try {
    return find(value, { label: "value" }, new Set());
  } catch (error) {
    // A getter or a proxy of the caller's threw, or the value is nested too deeply to walk.
    return unreadable(error);
  }
}

function find(value: unknown, path: Path, above: Set<object>): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? undefined : `${showPath(path)} is ${value}`;
    case "bigint":
    case "function":
    case "symbol":
      return `${showPath(path)} is a ${typeof value}`;
    case "object":
      return value === null ? undefined : findInObject(value, path, above);
    default:
      return undefined;
  }
}

function findInObject(value: object, path: Path, above: Set<object>): string | undefined {
  if (above.has(value)) return `${showPath(path)} refers back to an object that contains it`;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlain(value)) return `${showPath(path)} is an instance of ${className(value)}`;
  above.add(value);
  const items: readonly unknown[] = isArray ? value : Object.values(value);
  const keys = isArray ? undefined : Object.keys(value);
  for (const [index, item] of items.entries()) {
    // In an array JSON writes null for undefined; a property that is undefined is only left out.
    const at = keys === undefined ? indexPath(path, index) : childPath(path, keys[index] ?? "");
    const trouble = isArray && item === undefined ? `${showPath(at)} is undefined` : find(item, at, above);
    if (trouble !== undefined) return trouble;
  }
  above.delete(value);
  return undefined;
}
