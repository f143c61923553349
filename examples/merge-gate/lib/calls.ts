import { existsSync } from "node:fs";
import { scan } from "./ast-grep.ts";

export interface Call {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly what: string;
  readonly timeout: string | undefined;
  readonly effects: string | undefined;
  readonly key: string | undefined;
  readonly evidence: string | undefined;
  /** What the contract leaves open. `--track solo` requires that nothing is. */
  readonly missing: readonly string[];
}

/** The calls on changed lines, with what their contract says. */
export function changedCalls(changed: ReadonlyMap<string, ReadonlySet<number>>): readonly Call[] {
  const files = [...changed.keys()].filter(
    (file) => existsSync(file) && /\.([mc]?[tj]s|[tj]sx|py)$/.test(file),
  );
  if (files.length === 0) return [];
  return scan("sheet.yml", files)
    .filter(({ file, range }) => {
      const lines = changed.get(file);
      for (let line = range.start.line; line <= range.end.line; line++) if (lines?.has(line + 1)) return true;
      return false;
    })
    .map((match): Call => {
      const says = (name: string): string | undefined => match.metaVariables?.single[name]?.text;
      const stated = {
        timeout: says("TIMEOUT"),
        effects:
          match.ruleId === "call-with-contract"
            ? (says("EFFECTS") ?? impliedEffects(says("CALL")))
            : undefined,
        key: says("KEY"),
        evidence: says("EVIDENCE"),
      };
      const what = [says("CALL"), says("NAME") ?? says("FIRST")].filter(Boolean).join(" ");
      return {
        file: match.file,
        line: match.range.start.line + 1,
        what,
        ...stated,
        missing: missing(stated),
      };
    });
}

/** hardcall never retries a one-off call. */
const impliedEffects = (call: string | undefined): string | undefined =>
  call === "runClaude" || call === "runCommand" ? '"once"' : undefined;

function missing({ timeout, effects, key }: Pick<Call, "timeout" | "effects" | "key">): readonly string[] {
  const needsKey = effects !== undefined && /keyed|verifiable/.test(effects) && key === undefined;
  return [...(timeout === undefined ? ["timeout"] : []), ...(needsKey ? ["key"] : [])];
}
