import type { Command, Option } from "../interface/command.ts";
import { optionsOf } from "../interface/command.ts";
import {
  COMMANDS,
  FAMILIES,
  findCommand,
  FIRST_WORDS,
  summaryOf,
  verbOf,
  type Found,
} from "../interface/commands.ts";
import { nearest } from "../../core/nearest.ts";
import { valueName } from "../interface/parse.ts";
import { UsageError } from "../interface/usage-error.ts";
import { ENVIRONMENT } from "../interface/environment.ts";
import { EXIT_CODES } from "../interface/exit-code.ts";
import { leftColumn, title, twoColumns, wrap } from "./layout.ts";

const DURATIONS = "D is a duration: 90s, 10m, 1h30m. A number without a unit is milliseconds.";

/** What `hardcall help` has beside the commands. */
export const TOPICS: ReadonlyMap<string, () => string> = new Map([
  ["exit-codes", exitCodes],
  ["environment", environment],
]);

/** `hardcall --help`: what there is, on one screen. */
export function overview(): string {
  const rows = FIRST_WORDS.map((name): readonly [string, string] => [name, summaryOf(name)]);
  return [
    "hardcall: a call that ends on time, in an honest outcome, and never twice\n\n",
    "Usage: hardcall COMMAND [options]\n\n",
    twoColumns(rows, leftColumn(FIRST_WORDS)),
    "\nhardcall COMMAND --help   the options of a command\n",
    "hardcall help TOPIC       exit-codes: what they mean; environment: the variables\n",
    "hardcall --version        the version\n",
  ].join("");
}

/** `hardcall ledger resolve --help`, `hardcall help ledger`. */
export function helpOf(found: Found): string {
  if (found.kind === "command") return commandHelp(found.command);
  const { family, members } = found;
  const rows = members.map((member): readonly [string, string] => [verbOf(member), member.summary]);
  return [
    `hardcall ${family.name}: ${family.summary}\n\n`,
    `Usage: hardcall ${family.name} ${members.map(verbOf).join("|")} [options]\n\n`,
    twoColumns(rows, leftColumn(members.map(verbOf))),
    `\nhardcall ${family.name} ${verbOf(members[0] as Command)} --help   the options of a command\n`,
  ].join("");
}

/**
 * The help that `hardcall help WORDS` asks for.
 *
 * @throws UsageError when there is none
 */
export function helpFor(words: readonly string[]): string {
  const [first] = words;
  if (first === undefined) return overview();
  const topic = TOPICS.get(first);
  if (topic !== undefined && words.length === 1) return topic();
  const found = findCommand(words);
  const length =
    found === undefined
      ? 0
      : (found.kind === "command" ? found.command : found.family).name.split(" ").length;
  if (found !== undefined && words.length === length) return helpOf(found);
  const known = [...TOPICS.keys(), ...COMMANDS.map(({ name }) => name), ...FAMILIES.map(({ name }) => name)];
  const meant = nearest(words.join(" "), known);
  const hint = meant === undefined ? "" : `; did you mean hardcall help ${meant}?`;
  throw new UsageError(`there is no help for ${JSON.stringify(words.join(" "))}${hint}`);
}

function commandHelp(command: Command): string {
  const { name, usage, summary, about = [], groups, examples = [] } = command;
  const left = leftColumn(Object.entries(optionsOf(command)).map(([option, spec]) => nameOf(option, spec)));
  const takesDuration = Object.values(optionsOf(command)).some(({ takes }) => takes === "duration");
  return [
    `hardcall ${name}: ${summary}\n`,
    `\nUsage: hardcall ${name} ${usage}`.trimEnd(),
    "\n",
    ...about.map((paragraph) => `\n${wrap(paragraph)}\n`),
    ...groups.map(({ title: heading, options }) => {
      const rows = Object.entries(options).map(
        ([option, spec]) => [nameOf(option, spec), describe(spec)] as const,
      );
      return `\n${title(heading)}${twoColumns(rows, left)}`;
    }),
    takesDuration ? `\n${DURATIONS}\n` : "",
    examples.length === 0 ? "" : `\n${title("Examples")}${examples.map((line) => `  ${line}\n`).join("")}`,
  ].join("");
}

const nameOf = (name: string, option: Option) => `--${name} ${valueName(option)}`.trimEnd();

/** The sentences of an option, its default and whether it may be repeated. */
export function describe(option: Option): string {
  const standard = "default" in option && option.default !== undefined ? ` Default: ${option.default}.` : "";
  return `${option.help}${standard}${"multiple" in option ? " May be repeated." : ""}`;
}

function exitCodes(): string {
  const rows = EXIT_CODES.map(
    ({ exit, means, codes }) =>
      [exit, codes.length === 0 ? means : `${means} (${codes.join(", ")})`] as const,
  );
  return [
    "stdout carries the output only when the exit code is 0. stderr then says in one line what happened.\n\n",
    title("Exit codes"),
    twoColumns(rows, leftColumn(EXIT_CODES.map(({ exit }) => exit))),
  ].join("");
}

function environment(): string {
  const left = leftColumn(
    ENVIRONMENT.flatMap(({ variables }) => Object.keys(variables)),
    31,
  );
  return ENVIRONMENT.map(
    ({ title: heading, variables }) => `${title(heading)}${twoColumns(Object.entries(variables), left)}`,
  ).join("\n");
}
