import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "./command-line.ts";

const configSchema = z.strictObject({
  floor: z.strictObject({
    /** How long 100 changed lines take to read. */
    minutesPer100Lines: z.number().positive(),
    /** No change asks for more than this. `null` means no cap. */
    capMinutes: z.number().positive().nullable(),
    /** Red above this many lines, however long the review: split the change. */
    maxLines: z.number().int().positive().optional(),
    /** A pull request with one of these labels has no floor. */
    exemptLabels: z.array(z.string().min(1)),
    /** Globs of files that need no review: generated, lock and vendored files. */
    leaveOut: z.array(z.string().min(1)),
  }),
  /** Modes of the fake `claude` that a test run must have met. */
  requireModes: z.array(z.string().min(1)),
});

export type Config = z.infer<typeof configSchema>;

export const DEFAULT_CONFIG = join(import.meta.dirname, "..", "merge-gate.config.json");

/** Reads and validates the config file; a wrong one names the field. */
export function readConfig(file: string): Config {
  return parseJson(readFileSync(file, "utf8"), configSchema, file);
}

/** JSON of a known shape; `source` names it in the error. */
export function parseJson<T>(text: string, schema: z.ZodType<T>, source: string): T {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${source} is not JSON: ${String(error)}`);
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new UsageError(`${source} is not valid.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
