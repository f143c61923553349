import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const LIB = path.join(import.meta.dirname, "../../fake-bin/lib");

/** The folders of `fake-bin/lib`, from the ground. Folders on one floor do not import each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["shared"],
  ["shared/runtime", "bigquery/rest"],
  ["shared/log", "shared/modes", "claude/permissions", "bigquery/rows"],
  ["shared/scenario", "claude/events", "codex/turn", "gemini/print", "gemini/command-line"],
  ["claude/control", "gemini/api"],
  ["claude/conversation", "gemini/conversation", "bigquery/jobs"],
  ["claude/modes", "claude/command-line", "codex/modes", "codex/command-line", "gemini/modes"],
  ["claude/scenario", "codex/scenario", "gemini/scenario"],
  // The programs themselves.
  ["claude", "codex", "gemini", "anthropic-api", "responses-api", "gemini-api", "bigquery"],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

const IMPORT = /(?:\brequire\(|\bimport\(|\bfrom |^import )"([^"]+)"/gm;

/** Every module that a file names, as it is written. */
const named = (text: string) => [...text.matchAll(IMPORT)].map((match) => match[1] ?? "");

/** The imports between the files; paths are relative to `lib`. */
const importsIn = (files: ReadonlyMap<string, string>): readonly Import[] =>
  [...files].flatMap(([from, text]) =>
    named(text)
      .filter((name) => name.startsWith("."))
      .map((name) => ({ from, to: path.join(path.dirname(from), name) })),
  );

const show = ({ from, to }: Import) => `${from} → ${to}`;
const floorOf = (file: string) => FLOORS.findIndex((floor) => floor.includes(path.dirname(file)));

/** The imports of another folder that is not on a lower floor. */
const upward = (imports: readonly Import[]) =>
  imports
    .filter(({ from, to }) => path.dirname(from) !== path.dirname(to) && floorOf(to) >= floorOf(from))
    .map(show);

/** The imports between files that import each other, directly or by way of more files. */
const inCircles = (imports: readonly Import[]) => {
  const reachable = (start: string, seen = new Set<string>()) => {
    for (const { to } of imports.filter(({ from }) => from === start)) {
      if (!seen.has(to)) reachable(to, seen.add(to));
    }
    return seen;
  };
  return imports.filter(({ from, to }) => reachable(to).has(from)).map(show);
};

describe("the floors of fake-bin/lib", () => {
  const files = new Map(
    globSync("**/*.{cjs,mjs}", { cwd: LIB }).map((file) => [
      file,
      readFileSync(path.join(LIB, file), "utf8"),
    ]),
  );
  const imports = importsIn(files);

  test("every folder is on a floor", () => {
    const folders = new Set([...files.keys()].map((file) => path.dirname(file)));
    expect([...folders].toSorted()).toEqual(FLOORS.flat().toSorted());
  });

  test("the fake agents call no method that Node 18 lacks", () => {
    const NEWER =
      /\.(?:toSorted|toReversed|toSpliced)\(|\b(?:Object|Map)\.groupBy\(|\bPromise\.withResolvers\(/;
    const users = [...files].filter(
      ([name, text]) => /^(?:claude|codex|gemini|shared)\//.test(name) && NEWER.test(text),
    );
    expect(users.map(([name]) => name)).toEqual([]);
  });

  test("folders import downwards only", () => {
    expect(upward(imports)).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    expect(inCircles(imports)).toEqual([]);
  });

  test("every import is a file of the folder or a module of Node, so that a copy of the folder works", () => {
    const strangers = [...files.values()]
      .flatMap(named)
      .filter((name) => !name.startsWith("node:") && !name.startsWith("."));
    expect(strangers).toEqual([]);
    expect(imports.filter(({ to }) => !files.has(to)).map(show)).toEqual([]);
  });
});

describe("the test itself", () => {
  test("sees an upward import, a late one too, and one of a folder on the same floor", () => {
    const files = new Map([
      [
        "claude/events/ids.cjs",
        'function f() {\n  const { answer } = require("../conversation/answer.cjs");\n}',
      ],
      ["bigquery/main.mjs", 'import { MODES } from "../anthropic-api/modes.mjs";'],
      ["bigquery/server.mjs", 'import "../shared/flags.mjs";'],
    ]);
    expect(upward(importsIn(files))).toEqual([
      "claude/events/ids.cjs → claude/conversation/answer.cjs",
      "bigquery/main.mjs → anthropic-api/modes.mjs",
    ]);
    expect(importsIn(files)).toHaveLength(3);
  });

  test("sees a circle of three files", () => {
    const files = new Map([
      ["claude/log/a.cjs", 'require("./b.cjs");'],
      ["claude/log/b.cjs", 'require("./c.cjs");'],
      ["claude/log/c.cjs", 'require("./a.cjs");'],
      ["claude/log/d.cjs", 'require("./a.cjs");'],
    ]);
    expect(inCircles(importsIn(files))).toHaveLength(3);
  });
});
