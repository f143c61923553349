/** The kinds of options, in the words of a message. The maker itself checks an option of the kind `"anything"`. */
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

/** The kind of every option: TypeScript reports an option that is missing here. */
export type Kinds<Options> = { readonly [Name in keyof Required<Options>]: keyof typeof KINDS };

/**
 * Reads the options of a maker such as `command()`, because JavaScript callers have no compiler that checks them.
 *
 * @param problems gets a sentence for each option that is unknown or of the wrong kind; it names the option, never its value
 * @param prefix stands before the names in these sentences, such as `retry.`
 * @returns the options without those that are wrong
 */
export function readOptions<Options extends object>(
  given: unknown,
  kinds: Kinds<Options>,
  problems: string[],
  prefix = "",
): Partial<Options> {
  if (!isObject(given)) {
    problems.push(`the options must be an object, not ${show(given)}`);
    return {};
  }
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof Options] : undefined;
    if (kind === undefined) {
      problems.push(`${prefix}${name} is not an option; the options are ${Object.keys(kinds).join(", ")}`);
    } else if (value !== undefined && !KINDS[kind](value)) problems.push(`${prefix}${name} must be ${kind}`);
    else read[name] = value;
  }
  return read as Partial<Options>;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A short description of any value, for a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return isObject(value) ? "an object" : String(value);
}
