import { describe, expect, it } from "vitest";
import { optionsOf } from "../../src/cli/interface/command.ts";
import { COMMANDS } from "../../src/cli/interface/commands.ts";
import { ERROR_CODES } from "../../src/core/vocabulary.ts";
import { DOC_PAGES } from "./pages.ts";

/** Options of other programs that pages speak of. */
const OF_OTHERS = [
  // docker run
  "--init",
  // claude itself
  "--disallowed-tools",
  "--include-partial-messages",
  "--print",
  "--json-schema",
  // anthropic-api, one of the fakes
  "--tool-input",
  "--output-format",
  // claude itself, by extraArgs
  "--effort",
  "--plugin-dir",
  "--settings",
  // codex itself
  "--output-schema",
  // bq cancel
  "--location",
  // deno run, deno test
  "--allow-all",
  "--allow-env",
  "--allow-read",
  "--allow-run",
  "--allow-sys",
  "--allow-write",
  "--no-check",
  // npm run conformance
  "--agent",
  "--jobs",
  "--list",
  "--markdown",
  "--only",
  "--record",
  "--versions",
  // npm run bench
  "--compare",
  "--quick",
  "--redraw",
  "--svg",
  "--write-docs",
  // any option: `--option value`
  "--option",
];

const known = new Set([
  ...COMMANDS.flatMap((command) => Object.keys(optionsOf(command)).map((name) => `--${name}`)),
  "--help",
  "--version",
  ...OF_OTHERS,
]);

/** What a page has in `code`, outside of its blocks: those are run. */
const codeIn = (prose: readonly string[]) =>
  prose.flatMap((line, index) =>
    [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => ({ code: code as string, line: index + 1 })),
  );

describe.each(DOC_PAGES)("$name", ({ name, prose }) => {
  it("names only options that are there", () => {
    // In other code, such as `npm publish --provenance`, they are another program's.
    const ours = codeIn(prose).filter(({ code }) => /^--|\bhardcall /.test(code));
    const named = ours.flatMap(({ code, line }) =>
      [...code.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => ({ option, line })),
    );
    expect(named.filter(({ option }) => !known.has(option))).toEqual([]);
  });

  it("names only codes of errors that are there", () => {
    const link =
      name === "docs/errors.md" ? /\[`(\w+)`\]\(#(\w+)\)/g : /\[`(\w+)`\]\([\w/]*errors\.md#(\w+)\)/g;
    const anchors = prose.flatMap((line, index) =>
      [...line.matchAll(link)].map(([, code, anchor]) => ({
        code,
        anchor,
        line: index + 1,
      })),
    );
    const codes: readonly (string | undefined)[] = ERROR_CODES;
    expect(anchors.filter(({ code, anchor }) => code !== anchor || !codes.includes(code))).toEqual([]);
  });
});
