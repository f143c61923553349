import { createHash } from "node:crypto";
import { posix } from "node:path";
import { z } from "zod";
import { scan } from "./ast-grep.ts";
import { bareSuppressions } from "./bare-suppressions.ts";

export interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** Does not change when the line moves, so old code stays in the baseline. */
  readonly identity: string;
}

export const baselineSchema = z.strictObject({
  version: z.literal(1),
  /** How often each finding was there. */
  findings: z.record(z.string(), z.number().int().positive()),
});

export type Baseline = z.infer<typeof baselineSchema>;

const identity = (rule: string, file: string, text: string): string =>
  `${rule} ${file} ${createHash("sha256").update(text.replaceAll(/\s+/g, " ")).digest("hex").slice(0, 16)}`;

/** Every finding under `paths`, suppressions without a reason included. */
export function findings(paths: readonly string[]): readonly Finding[] {
  const found = scan("sgconfig.yml", paths).map((match): Finding => {
    const file = match.file.replaceAll("\\", "/").replace(/^\.\//, "");
    return {
      rule: match.ruleId,
      severity: match.severity,
      file,
      line: match.range.start.line + 1,
      message: match.message,
      identity: identity(match.ruleId, file, match.text),
    };
  });
  const known = new Set(found.map(({ file, line }) => `${file}:${line}`));
  const hidden = bareSuppressions(paths)
    .filter(({ file, line }) => !known.has(`${file}:${line}`))
    .map(({ file, line }): Finding => {
      const rule = file.endsWith(".py") ? "py-suppression-reason" : "js-suppression-reason";
      const message = "This suppression hides every rule. Name the rule, and write why the call is safe.";
      return { rule, severity: "error", file, line, message, identity: identity(rule, file, "bare") };
    });
  return [...found, ...hidden];
}

export function toBaseline(all: readonly Finding[]): Baseline {
  const counts: Record<string, number> = {};
  for (const { identity: id } of all) counts[id] = (counts[id] ?? 0) + 1;
  const sorted = Object.entries(counts).toSorted(([a], [b]) => a.localeCompare(b));
  return { version: 1, findings: Object.fromEntries(sorted) };
}

/** What the baseline does not have, and how many of its entries under `paths` are no longer found. */
export function beyond(
  all: readonly Finding[],
  baseline: Baseline,
  paths: readonly string[] = ["."],
): { readonly fresh: readonly Finding[]; readonly gone: number } {
  const left = new Map(Object.entries(baseline.findings));
  const fresh = all.filter(({ identity: id }) => {
    const count = left.get(id) ?? 0;
    left.set(id, count - 1);
    return count <= 0;
  });
  const gone = [...left]
    .filter(([id]) => paths.some((path) => isUnder(fileOf(id), path)))
    .reduce((sum, [, count]) => sum + Math.max(0, count), 0);
  return { fresh, gone };
}

/** A file may have spaces in its name; the rule before it and the hash after it have none. */
const fileOf = (id: string): string => id.slice(id.indexOf(" ") + 1, id.lastIndexOf(" "));

function isUnder(file: string, path: string): boolean {
  const top = posix.normalize(`${path.replaceAll("\\", "/")}/`);
  return top === "./" || `${file}/`.startsWith(top);
}
