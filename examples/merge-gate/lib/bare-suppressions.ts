import { capture } from "./command-line.ts";

export interface BareSuppression {
  readonly file: string;
  readonly line: number;
}

const BARE = String.raw`(//|/\*|#)[[:space:]]*ast-grep-ignore[[:space:]]*(\*/)?[[:space:]]*$`;
const OF_THE_RULE = String.raw`(//|/\*|#)[[:space:]]*ast-grep-ignore:.*suppression-reason`;

/** Suppressions that hide from the rule that asks for a reason: those that suppress every rule, itself included. */
export function bareSuppressions(paths: readonly string[]): readonly BareSuppression[] {
  const globs = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx", "py"].map(
    (ending) => `:(glob)**/*.${ending}`,
  );
  const args = ["grep", "--no-index", "--exclude-standard", "-nIE", "-e", BARE, "-e", OF_THE_RULE, "--"];
  const wanted = [...(paths.includes(".") ? globs : paths), ":(exclude,glob)**/node_modules/**"];
  // 1 says that nothing was found.
  const { stdout } = capture("git", [...args, ...wanted], { expect: [0, 1] });
  return stdout
    .split("\n")
    .map((line) => /^(.+?):(\d+):/.exec(line))
    .filter((found) => found !== null && /\.([mc]?[tj]s|[tj]sx|py)$/.test(found[1] ?? ""))
    .map((found) => ({ file: found?.[1] ?? "", line: Number(found?.[2]) }));
}
