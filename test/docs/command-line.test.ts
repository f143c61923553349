import { describe, expect, it } from "vitest";
import { describe as sentencesOf } from "../../src/cli/help/help.ts";
import { optionsOf, type Command, type Option } from "../../src/cli/interface/command.ts";
import { COMMANDS, FAMILIES, FIRST_WORDS, membersOf, verbOf } from "../../src/cli/interface/commands.ts";
import { ENVIRONMENT } from "../../src/cli/interface/environment.ts";
import { EXIT_CODES } from "../../src/cli/interface/exit-code.ts";
import { valueName } from "../../src/cli/interface/parse.ts";
import { readPage } from "./page.ts";

/** The cells of every table row of a section, by its heading; a heading's own row is left out. */
const rows = new Map<string, string[][]>();
let heading = "";
for (const line of readPage("docs/command-line.md").prose) {
  heading = /^## (.*)$/.exec(line)?.[1] ?? heading;
  if (!line.startsWith("| ") || line.startsWith("| -")) continue;
  const cells = line
    .slice(2, -2)
    .split(/ +\| /)
    .map((cell) => cell.trim().replaceAll(/\\([|<])/g, "$1"));
  rows.set(heading, [...(rows.get(heading) ?? []), cells]);
}

const rowsOf = (section: string) => rows.get(section) ?? [];
const optionRowsOf = (section: string) => rowsOf(section).filter(([first]) => first?.startsWith("`--"));

const named = (name: string, option: Option) => `\`${`--${name} ${valueName(option)}`.trim()}\``;
const optionRows = (options: Iterable<readonly [string, Option]>) =>
  [...options].map(([name, option]) => [named(name, option), sentencesOf(option)]);

const commandNamed = (name: string) => COMMANDS.find((command) => command.name === name) as Command;

// A row that differs is shown as it should be: copy it into the page, and run prettier.
describe("docs/command-line.md has what hardcall has", () => {
  const CALLS = ["run", "claude", "codex", "gemini"];
  const optionsNamed = (name: string) => Object.entries(optionsOf(commandNamed(name)));
  const isInAll = ([name, option]: readonly [string, Option]) =>
    CALLS.every((call) => optionsNamed(call).some(([other, same]) => other === name && same === option));
  const inAll = optionsNamed("run").filter(isInAll);

  it("the options that run and the agents share", () => {
    expect(new Set(optionRowsOf("Options of `run` and of agents"))).toEqual(new Set(optionRows(inAll)));
  });

  it.each(CALLS)("the options of %s alone", (name) => {
    const shared = inAll.map(([option]) => option);
    const own = optionsNamed(name).filter(([option]) => !shared.includes(option));
    expect(new Set(optionRowsOf(`\`hardcall ${name}\``))).toEqual(new Set(optionRows(own)));
  });

  it.each(FAMILIES.map((family) => [family.name, membersOf(family)] as const))(
    "the commands of %s, and which option is whose",
    (name, members) => {
      const section = `\`hardcall ${name}\``;
      for (const member of members)
        expect(rowsOf(section).filter(([first]) => first?.startsWith(`\`${member.name}`))).toHaveLength(1);
      const all = new Map(members.flatMap((member) => Object.entries(optionsOf(member))));
      const expected = optionRows(all).map(([first = "", ...rest], index) => {
        const option = [...all.keys()][index] ?? "";
        const of = members.filter((member) => Object.hasOwn(optionsOf(member), option)).map(verbOf);
        const whose = of.length === members.length ? "all" : of.map((verb) => `\`${verb}\``).join(", ");
        return [first, whose, ...rest];
      });
      expect(new Set(optionRowsOf(section))).toEqual(new Set(expected));
    },
  );

  it("the options of report", () => {
    const options = Object.entries(optionsOf(commandNamed("report")));
    expect(optionRowsOf("`hardcall report`")).toEqual(optionRows(options));
  });

  it("every command, and no section has an option that is not there", () => {
    expect(
      rowsOf("Commands")
        .slice(1)
        .map(([first]) => /`([\w-]+)`/.exec(first ?? "")?.[1]),
    ).toEqual(FIRST_WORDS);
    const known = new Set(
      COMMANDS.flatMap((command) =>
        Object.entries(optionsOf(command)).map(([name, option]) => named(name, option)),
      ),
    );
    const shown = [...rows.values()].flat().filter(([first]) => first?.startsWith("`--"));
    expect(shown.map(([first]) => first).filter((first) => !known.has(first ?? ""))).toEqual([]);
  });

  it("the exit codes, with the errors that end so", () => {
    const links = (codes: readonly string[]) =>
      codes.map((code) => `[\`${code}\`](errors.md#${code})`).join(" ");
    expect(rowsOf("Exit codes").slice(1)).toEqual(
      EXIT_CODES.map(({ exit, means, codes }) => [exit, means, links(codes)]),
    );
  });

  it("the environment variables", () => {
    const expected = ENVIRONMENT.flatMap(({ variables }) =>
      Object.entries(variables).map(([name, text]) => [`\`${name}\``, text]),
    );
    expect(rowsOf("Environment variables").filter(([first]) => first !== "variable")).toEqual(expected);
  });
});
