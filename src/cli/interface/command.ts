/**
 * One option of the command line. The parser, `--help`, the shell completions and the test of `docs/command-line.md` all read
 * it, so they cannot disagree.
 *
 * `takes` decides what the parser checks and what a shell completes. `help` is one or more short sentences; the default value
 * is appended to them.
 */
export type Option =
  | { readonly takes: "nothing"; readonly help: string }
  | {
      readonly takes: "choice";
      readonly choices: readonly string[];
      readonly help: string;
      readonly default?: string;
    }
  | { readonly takes: "number"; readonly value: string; readonly help: string; readonly default?: number }
  | {
      readonly takes: Text;
      /** How help names the value, such as `FILE`. */
      readonly value: string;
      readonly help: string;
      readonly default?: string;
      /** It may be given several times. */
      readonly multiple?: true;
    };

/** What the value of an option is, where the parser hands it on as it was written. */
type Text = "text" | "duration" | "dollars" | "file" | "folder" | "shell command" | "variable" | "resource";

export type Options = Readonly<Record<string, Option>>;

/** Options under one heading of the help. */
export interface OptionGroup {
  readonly title: string;
  readonly options: Options;
}

/** A word of the command line that is no option. */
export interface Operand {
  readonly name: string;
  readonly takes: "text" | "file" | "folder" | "command" | "topic" | "resource" | readonly string[];
  /** What to say when it is missing. Without it, it may be. */
  readonly ifMissing?: string;
  /** It is the last, and may be given several times. */
  readonly multiple?: true;
  /** What to do about a further word. */
  readonly ifMore?: string;
}

/** One command, or one verb of a family: `ledger list`. */
export interface Command {
  readonly name: string;
  /** What stands after the name in the usage line. */
  readonly usage: string;
  /** One sentence for lists of commands. */
  readonly summary: string;
  /** What a person should know beside the options. Sentences; a paragraph each. */
  readonly about?: readonly string[];
  readonly operands: readonly Operand[];
  /** The options end at the first operand, and what follows is not looked at. */
  readonly optionsComeFirst?: true;
  readonly groups: readonly OptionGroup[];
  /** Options of similar commands that this one cannot have: why, and what to do instead. */
  readonly cannot?: Readonly<Record<string, string>>;
  readonly examples?: readonly string[];
}

type KeyOf<O> = O extends unknown ? keyof O & string : never;
type OptionOf<O, Name extends string> = O extends { readonly [N in Name]: infer Found } ? Found : never;

type Single<O> = O extends { readonly takes: "number" }
  ? number
  : O extends { readonly takes: "choice"; readonly choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type ValueOf<O> = O extends { readonly takes: "nothing" }
  ? boolean
  : O extends { readonly multiple: true }
    ? readonly string[]
    : O extends { readonly default: string | number }
      ? Single<O>
      : Single<O> | undefined;

/** The values of options, by the names that the command line has for them. */
export type ValuesOf<G extends readonly OptionGroup[]> = {
  readonly [Name in KeyOf<G[number]["options"]>]: ValueOf<OptionOf<G[number]["options"], Name>>;
};

/** All options of a command by name. */
export function optionsOf(command: Pick<Command, "groups">): Options {
  return Object.assign({}, ...command.groups.map(({ options }) => options)) as Options;
}
