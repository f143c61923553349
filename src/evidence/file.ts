import path from "node:path";
import { readOptions, type Kinds } from "../core/options.ts";
import { isStandardSchema, type StandardSchema } from "../core/standard-schema.ts";
import type { Evidence, EvidenceContext } from "../core/evidence.ts";
import { eventually, type SettlingOptions } from "./eventually.ts";

export interface FileOptions extends SettlingOptions {
  /** A smaller file is no evidence. @default 1 */
  readonly minBytes?: number | undefined;
  /** What the file, parsed as JSON, must fit; any Standard Schema. Files up to 64 MiB. */
  readonly schema?: StandardSchema | undefined;
  /**
   * Whether the file must have been written since the attempt began, by its modification time. Turn it off for a callee that leaves a
   * file that is right as it is, keeps the times of what it copies, or writes to a machine whose clock goes wrong.
   *
   * @default true
   */
  readonly newerThanStart?: boolean | undefined;
}

/**
 * A file that the call must have written: there, large enough, not blank (whitespace, NUL bytes), newer than the attempt's start, and
 * fitting its schema. Found: `path`, `bytes`, `sha256`, `modifiedAt`.
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
  // Loaded now, as an upgrade may have replaced the files when the callee is done; and not with hardcall itself, as
  // node:fs/promises is a fifth of what loading all of it costs.
  const loading = import("./check-file.ts").catch(() => undefined);
  return eventually<Value>(
    async (value, context) => {
      const named = typeof file === "function" ? file(value, context) : file;
      if (typeof named !== "string" || named.trim() === "") return { missing: "the file's path is blank" };
      // A path that was made of the output does not belong into a message.
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
