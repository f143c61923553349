import { stripVTControlCharacters } from "node:util";
import { startOf, visible } from "./visible.ts";

const LINES = 20;
const CHARACTERS = 400;

/**
 * The last lines of a child's stderr, indented under the line that says how the call ended. Escape codes are left out, and other
 * control characters become visible.
 */
export function stderrTail(stderr: string): string {
  const shown = stderr.split("\n").map(asShown);
  const all = shown.slice(0, shown.findLastIndex((line) => line !== "") + 1);
  const lines = all.slice(-LINES);
  const head = all.length > LINES ? [`(the last ${LINES} lines of its stderr)`] : [];
  return [...head, ...lines].map((line) => `    ${line}`.trimEnd().concat("\n")).join("");
}

/** As a terminal shows it: a tab is room, and after a carriage return, as progress bars print it, the line begins anew. */
function asShown(line: string): string {
  const text =
    stripVTControlCharacters(line)
      .split("\r")
      .findLast((part) => part.trim() !== "") ?? "";
  const shown = visible(text.trimEnd().replaceAll("\t", "    "));
  if (shown.length <= CHARACTERS) return shown;
  const start = startOf(shown, CHARACTERS);
  return `${start}… (${shown.length - start.length} more characters)`;
}
