import { optionName } from "../../core/wording.ts";

/** The input of a call of an agent: a prompt, or a prompt with a session to continue. */
export type AgentInput =
  | string
  | {
      readonly prompt: string;
      /** The id of a session to continue. */
      readonly resume?: string | undefined;
    };

/** The input of a `claude` call. */
export type ClaudeInput = AgentInput;

/** The most that an agent takes on stdin; it refuses more, or cuts it. */
export interface PromptLimit {
  readonly most: number;
  readonly unit: "bytes" | "characters";
}

/** An environment variable that is not set often ends up as a blank option. An agent would take it for the name of a model or session. */
export const blankProblems = (given: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(given)
    .filter(([, text]) => typeof text === "string" && text.trim() === "")
    .map(([name]) => `${name} is blank; leave it out, or give it a value`);

/** The same of an item of a list. */
export const blankItemProblems = (given: Readonly<Record<string, readonly string[] | undefined>>): string[] =>
  Object.entries(given)
    .filter(([, items]) => Array.isArray(items) && items.some((item) => String(item).trim() === ""))
    .map(([name]) => `${name} has a blank item; leave it out, or give it a value`);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

export const promptOf = (input: AgentInput) => (typeof input === "string" ? input : input?.prompt);
export const sessionOf = (input: AgentInput) => (typeof input === "string" ? undefined : input.resume);

/** What is wrong with an input, one sentence without full stop each. */
export function inputProblems(input: AgentInput, agent: string, limit: PromptLimit): string[] {
  const prompt: unknown = promptOf(input);
  if (typeof prompt !== "string") return ["the input must be a prompt, or { prompt }"];
  const [blank] = blankProblems({ "the input's resume": sessionOf(input) });
  if (blank !== undefined) return [blank];
  if (typeof input === "object" && input.resume !== undefined && typeof input.resume !== "string")
    return ["resume must be a string"];
  if (prompt.trim() === "") return ["the prompt is blank"];
  return tooLong(prompt, agent, limit);
}

/** Says that a prompt is longer than the agent takes. */
export function tooLong(prompt: string, agent: string, { most, unit }: PromptLimit): string[] {
  const size = unit === "bytes" ? Buffer.byteLength(prompt) : charactersOf(prompt);
  return size > most ? [`the prompt has ${size} ${unit}; ${agent} takes at most ${most}`] : [];
}

/** Characters as Unicode counts them: two surrogates are one. */
function charactersOf(text: string): number {
  const pairs = text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0;
  return text.length - pairs;
}

/** With a schema, an agent's answer may have no place for a last line. */
export const markerProblem = (): string =>
  `leave out ${optionName("marker")}: with ${optionName("output")} the answer has no last line of text, and its schema finds a cut-off answer`;
