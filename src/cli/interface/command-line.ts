import { parseArgs } from "node:util";
import { optionsOf, type Command } from "./command.ts";
import { findCommand, FIRST_WORDS, verbOf } from "./commands.ts";
import { nearest } from "../../core/nearest.ts";
import { parserConfig } from "./parser-config.ts";

/** What a person asked for, before its options are looked at. */
export type CommandLine =
  /** Of hardcall as a whole. Not asked for: an empty command line. */
  | { readonly kind: "help"; readonly isAsked: boolean }
  | { readonly kind: "version" }
  | { readonly kind: "command"; readonly words: readonly string[]; readonly args: readonly string[] }
  /** `words` is what was understood before. */
  | { readonly kind: "wrong"; readonly words: readonly string[]; readonly problem: string };

/** Finds the command that a command line names. */
export function readCommand([first, ...rest]: readonly string[]): CommandLine {
  if (first === undefined) return { kind: "help", isAsked: false };
  if (first === "--help" || first === "-h") return { kind: "help", isAsked: true };
  if (first === "--version" || first === "-v") return { kind: "version" };
  const found = findCommand([first]);
  if (found === undefined) {
    const problem = `${JSON.stringify(first)} is not a command of hardcall${suggestion(first, FIRST_WORDS)}`;
    return { kind: "wrong", words: [], problem };
  }
  if (found.kind === "command") return { kind: "command", words: [first], args: rest };
  return readVerb(first, found.members, rest);
}

/** The verb of a family may stand behind options: `hardcall ledger --json list`. */
function readVerb(family: string, members: readonly Command[], args: readonly string[]): CommandLine {
  const options = Object.assign({}, ...members.map(optionsOf)) as ReturnType<typeof optionsOf>;
  const { tokens } = parseArgs({
    args: [...args],
    options: parserConfig(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const word = tokens.find((token) => token.kind === "positional");
  const verbs = members.map(verbOf);
  const known = verbs.join(", ");
  if (word !== undefined && verbs.includes(word.value))
    return { kind: "command", words: [family, word.value], args: args.toSpliced(word.index, 1) };
  if (args.some((arg) => arg === "--help" || arg === "-h"))
    return { kind: "command", words: ["help"], args: [family] };
  const problem =
    word === undefined
      ? `say what to do: hardcall ${family} and one of ${known}`
      : `${JSON.stringify(word.value)} is not a command of hardcall ${family}${suggestion(word.value, verbs)}; there are ${known}`;
  return { kind: "wrong", words: [family], problem };
}

function suggestion(given: string, words: readonly string[]): string {
  const meant = nearest(given, words);
  return meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
}
