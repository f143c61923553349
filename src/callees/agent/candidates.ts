import type { Candidate } from "../../core/callee.ts";
import { parseJson } from "../command-output.ts";
import { fencedBlocks } from "./fenced-blocks.ts";

/**
 * What may be the structured answer of a text: the whole text as JSON, else its single fenced block. hardcall does not search the
 * text for a brace: half an answer would pass.
 *
 * @param missing what else was looked for before, such as "there is no structured_output"
 */
export function candidatesOf(text: string, missing?: string): Candidate[] {
  const whole = parseJson(text);
  if ("value" in whole) return [whole];
  const blocks = fencedBlocks(text);
  if (blocks.length === 1) return [parseJson(blocks[0]!)];
  const fences = blocks.length === 0 ? "no fenced block" : `${blocks.length} fenced blocks instead of one`;
  const found = `the text is not JSON, and it has ${fences}`;
  return [{ problem: missing === undefined ? found : `${missing}, ${found}` }];
}
