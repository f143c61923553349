import { setTimeout as wait } from "node:timers/promises";
import { MODES, type Mode } from "./modes.mts";
import {
  HANG_TIMEOUT_MS,
  isRight,
  STILL_HANGING,
  TIMEOUT_MS,
  trial,
  type Answer,
  type Trial,
} from "./trial.mts";

const CALLERS = ["naive", "naive with a timeout", "hardcall"] as const;
/** With the mode and the narrow columns, 99 characters. */
const ANSWER_WIDTH = [13, 13, 17];
/** More rows at once would keep two processors so busy that the times mean nothing. Rows that hang only wait. */
const ROWS_AT_ONCE = 2;
/** All rows that hang start early and wait side by side. Started at the same moment, they would delay each other. */
const HANGS_APART_MS = 500;

export interface Score {
  readonly wrong: readonly [number, number, number];
  readonly left: readonly [number, number, number];
}

/** Prints a row for each mode as soon as all rows above it are printed. */
export async function showTable(print: (line: string) => void): Promise<Score> {
  print(
    `claude can answer, fail or hang in ${MODES.length} ways (modes). Three callers ask it in each of them:`,
  );
  print("  naive                 starts `claude -p`, ignores the exit code, returns stdout.trim()");
  print("  naive with a timeout  the same, with the timeout of Node's spawn");
  print("  hardcall              defineCall({ callee: claude(…), timeout: … })");
  print(
    `The timeout is ${HANG_TIMEOUT_MS / 1000} s for a mode that hangs (the table pauses there), else ${TIMEOUT_MS / 1000} s. The columns:`,
  );
  print("  answer  the draft that the caller returned, or its error code; x marks a wrong answer");
  print("  s       seconds until the caller answered; > means that the demo gave up on it");
  print("  left    how many processes still ran afterwards");
  print("");
  print(row("", ["naive", "naive with a timeout", "hardcall"].map(group)));
  print(
    row(
      "mode",
      CALLERS.map((_, column) => cell(column, " ", "answer", "s", "left")),
    ),
  );
  const wrong: [number, number, number] = [0, 0, 0];
  const left: [number, number, number] = [0, 0, 0];
  for await (const [mode, trials] of inOrder()) {
    const cells = trials.map((of, column) => {
      const right = isRight(mode, of.answer) && of.left === 0;
      if (!right) wrong[column as 0 | 1 | 2]++;
      left[column as 0 | 1 | 2] += of.left;
      return cell(column, right ? " " : "x", shown(of.answer), at(of), String(of.left));
    });
    print(row(mode.name, cells));
  }
  print(
    row(
      "wrong answers",
      wrong.map((count, column) =>
        `  ${count} of ${MODES.length}`.padEnd((ANSWER_WIDTH[column] as number) + 12),
      ),
    ),
  );
  return { wrong, left };
}

const tryAll = (mode: Mode) => Promise.all(CALLERS.map((caller) => trial(caller, mode)));

/** Every mode with its three trials, in the order of the list. */
async function* inOrder() {
  const lanes = Array.from({ length: ROWS_AT_ONCE }, () => Promise.resolve<unknown>(undefined));
  let next = 0;
  let hanging = 0;
  const started = MODES.map((mode) => {
    if (mode.hangs) return wait(HANGS_APART_MS * hanging++).then(() => tryAll(mode));
    const lane = next++ % ROWS_AT_ONCE;
    const trials = (lanes[lane] as Promise<unknown>).then(() => tryAll(mode));
    lanes[lane] = trials;
    return trials;
  });
  for (const [index, mode] of MODES.entries())
    yield [mode, await (started[index] as Promise<Trial[]>)] as const;
}

const row = (mode: string, cells: readonly string[]) => `${mode.padEnd(18)}${cells.join(" ")}`.trimEnd();

const group = (name: string, column: number) => `  ${name}`.padEnd((ANSWER_WIDTH[column] as number) + 12);

function cell(column: number, mark: string, answer: string, time: string, left: string): string {
  const width = ANSWER_WIDTH[column] as number;
  return `${mark} ${answer.slice(0, width).padEnd(width)} ${time.padStart(4)} ${left.padStart(4)}`;
}

const at = ({ answer, settledMs }: Trial) =>
  answer === STILL_HANGING ? `>${Math.floor(settledMs / 1000)}` : (settledMs / 1000).toFixed(1);

function shown(answer: Answer): string {
  if (typeof answer === "string") return answer;
  if ("code" in answer) return answer.code;
  // Blank characters would not show, and a line feed would break the table.
  const visible = answer.draft
    .slice(0, 40)
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  return visible.length > 11 ? `"${visible.slice(0, 10)}…"` : `"${visible}"`;
}
