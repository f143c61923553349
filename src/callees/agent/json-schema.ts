import { errorName } from "../../core/failure.ts";
import type { StandardSchema } from "../../core/standard-schema.ts";

/** The contract's schema as JSON Schema text, if its library can convert it (Standard JSON Schema, zod from 4.2). */
export function jsonSchemaOf(output: StandardSchema | undefined): string | undefined {
  const schema = output?.["~standard"].jsonSchema?.input({ target: "draft-07" });
  if (schema === undefined) return undefined;
  const { $schema: _, ...rest } = schema;
  return JSON.stringify(rest);
}

/** Some schemas cannot be converted to JSON Schema, such as one with a date or a custom check. */
export function schemaProblems(output: StandardSchema, agent: string): string[] {
  try {
    jsonSchemaOf(output);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : errorName(error);
    return [`output cannot be converted to the JSON Schema that ${agent} needs: ${why}`];
  }
}
