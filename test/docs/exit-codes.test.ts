import { describe, expect, it } from "vitest";
import { readPage } from "./page.ts";
import { recorded, type AgentName, type Given } from "./recorded.ts";

/** A cell says how the recorded run ended, what hardcall says of it, and the run's name. */
const CELL =
  /^\**(?<ended>exit \d+|SIG[A-Z]+)\**, \[?(?<verdict>success|`\w+`)(?:\]\([^)]*\))?(?: (?<given>with `\w+`|from its records))? \(`(?<run>[^`]+)`\)$/;
const NOT_RECORDED = "not recorded";

interface Cell {
  readonly where: string;
  readonly agent: AgentName;
  readonly cell: string;
}

/** The cells of the table of a page that has a column for each agent. */
function cellsOf(name: string): Cell[] {
  const cells: Cell[] = [];
  let columns: readonly AgentName[] = [];
  for (const line of readPage(name).prose) {
    const [what = "", ...row] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (row.length === 0) columns = [];
    const agents = row.map((cell) => /^`(claude|codex|gemini)\b/.exec(cell)?.[1] as AgentName);
    if (agents.length === 3 && agents.every((agent) => agent !== undefined)) columns = agents;
    else if (columns.length > 0 && !/^[:-]+$/.test(what))
      cells.push(...columns.map((agent, at) => ({ where: `${agent}: ${what}`, agent, cell: row[at] ?? "" })));
  }
  return cells;
}

function said(cell: string) {
  const { ended, verdict, given, run } = CELL.exec(cell)?.groups ?? {};
  if (run === undefined) return undefined;
  return { run, given: given as Given, says: { ended, verdict: verdict?.replaceAll("`", "") } };
}

describe.each([
  ["docs/agents.md", 17],
  ["README.md", 5],
])("%s: what exit code 0 can mean", (page, rows) => {
  const cells = cellsOf(page);

  it("has a table with the three agents", () => {
    expect(cells.length).toBeGreaterThanOrEqual(3 * rows);
  });

  it.each(cells.filter(({ cell }) => cell !== NOT_RECORDED))("$where is as recorded", ({ agent, cell }) => {
    const { run, given, says } = said(cell) ?? {};
    expect(says, `"${cell}" names no run`).toBeDefined();
    expect(recorded(agent, run ?? "", given)).toEqual(says);
  });

  it.each(cells)("$where is bold where exit code 0 is no success", ({ cell }) => {
    const { says } = said(cell) ?? {};
    const isTrap = says?.ended === "exit 0" && says.verdict !== "success";
    expect(cell.startsWith("**exit 0**")).toBe(isTrap);
  });
});

it.each([
  ["exit 0, success (`ok/json`)", { ended: "exit 0", verdict: "success" }],
  [
    "**exit 0**, [`refused`](errors.md#refused) from its records (`safety/stream-json`)",
    { ended: "exit 0", verdict: "refused" },
  ],
  ["exit 0", undefined],
  ["exit 0, success", undefined],
])("reads the cell %j", (cell, says) => {
  expect(said(cell)?.says).toEqual(says);
});
