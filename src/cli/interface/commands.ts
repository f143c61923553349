import { CLAUDE } from "./claude.ts";
import { CODEX } from "./codex.ts";
import type { Command } from "./command.ts";
import { DASHBOARD } from "./dashboard.ts";
import { DEDUPE_CHECK, DEDUPE_COMMIT, DEDUPE_FORGET, DEDUPE_RELEASE } from "./dedupe.ts";
import { GEMINI } from "./gemini.ts";
import { LEDGER_LIST, LEDGER_MIGRATE, LEDGER_PRUNE, LEDGER_RESOLVE, LEDGER_SHOW } from "./ledger.ts";
import { RESOURCE_CLOSE, RESOURCE_LIST, RESOURCE_OPEN, RESOURCE_SHOW } from "./resource.ts";
import { RUN } from "./run.ts";
import { SENTINEL_CHECK, SENTINEL_STATUS } from "./sentinel.ts";
import { COMPLETION, DOCTOR, EXAMPLE, FAKE_BIN, HELP, REPORT } from "./tools.ts";

/** Commands that share their first word. */
export interface Family {
  readonly name: string;
  readonly summary: string;
}

export const FAMILIES: readonly Family[] = [
  {
    name: "ledger",
    summary: "List, show, resolve and prune recorded calls; migrate.",
  },
  { name: "resource", summary: "List, show, open and close the limits that calls share." },
  { name: "dedupe", summary: "Tell new content from a duplicate." },
  { name: "sentinel", summary: "Check that artifacts keep appearing." },
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  RUN,
  CLAUDE,
  CODEX,
  GEMINI,
  LEDGER_LIST,
  LEDGER_SHOW,
  LEDGER_RESOLVE,
  LEDGER_PRUNE,
  LEDGER_MIGRATE,
  RESOURCE_LIST,
  RESOURCE_SHOW,
  RESOURCE_OPEN,
  RESOURCE_CLOSE,
  DEDUPE_CHECK,
  DEDUPE_COMMIT,
  DEDUPE_RELEASE,
  DEDUPE_FORGET,
  SENTINEL_CHECK,
  SENTINEL_STATUS,
  REPORT,
  DASHBOARD,
  EXAMPLE,
  FAKE_BIN,
  DOCTOR,
  COMPLETION,
  HELP,
];

/** What the words of a command line begin with. */
export type Found =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "family"; readonly family: Family; readonly members: readonly Command[] };

/** @param words `["ledger", "list"]`; words after a name are not looked at */
export function findCommand([first = "", second = ""]: readonly string[]): Found | undefined {
  const command = commandNamed(first) ?? commandNamed(`${first} ${second}`);
  if (command !== undefined) return { kind: "command", command };
  const family = FAMILIES.find(({ name }) => name === first);
  return family && { kind: "family", family, members: membersOf(family) };
}

export const membersOf = ({ name }: Family): readonly Command[] =>
  COMMANDS.filter((command) => command.name.startsWith(`${name} `));

/** The verbs of a family: `list`, `show` … */
export const verbOf = ({ name }: Command): string => name.slice(name.indexOf(" ") + 1);

/** What follows `hardcall`: the commands, and each family once. */
export const FIRST_WORDS: readonly string[] = [
  ...new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? name)),
];

/** What a first word is for, in one sentence. */
export function summaryOf(firstWord: string): string {
  const found = findCommand([firstWord]);
  if (found === undefined) throw new Error(`no command ${firstWord}`);
  return (found.kind === "command" ? found.command : found.family).summary;
}

const commandNamed = (name: string) => COMMANDS.find((command) => command.name === name);
