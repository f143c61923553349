import { errorName } from "../../core/failure.ts";
import type { StandardSchema } from "../../core/standard-schema.ts";
import { optionName } from "../../core/wording.ts";
import { jsonSchemaOf, type ClaudeOptions } from "./arguments.ts";

/** The input of a `claude` call: a prompt, or a prompt with a session to continue. */
export type ClaudeInput =
  | string
  | {
      readonly prompt: string;
      /** The id of a session to continue. */
      readonly resume?: string | undefined;
    };

/** The CLI refuses more than this on stdin (Claude Code documentation, "Run Claude Code programmatically"). */
const MAX_PROMPT_BYTES = 10 * 1024 * 1024;

/** An environment variable that is not set often ends up as a blank option. claude would take it for the name of a model or session. */
export const blankProblems = (given: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(given)
    .filter(([, text]) => typeof text === "string" && text.trim() === "")
    .map(([name]) => `${name} is blank; leave it out, or give it a value`);

export const promptOf = (input: ClaudeInput) => (typeof input === "string" ? input : input?.prompt);
export const sessionOf = (input: ClaudeInput) => (typeof input === "string" ? undefined : input.resume);

/** What is wrong with an input, one sentence without full stop each. */
export function inputProblems(input: ClaudeInput, options: ClaudeOptions, structured: boolean): string[] {
  const prompt: unknown = promptOf(input);
  if (typeof prompt !== "string") return ["the input must be a prompt, or { prompt }"];
  const [blank] = blankProblems({ "the input's resume": sessionOf(input) });
  if (blank !== undefined) return [blank];
  if (typeof input === "object" && input.resume !== undefined && typeof input.resume !== "string")
    return ["resume must be a string"];
  if (prompt.trim() === "") return ["the prompt is blank"];
  const bytes = Buffer.byteLength(prompt);
  if (bytes > MAX_PROMPT_BYTES)
    return [`the prompt has ${bytes} bytes; claude takes at most ${MAX_PROMPT_BYTES}`];
  if (options.marker && structured)
    return [
      `leave out ${optionName("marker")}: with ${optionName("output")} the answer has no last line of text, and its schema finds a cut-off answer`,
    ];
  return [];
}

/** Some schemas cannot be converted to JSON Schema, such as one with a date or a custom check. */
export function schemaProblems(output: StandardSchema): string[] {
  try {
    jsonSchemaOf(output);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : errorName(error);
    return [`output cannot be converted to the JSON Schema that claude needs: ${why}`];
  }
}
