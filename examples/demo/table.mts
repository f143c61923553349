import { MODES, type Mode } from "./modes.mts";
import {
  HANG_TIMEOUT_MS,
  isRight,
  STILL_HANGING,
  TIMEOUT_MS,
  trial,
  type Said,
  type Trial,
} from "./trial.mts";

const SUBJECTS = ["naive", "naive with a timeout", "hardcall"] as const;
/** With the mode and the narrow columns, 99 characters. */
const SAID_WIDTH = [13, 13, 17];
/** More rows at once would keep two processors too busy for times to mean anything. Those that hang only wait. */
const ROWS_AT_ONCE = 2;

export interface Score {
  readonly wrong: readonly [number, number, number];
  readonly left: readonly [number, number, number];
}

/** Prints a row for each mode as soon as all rows above it are there. */
export async function showTable(print: (line: string) => void): Promise<Score> {
  print("Every mode of the fake claude, asked by three callers.");
  print(
    `  timeouts: ${HANG_TIMEOUT_MS / 1000} s for the modes that hang, ${TIMEOUT_MS / 1000} s for the others.`,
  );
  print("  naive: ignores the exit code and returns stdout.trim(); with a timeout: with that of spawn.");
  print("  said: the draft that it returned, or the code that it failed with; x: that is wrong.");
  print("  s: seconds until it settled; > when it had not, and was given up.");
  print("  left: how many processes were still running afterwards.");
  print("");
  print(row("", ["naive", "naive with a timeout", "hardcall"].map(group)));
  print(
    row(
      "mode",
      SUBJECTS.map((_, column) => cell(column, " ", "said", "s", "left")),
    ),
  );
  const wrong: [number, number, number] = [0, 0, 0];
  const left: [number, number, number] = [0, 0, 0];
  for await (const [mode, trials] of inOrder()) {
    const cells = trials.map((of, column) => {
      const right = isRight(mode, of.said) && of.left === 0;
      if (!right) wrong[column as 0 | 1 | 2]++;
      left[column as 0 | 1 | 2] += of.left;
      return cell(column, right ? " " : "x", shown(of.said), at(of), String(of.left));
    });
    print(row(mode.name, cells));
  }
  print(
    row(
      "wrong",
      wrong.map((count, column) =>
        `  ${count} of ${MODES.length}`.padEnd((SAID_WIDTH[column] as number) + 12),
      ),
    ),
  );
  return { wrong, left };
}

const tryAll = (mode: Mode) => Promise.all(SUBJECTS.map((subject) => trial(subject, mode)));

/** Every mode and what came of it, in the order of the list. */
async function* inOrder() {
  const lanes = Array.from({ length: ROWS_AT_ONCE }, () => Promise.resolve<unknown>(undefined));
  let next = 0;
  const started = MODES.map((mode) => {
    if (mode.hangs) return tryAll(mode);
    const lane = next++ % ROWS_AT_ONCE;
    const trials = (lanes[lane] as Promise<unknown>).then(() => tryAll(mode));
    lanes[lane] = trials;
    return trials;
  });
  for (const [index, mode] of MODES.entries())
    yield [mode, await (started[index] as Promise<Trial[]>)] as const;
}

const row = (mode: string, cells: readonly string[]) => `${mode.padEnd(18)}${cells.join(" ")}`.trimEnd();

const group = (name: string, column: number) => `  ${name}`.padEnd((SAID_WIDTH[column] as number) + 12);

function cell(column: number, mark: string, said: string, time: string, left: string): string {
  const width = SAID_WIDTH[column] as number;
  return `${mark} ${said.slice(0, width).padEnd(width)} ${time.padStart(4)} ${left.padStart(4)}`;
}

const at = ({ said, settledMs }: Trial) =>
  said === STILL_HANGING ? `>${Math.floor(settledMs / 1000)}` : (settledMs / 1000).toFixed(1);

function shown(said: Said): string {
  if (typeof said === "string") return said;
  if ("code" in said) return said.code;
  // Blank characters would not show, and a line feed would break the table.
  const visible = said.draft
    .slice(0, 40)
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  return visible.length > 11 ? `"${visible.slice(0, 10)}…"` : `"${visible}"`;
}
