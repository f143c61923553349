import { parseArgs } from "node:util";
import { COMMANDS } from "./commands.ts";
import {
  optionsOf,
  type Command,
  type Option,
  type OptionGroup,
  type Options,
  type ValuesOf,
} from "./command.ts";
import { nearest } from "../../core/nearest.ts";
import { parserConfig } from "./parser-config.ts";
import { HelpAsked, UsageError } from "./usage-error.ts";

/** The options as they were written. Numbers and choices are not checked yet. */
export type Given = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Parsed<G extends readonly OptionGroup[]> {
  readonly given: Given;
  /** The words that are no options, or, where options come first, all words from the first operand on. */
  readonly operands: readonly string[];
  /** @throws UsageError for an operand too many or too few, and for a value that is no number or no known choice */
  readonly values: () => ValuesOf<G>;
}

/**
 * Reads a command line by the table of its command.
 *
 * @throws HelpAsked when `--help` or `-h` is among the options
 * @throws UsageError for an unknown option or a missing value
 */
export function parse<const C extends Command>(command: C, args: readonly string[]): Parsed<C["groups"]> {
  const options = optionsOf(command);
  const { end, operands, tokens } = split(command, options, args);
  const used = tokens.filter((token) => token.kind === "option").filter(({ index }) => index < end);
  if (used.some(({ name, rawName }) => name === "help" || rawName === "-h")) throw new HelpAsked();
  for (const token of used) {
    // Every object has a "constructor".
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    checkOption(command, option, token);
  }
  const { values: given } = parseArgs({
    args: args.slice(0, end),
    options: parserConfig(options),
    strict: false,
  });
  return {
    given,
    operands,
    values: () => {
      checkOperands(command, operands);
      return valuesOf(options, given) as ValuesOf<C["groups"]>;
    },
  };
}

function split(command: Command, options: Options, args: readonly string[]) {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: parserConfig(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (command.optionsComeFirst !== true) return { end: args.length, operands: positionals, tokens };
  const end = tokens.find(({ kind }) => kind !== "option")?.index ?? args.length;
  // Of "- one - two" Node makes single letters, and of a further hyphen the end of the options.
  if (/^-./.test(args[end] ?? "") && args[end] !== "--") throw new UsageError(HYPHEN);
  if (OTHER_DASH.test(args[end] ?? "")) throw new UsageError(NO_HYPHEN);
  return { end, operands: args.slice(args[end] === "--" ? end + 1 : end), tokens };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** @throws UsageError */
function checkOption(command: Command, option: Option | undefined, token: OptionToken): void {
  const { name, rawName, value, inlineValue } = token;
  if (option === undefined || rawName !== `--${name}`) throw new UsageError(unknownOption(command, token));
  if (option.takes === "nothing") {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value; write ${rawName} alone`);
    return;
  }
  if (value === undefined) throw new UsageError(`${rawName} needs a value${exampleOf(rawName, option)}`);
  // The value is not shown here: it may be a prompt.
  if (inlineValue !== true && /^-./.test(value))
    throw new UsageError(
      `${rawName} needs a value, and an option follows; if that word is the value, join them: ${rawName}=VALUE`,
    );
}

const exampleOf = (rawName: string, option: Option) =>
  option.takes === "duration" ? `, such as ${rawName} 10m` : `: ${rawName} ${valueName(option)}`;

/** An option whose hyphens an editor or a chat has replaced with dashes or minus signs. */
const OTHER_DASH =
  /^[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D][-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]*(?:[a-z][\w-]*(?:=.*)?)?$/isu;

const NO_HYPHEN =
  "a word begins with a dash that is not a hyphen (-), as editors make it; type it again, or put -- before the command";

const HYPHEN = "a word that begins with a hyphen was read as an option; if it is not one, put -- before it";

function unknownOption(command: Command, { name, rawName }: OptionToken): string {
  // It may be a prompt, or a list.
  if (!/^--?[\w-]+$/.test(rawName) || rawName === "--") return HYPHEN;
  const unknown = `${rawName} is not an option of hardcall ${command.name}`;
  const { cannot = {} } = command;
  if (rawName.startsWith("--") && Object.hasOwn(cannot, name)) return `${unknown}: ${cannot[name]}`;
  const meant = rawName.startsWith("--") ? meantBy(name, Object.keys(optionsOf(command))) : undefined;
  if (meant !== undefined) return `${unknown}; did you mean --${meant}?`;
  const having = COMMANDS.filter((other) => Object.hasOwn(optionsOf(other), name)).map((other) => other.name);
  const family = having.filter((other) => other.split(" ")[0] === command.name.split(" ")[0]);
  const others = family.length > 0 ? family : having;
  // More of them would not help to see which command was meant.
  if (others.length === 0 || others.length > 3) return unknown;
  return `${unknown}, but of ${new Intl.ListFormat("en").format(others.map((other) => `hardcall ${other}`))}`;
}

/** A misspelt word, or the beginning of one word only. */
function meantBy(given: string, words: readonly string[]): string | undefined {
  const longer = words.filter((word) => word.startsWith(given));
  return longer.length === 1 ? longer[0] : nearest(given, words);
}

/** How help and messages name the value of an option. */
export function valueName(option: Option): string {
  switch (option.takes) {
    case "nothing":
      return "";
    case "choice":
      return option.choices.join("|");
    default:
      return option.value;
  }
}

/** @throws UsageError */
function checkOperands(command: Command, operands: readonly string[]): void {
  const [missing] = command.operands.slice(operands.length).map(({ ifMissing }) => ifMissing);
  if (missing !== undefined) throw new UsageError(missing);
  const last = command.operands.at(-1);
  const extra = operands[command.operands.length];
  if (extra === undefined || last?.multiple || last?.takes === "command" || last?.takes === "topic") return;
  throw new UsageError(
    last?.ifMore ?? `${JSON.stringify(extra)} is one word too many for hardcall ${command.name}`,
  );
}

function valuesOf(options: Options, given: Given): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, valueOf(name, option, given[name])]),
  );
}

function valueOf(name: string, option: Option, given: Given[string]): unknown {
  if (option.takes === "nothing") return given === true;
  if ("multiple" in option) return given ?? [];
  if (typeof given !== "string") return option.default;
  if (option.takes === "number") return wholeNumber(`--${name}`, given);
  if (option.takes === "choice") return oneOf(`--${name}`, given, option.choices);
  return given;
}

/** @throws UsageError */
function wholeNumber(flag: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new UsageError(`${flag} is ${JSON.stringify(value)}; give a whole number`);
}

/** @throws UsageError */
function oneOf(flag: string, given: string, choices: readonly string[]): string {
  if (choices.includes(given)) return given;
  throw new UsageError(`${flag} is ${JSON.stringify(given)}; give one of ${choices.join(", ")}`);
}
