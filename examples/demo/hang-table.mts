import { AGENTS, type Agent } from "./agents.mts";
import { shown } from "./shown.mts";
import { HANG_TIMEOUT_MS, isRight, STILL_HANGING, type Trial } from "./trial.mts";
import type { Mode } from "./modes.mts";

/** What the naive caller with a timeout made of a mode that hangs. */
export interface TimedTrial {
  readonly agent: Agent;
  readonly mode: Mode;
  readonly of: Trial;
}

const WIDTH = 15;
const MODE_WIDTH = 18;

/** A timeout is the first thing that a wrapper learns. Prints what it helps. */
export function showHangs(print: (line: string) => void, trials: readonly TimedTrial[]): void {
  print(
    `The naive caller with the timeout of Node's spawn (${HANG_TIMEOUT_MS / 1000} s), in the modes that hang. s: seconds until it answered.`,
  );
  print("");
  print(
    row(
      "",
      AGENTS.map((agent) => cell(" ", agent, "")),
    ),
  );
  print(
    row(
      "mode",
      AGENTS.map(() => cell(" ", "answer", "s")),
    ),
  );
  for (const name of new Set(trials.map(({ mode }) => mode.name)))
    print(
      row(
        name,
        AGENTS.map((agent) => cellOf(trials.find((each) => each.agent === agent && each.mode.name === name))),
      ),
    );
}

function cellOf(trial: TimedTrial | undefined): string {
  if (trial === undefined) return cell(" ", "", "");
  const { mode, of } = trial;
  const seconds = of.settledMs / 1000;
  const at = of.answer === STILL_HANGING ? `>${Math.floor(seconds)}` : seconds.toFixed(1);
  return cell(isRight(mode, of.answer) && of.left === 0 ? " " : "x", shown(of, WIDTH), at);
}

const row = (mode: string, cells: readonly string[]) =>
  `${mode.padEnd(MODE_WIDTH)}${cells.join(" ")}`.trimEnd();

const cell = (mark: string, answer: string, seconds: string) =>
  `${mark} ${answer.padEnd(WIDTH)} ${seconds.padStart(4)}`;
