import { stripVTControlCharacters } from "node:util";
import { visible } from "./visible.ts";

const LINES = 20;
const CHARACTERS = 400;

/**
 * The last lines of a child's stderr, indented under the line that says how the call ended. Escape codes are left out, and other
 * control characters become visible.
 */
export function stderrTail(stderr: string): string {
  const all = stderr.trimEnd().split("\n").map(asShown);
  if (all.length === 1 && all[0] === "") return "";
  const lines = all.slice(-LINES);
  const head = all.length > LINES ? [`(the last ${LINES} lines of its stderr)`] : [];
  return [...head, ...lines].map((line) => `    ${line}`.trimEnd().concat("\n")).join("");
}

/** As a terminal shows it: after a carriage return, as progress bars print it, the line begins anew. */
function asShown(line: string): string {
  const text =
    stripVTControlCharacters(line)
      .split("\r")
      .findLast((part) => part.trim() !== "") ?? "";
  const shown = visible(text.trimEnd());
  if (shown.length <= CHARACTERS) return shown;
  return `${shown.slice(0, CHARACTERS)}… (${shown.length - CHARACTERS} more characters)`;
}
