import path from "node:path";
import { readOptions, type Kinds } from "../core/options.ts";
import { isStandardSchema, type StandardSchema } from "../core/standard-schema.ts";
import type { Evidence, EvidenceContext } from "../core/evidence.ts";
import { eventually, type SettlingOptions } from "./eventually.ts";

export interface FileOptions extends SettlingOptions {
  /** A smaller file does not count. @default 1 */
  readonly minBytes?: number | undefined;
  /** A Standard Schema for the file, parsed as JSON. For files up to 64 MiB. */
  readonly schema?: StandardSchema | undefined;
  /**
   * Whether the file's modification time must be later than the start of the attempt. Turn it off for a callee that does not rewrite a
   * file that is already right, that keeps the times of files that it copies, or that writes to a machine with a wrong clock.
   *
   * @default true
   */
  readonly newerThanStart?: boolean | undefined;
}

/**
 * A file that the call must have written. It must exist, be large enough, not be blank (whitespace, NUL bytes), be newer than the start of
 * the attempt, and fit the schema. Found: `path`, `bytes`, `sha256`, `modifiedAt`.
 *
 * @example
 * evidence: [fileWritten("/srv/drafts/today.json", { minBytes: 200, schema: Draft })];
 * evidence: [fileWritten((post: Post) => `/srv/posts/${post.slot}.md`)];
 */
export function fileWritten<Value = unknown>(
  file: string | ((value: Value, context: EvidenceContext) => string),
  options: FileOptions = {},
): Evidence<Value> {
  const problems: string[] = [];
  const read = readOptions<FileOptions>(options, FILE_OPTIONS, problems);
  const { minBytes = 1, schema, newerThanStart = true } = read;
  if (typeof file !== "function" && (typeof file !== "string" || file.trim() === ""))
    problems.push("fileWritten() needs a path");
  if (!Number.isInteger(minBytes) || minBytes < 1)
    problems.push("minBytes must be a whole number of bytes from 1");
  if (schema !== undefined && !isStandardSchema(schema)) problems.push("schema must be a Standard Schema");
  // Loaded before the callee starts, because an upgrade may replace the files while it runs. Not loaded with hardcall, because
  // node:fs/promises is a fifth of its load time.
  const loading = import("./check-file.ts").catch(() => undefined);
  return eventually<Value>(
    async (value, context) => {
      const named = typeof file === "function" ? file(value, context) : file;
      if (typeof named !== "string" || named.trim() === "") return { missing: "the file's path is blank" };
      // A path that comes from the output must not be in a message.
      const label = typeof file === "function" ? "the file" : JSON.stringify(named);
      const since = newerThanStart ? context.startedAt : undefined;
      const { lookAtFile } = (await loading) ?? (await import("./check-file.ts"));
      return await lookAtFile(path.resolve(named), label, {
        minBytes,
        schema,
        since,
        signal: context.signal,
      });
    },
    { within: read.within },
    problems,
  );
}

const FILE_OPTIONS: Kinds<FileOptions> = {
  within: "anything",
  minBytes: "a number",
  schema: "anything",
  newerThanStart: "true or false",
};
