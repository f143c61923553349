import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isObject } from "../../core/options.ts";

/**
 * A schema as codex must hand it on: it asks the API for strict mode, and strict mode takes only objects that are closed and have no
 * optional property (OpenAI's documentation, "Structured Outputs"; `strict: true` observed on 0.169.0).
 *
 * @returns the schema with its objects closed, or `undefined` where strict mode cannot say what the schema does
 */
export function strictSchema(schema: string): string | undefined {
  const root: unknown = JSON.parse(schema);
  if (!isObject(root) || root["type"] !== "object") return undefined;
  const closed = close(root);
  return closed === undefined ? undefined : JSON.stringify(closed);
}

const UNKNOWN_TO_STRICT: readonly string[] = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "prefixItems",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
];

type Schema = Readonly<Record<string, unknown>>;

function close(schema: unknown): Schema | undefined {
  if (!isObject(schema)) return undefined;
  if (UNKNOWN_TO_STRICT.some((word) => Object.hasOwn(schema, word))) return undefined;
  const isNamed = ["type", "enum", "const", "anyOf", "$ref"].some((word) => Object.hasOwn(schema, word));
  if (!isNamed) return undefined;
  const result: Record<string, unknown> = { ...schema };
  if (schema["type"] === "object") {
    const { properties, required, additionalProperties: more = false } = schema;
    if (!isObject(properties) || more !== false || !Array.isArray(required)) return undefined;
    if (Object.keys(properties).some((name) => !required.includes(name))) return undefined;
    result["additionalProperties"] = false;
  }
  for (const word of ["properties", "definitions", "$defs"]) {
    if (!Object.hasOwn(schema, word)) continue;
    const all = closeAll(Object.entries(schema[word] as Schema));
    if (all === undefined) return undefined;
    result[word] = Object.fromEntries(all);
  }
  if (Object.hasOwn(schema, "items") && (result["items"] = close(schema["items"])) === undefined)
    return undefined;
  if (Object.hasOwn(schema, "anyOf")) {
    const all = closeAll(Object.entries(schema["anyOf"] as readonly unknown[]));
    if (all === undefined) return undefined;
    result["anyOf"] = all.map(([, one]) => one);
  }
  return result;
}

function closeAll(entries: readonly (readonly [string, unknown])[]): [string, Schema][] | undefined {
  const closed = entries.map(([name, schema]) => [name, close(schema)] as const);
  return closed.every(([, schema]) => schema !== undefined) ? (closed as [string, Schema][]) : undefined;
}

/** A file of one run; a schema may tell of the data. `remove` never fails. */
export interface SchemaFile {
  readonly path: string;
  remove(): Promise<void>;
}

/** Writes a schema to a folder that only this user can read. */
export async function writeSchema(schema: string): Promise<SchemaFile> {
  const folder = await mkdtemp(path.join(tmpdir(), "hardcall-codex-"));
  // A folder of the system's for temporary files is emptied by the system: what stays behind is no failure of the call.
  const remove = () => rm(folder, { recursive: true, force: true }).catch(() => undefined);
  const file = path.join(folder, "schema.json");
  try {
    await writeFile(file, schema, { mode: 0o600 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path: file, remove };
}
