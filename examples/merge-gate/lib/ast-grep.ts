import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { capture } from "./command-line.ts";
import { parseJson } from "./config.ts";

/** Outside of a git repository, no .gitignore keeps them out. */
const NO_PACKAGES = "!**/node_modules/**";

const KIT = dirname(import.meta.dirname);

const matchSchema = z.object({
  ruleId: z.string(),
  severity: z.string(),
  message: z.string(),
  note: z.string().nullish(),
  file: z.string(),
  text: z.string(),
  /** Lines from 0. */
  range: z.object({ start: z.object({ line: z.number() }), end: z.object({ line: z.number() }) }),
  metaVariables: z.object({ single: z.record(z.string(), z.object({ text: z.string() })) }).optional(),
});

export type Match = z.infer<typeof matchSchema>;

/** The launcher works whether or not npm ran the package's install script. */
function binary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("@ast-grep/cli/package.json"));
  return join(folder, process.platform === "win32" ? "ast-grep.exe" : "ast-grep");
}

/** What one of the kit's rule sets finds under `paths`, in a stable order. */
export function scan(config: "sgconfig.yml" | "sheet.yml", paths: readonly string[]): readonly Match[] {
  // 1 says that there are errors, and a broken rule file says it too, without JSON.
  const args = ["scan", "--json=compact", "--globs", NO_PACKAGES, "-c", join(KIT, config)];
  const ran = capture(binary(), [...args, "--", ...paths], { timeout: 600_000, expect: [0, 1] });
  return parseJson(ran.stdout, z.array(matchSchema), `the output of ast-grep (${ran.stderr.trim()})`)
    .filter((match) => match.ruleId !== "unused-suppression")
    .toSorted((a, b) => a.file.localeCompare(b.file) || a.range.start.line - b.range.start.line);
}
