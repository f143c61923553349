import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

/** How deep a schema is looked into for its names; a recursive one has no end. */
const DEEPEST = 40;

/**
 * Where a value does not fit, without what a schema's own message may quote of it. The keys of a record are data, such as an
 * address: a name is shown only where the schema itself declares it, as JSON Schema or as zod's shape. Any other is `[*]`.
 */
export function describeIssues(issues: readonly SchemaIssue[], schema: StandardSchema): string {
  const paths = issuePlaces(issues, schema);
  const shown = paths.slice(0, 5).join(", ");
  return `${issues.length} ${issues.length === 1 ? "issue" : "issues"}, at ${shown}${paths.length > 5 ? " and more" : ""}`;
}

/** Where the issues are, each place once, as `describeIssues` shows them. */
export function issuePlaces(issues: readonly SchemaIssue[], schema: StandardSchema): readonly string[] {
  const names = declaredNames(schema);
  return [...new Set(issues.map((issue) => safePath(issue, names) || "the whole"))];
}

function safePath({ path = [] }: SchemaIssue, names: ReadonlySet<PropertyKey>): string {
  let shown = "";
  for (const part of path) {
    const key = typeof part === "object" ? part.key : part;
    if (typeof key === "number") shown += `[${key}]`;
    else if (names.has(key)) shown += shown === "" ? String(key) : `.${String(key)}`;
    else shown += "[*]";
  }
  return shown;
}

function declaredNames(schema: StandardSchema): ReadonlySet<PropertyKey> {
  const names = new Set<PropertyKey>();
  try {
    collect(schema["~standard"].jsonSchema?.input({ target: "draft-2020-12" }), names, new Set(), 0);
  } catch {
    // The schema has no JSON Schema, for example because of a date; zod's own shape may have the names.
  }
  try {
    collect(zodDefinition(schema), names, new Set(), 0);
  } catch {
    // A schema that cannot be read declares no names.
  }
  return names;
}

/** The names under `properties` (JSON Schema) and `shape` (zod), however deep. */
function collect(node: unknown, names: Set<PropertyKey>, seen: Set<unknown>, depth: number): void {
  if (typeof node !== "object" || node === null || seen.has(node) || depth > DEEPEST) return;
  seen.add(node);
  const definition = zodDefinition(node);
  if (definition !== undefined) return collect(definition, names, seen, depth + 1);
  for (const [field, value] of Object.entries(node)) {
    const declares =
      (field === "properties" || field === "shape") && typeof value === "object" && value !== null;
    if (declares) for (const name of Object.keys(value as object)) names.add(name);
    collect(value, names, seen, depth + 1);
  }
}

function zodDefinition(schema: object): unknown {
  const { _zod: internals } = schema as { readonly _zod?: { readonly def?: unknown } };
  return internals?.def;
}
