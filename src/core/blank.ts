import type { Failure } from "./callee.ts";

/** Terminal escape sequences: CSI, OSC (ended by BEL or ST), and two-character escapes (ECMA-48). */
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;

/** Whitespace, separators, control and format characters (zero-width spaces, byte order mark), and blank letters. */
const INVISIBLE = /\s|\p{Z}|\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point}|\u2800/gu;

/** Whether a text holds nothing but whitespace, invisible characters and escape codes. */
export function isBlank(text: string): boolean {
  if (text === "") return true;
  // A visible character at the beginning decides without a pass over a large output. With an escape code there, the cut could
  // go through it and make a part of it look visible.
  const head = text.slice(0, 64);
  const hasEscape = head.includes("\u001b") || head.includes("\u009b");
  // Most output has one of these at its beginning, and a class of Unicode takes milliseconds when it is first used.
  if (!hasEscape && /[0-9A-Za-z]/.test(head)) return false;
  if (!hasEscape && /[\p{L}\p{N}]/u.test(head.replace(INVISIBLE, ""))) return false;
  return text.replace(ESCAPES, "").replace(INVISIBLE, "") === "";
}

/** The size of a text in which nothing is visible, for a message. */
export const invisibleBytes = (size: number) => `${size} invisible ${size === 1 ? "byte" : "bytes"}`;

/** The failure of a blank text output; `undefined` for a text that is not blank. */
export function blankFailure(text: string, did = "printed"): Failure | undefined {
  if (!isBlank(text)) return undefined;
  const size = Buffer.byteLength(text);
  const what = size === 0 ? "nothing" : invisibleBytes(size);
  return { code: "empty_output", message: `${did} ${what}`, effect: "completed" };
}
