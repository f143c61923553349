import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { parseJson } from "./config.ts";

export interface ModesMet {
  readonly green: boolean;
  readonly met: readonly string[];
  readonly missing: readonly string[];
  readonly sentence: string;
}

const lineSchema = z.object({
  event: z.string(),
  invocation: z.string(),
  mode: z.string().nullish(),
  refused: z.string().nullish(),
});

/**
 * Which modes of the fake `claude` a test run met, out of its FAKE_CLAUDE_LOG. Every line counts but those of a refused
 * command line: one that was killed has no `end`.
 */
export function modesMet(file: string, required: readonly string[]): ModesMet {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => parseJson(line, lineSchema, file));
  const refused = new Set(lines.filter((line) => line.refused).map(({ invocation }) => invocation));
  const ran = lines.filter(({ invocation }) => !refused.has(invocation));
  const met = [...new Set(ran.map(({ mode }) => mode).filter((mode) => typeof mode === "string"))];
  const missing = required.filter((mode) => !met.includes(mode));
  return { green: missing.length === 0, met, missing, sentence: describe(file, lines.length, met, missing) };
}

function describe(file: string, lines: number, met: readonly string[], missing: readonly string[]): string {
  if (lines === 0)
    return `${file} has no call of the fake claude: put the fake first on PATH and set FAKE_CLAUDE_LOG to that file.`;
  if (missing.length > 0)
    return `The tests met ${met.join(", ") || "no mode"} and never ${missing.join(", ")}: add a test that runs each.`;
  return `The tests met ${met.join(", ")}.`;
}
