import type { Failure } from "./callee.ts";

/** Terminal escape sequences: CSI, OSC (ended by BEL or ST), and two-character escapes (ECMA-48). */
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;

/** Whitespace, separators, control and format characters (zero-width spaces, byte order mark), and blank letters. */
const INVISIBLE = /\s|\p{Z}|\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point}|\u2800/gu;

/** Whether nothing is left after whitespace, invisible characters and escape codes: the draft that is no draft. */
export function isBlank(text: string): boolean {
  // A visible character at the beginning settles it without a pass over a large output. Not where escape codes are: the
  // cut could go through one, and show a part of it.
  const head = text.slice(0, 64);
  const hasEscape = head.includes("\u001b") || head.includes("\u009b");
  if (!hasEscape && /[\p{L}\p{N}]/u.test(head.replace(INVISIBLE, ""))) return false;
  return text.replace(ESCAPES, "").replace(INVISIBLE, "") === "";
}

/** The size of a text in which nothing is visible, for a message. */
export const invisibleBytes = (size: number) => `${size} invisible ${size === 1 ? "byte" : "bytes"}`;

/** The failure of a text output that holds nothing, if it does. */
export function blankFailure(text: string, did = "printed"): Failure | undefined {
  if (!isBlank(text)) return undefined;
  const size = Buffer.byteLength(text);
  const what = size === 0 ? "nothing" : invisibleBytes(size);
  return { code: "empty_output", message: `${did} ${what}`, effect: "completed" };
}
