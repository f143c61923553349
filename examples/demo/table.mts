import { AGENTS, MODE_NAMES, MODES, type Agent } from "./agents.mts";
import type { TimedTrial } from "./hang-table.mts";
import type { Mode } from "./modes.mts";
import { tryAll } from "./order.mts";
import { shown } from "./shown.mts";
import { HANG_TIMEOUT_MS, isRight, TIMEOUT_MS, trial, type Caller, type Trial } from "./trial.mts";

const CALLERS = ["naive", "hardcall"] as const satisfies readonly Caller[];
type Column = (typeof CALLERS)[number];
/** With the mode, three agents and the marks, 117 characters. */
const WIDTH: Readonly<Record<Column, number>> = { naive: 11, hardcall: 17 };
const MODE_WIDTH = 18;

/** The two callers of an agent that has the mode. */
interface Tried {
  readonly agent: Agent;
  readonly mode: Mode;
  readonly of: Readonly<Record<Column, Trial>>;
  /** Of a mode that hangs. */
  readonly timed: Trial | undefined;
}

export interface Tally {
  wrong: number;
  left: number;
}

export interface Score extends Readonly<Record<Column, Tally>> {
  readonly timed: readonly TimedTrial[];
}

/** Prints a row for each mode as soon as all rows above it are printed. */
export async function showTable(print: (line: string) => void): Promise<Score> {
  print(
    `claude, codex and gemini can answer, fail or hang in ${MODE_NAMES.length} ways (modes). Two callers ask them:`,
  );
  print(
    "  naive     starts `claude -p`, `codex exec` or `gemini -p`, ignores the exit code, returns stdout.trim()",
  );
  print(
    `  hardcall  defineCall({ callee: ${AGENTS.map((agent) => `${agent}(…)`).join(" or ")}, timeout: … })`,
  );
  print(
    `The timeout is ${HANG_TIMEOUT_MS / 1000} s for a mode that hangs (the table pauses there), else ${TIMEOUT_MS / 1000} s. A cell has the draft that the`,
  );
  print("caller returned, or its error code. x marks a wrong answer; +1: one process still ran afterwards.");
  print("");
  print(
    line(
      "",
      AGENTS.map((agent) => `  ${agent}`.padEnd(WIDTH.naive + WIDTH.hardcall + 4)),
    ),
  );
  print(
    line(
      "mode",
      AGENTS.flatMap(() => CALLERS.map((caller) => cell(caller, " ", caller))),
    ),
  );
  const score = { naive: { wrong: 0, left: 0 }, hardcall: { wrong: 0, left: 0 } };
  const timed: TimedTrial[] = [];
  const asked = MODE_NAMES.flatMap(modesNamed);
  const tries = tryAll(asked, tried, ({ mode }) => mode.hangs === true);
  for (const name of MODE_NAMES) {
    const row = await Promise.all(tries.filter((_, index) => asked[index]?.mode.name === name));
    for (const { agent, mode, of, timed: hanging } of row) {
      for (const caller of CALLERS) count(score[caller], mode, of[caller]);
      if (hanging !== undefined) timed.push({ agent, mode, of: hanging });
    }
    print(
      line(
        name,
        AGENTS.flatMap((agent) => cellsOf(agent, row)),
      ),
    );
  }
  for (const caller of CALLERS)
    print(`wrong answers of ${caller}: ${score[caller].wrong} of ${asked.length}`);
  return { ...score, timed };
}

const modesNamed = (name: string) =>
  AGENTS.flatMap((agent) => {
    const mode = MODES[agent].find((each) => each.name === name);
    return mode === undefined ? [] : [{ agent, mode }];
  });

async function tried({ agent, mode }: Pick<Tried, "agent" | "mode">): Promise<Tried> {
  const [naive, hardcall, timed] = await Promise.all([
    trial("naive", agent, mode),
    trial("hardcall", agent, mode),
    mode.hangs && trial("naive with a timeout", agent, mode),
  ]);
  return { agent, mode, of: { naive, hardcall }, timed };
}

const isWrong = (mode: Mode, { answer, left }: Trial) => !isRight(mode, answer) || left > 0;

function count(tally: Tally, mode: Mode, of: Trial): void {
  if (isWrong(mode, of)) tally.wrong++;
  tally.left += of.left;
}

function cellsOf(agent: Agent, row: readonly Tried[]): string[] {
  const found = row.find((each) => each.agent === agent);
  if (found === undefined) return CALLERS.map((caller) => cell(caller, " ", ""));
  const { mode, of } = found;
  return CALLERS.map((caller) =>
    cell(caller, isWrong(mode, of[caller]) ? "x" : " ", shown(of[caller], WIDTH[caller])),
  );
}

const cell = (caller: Column, mark: string, text: string) => `${mark} ${text.padEnd(WIDTH[caller])}`;

const line = (mode: string, cells: readonly string[]) =>
  `${mode.padEnd(MODE_WIDTH)}${cells.join(" ")}`.trimEnd();
