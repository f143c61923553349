import { capture } from "./command-line.ts";

/** Per file, the lines (from 1) that differ from where the branch left `base`. */
export function changedLines(base: string): ReadonlyMap<string, ReadonlySet<number>> {
  const { stdout } = capture("git", [
    "diff",
    "-U0",
    "--no-color",
    "--no-ext-diff",
    "--no-renames",
    `${base}...HEAD`,
  ]);
  const changed = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const line of stdout.split("\n")) {
    const file = /^\+\+\+ b\/(.+?)\t?$/.exec(line)?.[1];
    if (file !== undefined) changed.set(file, (lines = new Set()));
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk) continue;
    const [start, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    for (let at = start; at < start + count; at++) lines.add(at);
  }
  return changed;
}
