import { describe, expect, it } from "vitest";
import { AGENT_OPTIONS } from "../../src/callees/agent/options.ts";
import { CLAUDE_CANNOT } from "../../src/callees/claude/cannot.ts";
import { CODEX_CANNOT } from "../../src/callees/codex/cannot.ts";
import { GEMINI_CANNOT } from "../../src/callees/gemini/cannot.ts";
import { PROCESS_OPTIONS } from "../../src/callees/subprocess/options.ts";
import { readPage } from "./page.ts";

const CANNOT: Readonly<Record<string, string>>[] = [CLAUDE_CANNOT, CODEX_CANNOT, GEMINI_CANNOT];

/** The rows below a heading of docs/agents.md, by the option that they begin with. */
function rowsBelow(heading: string): Map<string, readonly string[]> {
  const { prose } = readPage("docs/agents.md");
  const from = prose.indexOf(`## ${heading}`);
  const to = prose.findIndex((line, at) => at > from && line.startsWith("## "));
  const rows = prose.slice(from, to).flatMap((line) => {
    const [, option, rest] = /^\| `(\w+)` *\|(.*)\|$/.exec(line) ?? [];
    if (option === undefined || rest === undefined) return [];
    return [[option, rest.split("|").map((cell) => cell.trim())] as const];
  });
  return new Map(rows);
}

describe("docs/agents.md", () => {
  it("has every option that all agents have", () => {
    const own = Object.keys(AGENT_OPTIONS).filter((name) => !Object.hasOwn(PROCESS_OPTIONS, name));
    expect([...rowsBelow("Options that all have").keys()].toSorted()).toEqual(own.toSorted());
  });

  const rows = rowsBelow("Options that one has and another has not");

  it("has every option that one has and another has not", () => {
    const names = new Set(CANNOT.flatMap((table) => Object.keys(table)));
    expect([...rows.keys()].toSorted()).toEqual([...names].toSorted());
  });

  it.each([...rows])("%s: says what the ConfigError says", (option, cells) => {
    const told = CANNOT.map((table) => table[option] ?? "**yes**");
    expect(cells.map((cell) => cell.replaceAll("`", ""))).toEqual(told);
  });
});
