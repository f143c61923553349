import { isUtf8 } from "node:buffer";
import { DEFAULT_MAX_VALUE_BYTES, jsonOf } from "../ledger/key/value.ts";

/** The bytes of an output in the ledger: the value and its ending, the text, or base64. */
export type KeptOutput =
  { readonly ending: string } | { readonly text: string } | { readonly base64: string };

/** A JSON text of the ledger beside the value: the callee's details, what evidence found, and the output where it is printed again. */
interface KeptDetails {
  readonly output?: KeptOutput;
  readonly sameAsValue?: readonly string[];
}

/** An output as the ledger keeps it so that a replay prints the very bytes; `undefined` for one that is too large. */
export function packOutput(output: Uint8Array, value: unknown): KeptOutput | undefined {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  if (!isUtf8(bytes)) {
    const base64 = bytes.toString("base64");
    return base64.length <= DEFAULT_MAX_VALUE_BYTES ? { base64 } : undefined;
  }
  if (bytes.length > DEFAULT_MAX_VALUE_BYTES) return undefined;
  const text = bytes.toString();
  if (typeof value !== "string" || !text.startsWith(value)) return { text };
  const ending = text.slice(value.length);
  return ["", "\n", "\r\n"].includes(ending) ? { ending } : { text };
}

/** The bytes again. With an ending only, the value has to be there. */
function unpackOutput(kept: KeptOutput | undefined, value: unknown): Uint8Array | undefined {
  if (kept === undefined) return undefined;
  if ("base64" in kept) return Buffer.from(kept.base64, "base64");
  if ("text" in kept) return Buffer.from(kept.text);
  return typeof value === "string" ? Buffer.from(value + kept.ending) : undefined;
}

/**
 * The details without those that repeat the value. With `store: "hash"`, also without all details that hold the answer: a caller who
 * keeps only the hash of the answer does not want it in another column.
 *
 * @param answers the names of the details that hold the answer
 */
export function packDetails(
  details: object,
  answers: readonly string[],
  of: { readonly value: unknown; readonly hashOnly: boolean },
): object {
  // Most callees have none. A task's value may be one that JSON refuses; throwing here would leave its success unrecorded for good.
  if (answers.length === 0) return details;
  const written = jsonOf(of.value);
  const json = "json" in written ? written.json : undefined;
  const sameAsValue: string[] = [];
  const kept = Object.entries(details).filter(([name, detail]) => {
    if (!answers.includes(name)) return true;
    if (of.hashOnly) return false;
    if (JSON.stringify(detail) === json) sameAsValue.push(name);
    else return detail === undefined || !saysJson(detail, json);
    return false;
  });
  return { ...Object.fromEntries(kept), ...(sameAsValue.length > 0 && { sameAsValue }) };
}

/** The details as they were, and the output. */
export function unpackDetails(
  json: string | undefined,
  value: unknown,
): { readonly details: object; readonly output: Uint8Array | undefined } {
  if (json === undefined) return { details: {}, output: undefined };
  const { output, sameAsValue = [], ...details } = JSON.parse(json) as KeptDetails;
  return {
    details: { ...details, ...Object.fromEntries(sameAsValue.map((name) => [name, value])) },
    output: unpackOutput(output, value),
  };
}

/** A text that is the value as JSON. */
function saysJson(detail: unknown, json: string | undefined): boolean {
  if (typeof detail !== "string") return false;
  try {
    return JSON.stringify(JSON.parse(detail)) === json;
  } catch {
    return false; // Not JSON, so it says something else.
  }
}
