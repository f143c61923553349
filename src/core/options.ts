/** What an option may be, as a message says it. `"anything"` is judged where it is used. */
const KINDS = {
  anything: () => true,
  "a string": (value: unknown) => typeof value === "string",
  "a number": (value: unknown) => typeof value === "number",
  "true or false": (value: unknown) => typeof value === "boolean",
  "a function": (value: unknown) => typeof value === "function",
  "an object": (value: unknown) => isObject(value),
  "a list": (value: unknown) => Array.isArray(value),
  "a list of strings": (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item === "string"),
  "a list of whole numbers": (value: unknown) =>
    Array.isArray(value) && value.every((item) => Number.isInteger(item)),
};

/** The kind of every option, so that none can be forgotten. */
export type Kinds<Options> = { readonly [Name in keyof Required<Options>]: keyof typeof KINDS };

/**
 * The options that were given, without those that cannot be: whoever writes JavaScript has no compiler to tell. What is
 * wrong is added to the problems, by name and never by value.
 */
export function readOptions<Options extends object>(
  given: unknown,
  kinds: Kinds<Options>,
  problems: string[],
): Partial<Options> {
  if (!isObject(given)) {
    problems.push(`the options must be an object, not ${show(given)}`);
    return {};
  }
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof Options] : undefined;
    if (kind === undefined) {
      problems.push(`${name} is not an option; there are ${Object.keys(kinds).join(", ")}`);
    } else if (value !== undefined && !KINDS[kind](value)) problems.push(`${name} must be ${kind}`);
    else read[name] = value;
  }
  return read as Partial<Options>;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value in a message: whatever it is, it is told, briefly. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : String(value);
}
