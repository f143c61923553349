import { optionsOf, type Command, type Option } from "../interface/command.ts";
import { TOPICS } from "../help/help.ts";
import { COMMANDS, FAMILIES, FIRST_WORDS, membersOf, verbOf } from "../interface/commands.ts";

/** Every option of every command by its name: one name means one thing (a test holds that, but for --config), so a shell needs no command to complete it. */
export const OPTIONS: ReadonlyMap<string, Option> = new Map(
  COMMANDS.flatMap((command) => Object.entries(optionsOf(command))),
);

/** `--timeout`, `--key` …: the next word is their value. */
export const WITH_VALUE: readonly string[] = flagsThat(({ takes }) => takes !== "nothing");

/** The commands whose options end where another command begins. */
export const WRAPPERS: readonly Command[] = COMMANDS.filter(({ operands }) =>
  operands.some(({ takes }) => takes === "command"),
);

/** Prints the names of the resources. Node.js starts for it, so a shell asks for them only where a name is wanted. */
export const RESOURCE_NAMES = "hardcall resource list 2>/dev/null | sed -e 1d -e 's/ .*//'";

export function flagsThat(is: (option: Option) => boolean): string[] {
  return [...OPTIONS].filter(([, option]) => is(option)).map(([name]) => `--${name}`);
}

export const flagsOf = (command: Command): string[] => [
  ...Object.keys(optionsOf(command)).map((name) => `--${name}`),
  "--help",
];

/** What can follow `hardcall help`. */
export const HELP_WORDS: readonly string[] = [
  ...FIRST_WORDS,
  ...TOPICS.keys(),
  ...new Set(FAMILIES.flatMap(membersOf).map(verbOf)),
];

/** The first sentence, for a list in which each option has one line. */
export const firstSentence = (text: string): string => text.replace(/(?<=[.]) .*$/, "").replace(/[.]$/, "");

/** A word for a POSIX shell or fish that means itself. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
