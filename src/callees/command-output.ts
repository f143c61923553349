import type { Candidate, Failure, Report } from "../core/callee.ts";
import { blankFailure, isBlank } from "../core/blank.ts";
import { parseForeignJson } from "../core/foreign.ts";
import { optionName } from "../core/wording.ts";

/** The failure of an output that is blank or too short; with `json`, the output as JSON. */
export function readOutput(
  bytes: Uint8Array,
  { json }: { readonly json: boolean },
  {
    allowEmpty,
    minBytes = 0,
  }: { readonly allowEmpty?: boolean | undefined; readonly minBytes?: number | undefined },
): Pick<Report<never, never>, "failure" | "candidates"> {
  const text = decodeText(bytes);
  // allowEmpty accepts a blank output. A short output is still too little.
  const mayBeBlank = allowEmpty === true && isBlank(text);
  const failure = mayBeBlank ? undefined : tooLittleFailure(text, bytes.length, minBytes);
  if (failure !== undefined) return { failure };
  return json ? { candidates: [parseJson(text)] } : {};
}

/**
 * The text of an output: UTF-8, or UTF-16 if it begins with the byte order mark of that and is whole. Some programs of Windows print so.
 * Read as UTF-8, their blank lines would not look blank.
 */
export function decodeText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    try {
      return new TextDecoder("utf-16le", { fatal: true }).decode(bytes);
    } catch {
      // Other bytes that begin so, such as an odd number of them.
    }
  }
  return bytes.toString("utf8");
}

function tooLittleFailure(text: string, bytes: number, minBytes: number): Failure | undefined {
  if (bytes >= minBytes) return blankFailure(text);
  const message = `printed ${bytes} bytes on stdout, fewer than ${optionName("minBytes")} (${minBytes})`;
  return { code: "empty_output", message, effect: "completed" };
}

/** Parses JSON. The problem does not quote the parser, whose message quotes the text. */
export function parseJson(text: string): Candidate {
  try {
    return { value: parseForeignJson(text) };
  } catch {
    return { problem: `${Buffer.byteLength(text)} bytes that are not JSON` };
  }
}
