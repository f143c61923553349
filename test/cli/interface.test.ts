import { describe, expect, test } from "vitest";
import { optionsOf, type Option } from "../../src/cli/interface/command.ts";
import { readCommand } from "../../src/cli/interface/command-line.ts";
import { COMMANDS, findCommand } from "../../src/cli/interface/commands.ts";
import { nearest } from "../../src/core/nearest.ts";
import { commandLineWording, OPTION_WORDS } from "../../src/cli/wording.ts";
import { ERROR_CODES } from "../../src/core/vocabulary.ts";
import { parse } from "../../src/cli/interface/parse.ts";

const all = COMMANDS.flatMap((command) =>
  Object.entries(optionsOf(command)).map(([name, option]): [string, string, Option] => [
    command.name,
    name,
    option,
  ]),
);

describe("the table of commands", () => {
  test.each(all)("%s --%s is told in short sentences", (_command, _name, { help }) => {
    const sentences = help.split(/(?<=[.:;]) /);
    expect(help).toMatch(/[.]$/);
    expect(sentences.filter((sentence) => sentence.split(" ").length > 25)).toEqual([]);
    expect(help.split(" ").length).toBeLessThanOrEqual(35);
  });

  test("an option of one name takes the same everywhere, so that a shell can complete it by its name", () => {
    const kinds = new Map<string, Set<string>>();
    for (const [, name, { takes }] of all) kinds.set(name, (kinds.get(name) ?? new Set()).add(takes));
    // codex itself has --config KEY=VALUE; a shell offers files there too.
    kinds.delete("config");
    expect([...kinds].filter(([, found]) => found.size > 1)).toEqual([]);
  });

  test("messages name no option that is not there", () => {
    const wording = commandLineWording("tail");
    const advice = ERROR_CODES.map((code) => wording.advise(code, { hasStderr: true, hasStdout: true }));
    const named = [...Object.values(OPTION_WORDS), ...advice].join(" ").match(/--[a-z][a-z-]+/g) ?? [];
    const known = all.map(([, name]) => `--${name}`);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test.each(COMMANDS.map((command) => [command] as const))("$name has examples that parse", (command) => {
    for (const example of command.examples ?? []) {
      const [, words = ""] = /hardcall ([^|<>)]*)/.exec(example) ?? [];
      const argv = [...words.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word.replaceAll('"', ""));
      const line = readCommand(argv);
      if (line.kind !== "command") throw new Error(example);
      const found = findCommand(line.words);
      if (found?.kind !== "command") throw new Error(example);
      expect(() => parse(found.command, line.args).values()).not.toThrow();
    }
  });
});

test.each([
  ["tiemout", "timeout"],
  ["timout", "timeout"],
  ["attempt-timout", "attempt-timeout"],
  ["jsn", "json"],
  ["zzz", undefined],
])("nearest to %s: %s", (given, word) => {
  expect(nearest(given, ["timeout", "attempt-timeout", "json", "schema"])).toBe(word);
});
